#include "ingest/inspection.hpp"

#include "engine/engine.hpp"
#include "ingest/csv_header.hpp"
#include "ingest/inspection_csv.hpp"
#include "ingest/inspection_repairs.hpp"
#include "ingest/inspection_test_bills.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <zstd.h>

#include <cstdlib>

namespace florin::ingest {
namespace {

using testing::HasSubstr;

std::string bill(std::string_view rows) {
    return fmt::format("{}\n{}\n", kHeader, rows);
}

base::Result<Inspection> inspect_bytes(const TestFolder& folder, std::string_view bytes,
                                       InspectionOptions options = {}) {
    options.staging_folder = folder.path() / "staging";
    return inspect(folder.write("bill", bytes), options);
}

struct Refusal {
    std::string name;
    std::string bytes;
    std::string code;
    std::uint64_t row = 0;
    std::string column;
    std::string cell;
};
void PrintTo(const Refusal& refusal, std::ostream* out) {
    *out << refusal.name;
}

class Refused : public testing::TestWithParam<Refusal> {};

TEST_P(Refused, NamesThePlace) {
    const TestFolder folder;
    const auto inspection = inspect_bytes(folder, GetParam().bytes);
    ASSERT_FALSE(inspection.ok()) << dump(inspection);
    const base::Error& error = inspection.error();
    EXPECT_EQ(error.code, GetParam().code) << error.describe();
    EXPECT_EQ(error.place.row, GetParam().row) << error.describe();
    EXPECT_EQ(error.place.column, GetParam().column) << error.describe();
    EXPECT_EQ(error.place.cell.substr(0, 100), GetParam().cell) << error.describe();
    EXPECT_EQ(error.place.file, (folder.path() / "bill").string());
    EXPECT_FALSE(error.remedy.empty()) << error.describe();
    EXPECT_EQ(error.blame, base::Blame::kData);
}

/// Two good rows, then one with a bad cell.
Refusal bad_cell(std::string code, std::string_view column, std::string cell) {
    const std::string name = fmt::format("{}_{}_{}", code, column, cell.substr(0, 30));
    return {name,
            bill(fmt::format("{}\n{}\n{}", kRow, kRow, row_with(column, cell))),
            std::move(code),
            3,
            std::string(column),
            cell == "NULL" ? "" : cell.substr(0, 100)};
}

Refusal bad_file(std::string code, std::string bytes) {
    return {code, std::move(bytes), std::move(code), 0, {}, {}};
}

std::vector<Refusal> refusals() {
    const std::string header(kHeader);
    std::vector<Refusal> all = {
        bad_cell("bill.no_cost", "BilledCost", ""),
        bad_cell("bill.no_cost", "BilledCost", "NULL"),
        bad_cell("bill.unreadable_amount", "BilledCost", "1.2.3"),
        bad_cell("bill.unreadable_amount", "BilledCost", "twelve"),
        bad_cell("bill.unreadable_amount", "EffectiveCost", "1e999"),
        bad_cell("bill.amount_too_large", "EffectiveCost", "100000000000000000000"),
        bad_cell("bill.amount_too_large", "BilledCost", "-1e20"),
        bad_cell("bill.no_currency", "BillingCurrency", ""),
        bad_cell("bill.unknown_currency", "BillingCurrency", "usd"),
        bad_cell("bill.unknown_currency", "BillingCurrency", "ZZZ"),
        bad_cell("bill.no_account", "BillingAccountId", "NULL"),
        bad_cell("bill.no_period", "BillingPeriodStart", ""),
        bad_cell("bill.no_period", "ChargePeriodEnd", ""),
        bad_cell("bill.unreadable_instant", "ChargePeriodStart", "2024-02-30T00:00:00Z"),
        bad_cell("bill.unreadable_instant", "ChargePeriodStart", "yesterday"),
        bad_cell("bill.period_backwards", "BillingPeriodEnd", "2024-08-01T00:00:00Z"),
        bad_cell("bill.period_backwards", "ChargePeriodEnd", "2024-09-01T23:59:59Z"),
        bad_cell("csv.not_utf8", "BillingAccountId", "M\xFCller"),
        bad_cell("csv.nul_byte", "BillingAccountId", std::string("a\0b", 3)),
        bad_file("file.empty", ""),
        bad_file("csv.no_rows", header),
        bad_file("csv.no_rows", header + "\r\n\r\n"),
        bad_file("csv.no_header", fmt::format("\n{}", bill(kRow))),
        bad_file("file.truncated", std::string("PK\x03\x04 and more", 13)),
        bad_file("file.not_a_table", std::string("\xFF\xFE"
                                                 "B\0i\0",
                                                 6)),
        bad_file("file.not_a_table", std::string("\x7F"
                                                 "ELF\x02\x01\x01\0\0\0",
                                                 10)),
        bad_file("csv.duplicate_column", fmt::format("{},billedCost\n{},1\n", kHeader, kRow)),
        bad_file("csv.duplicate_column", fmt::format("{},x_a,a\n{},1,1\n", kHeader, kRow)),
        bad_file("csv.empty_column_name", fmt::format("{}, \n{},1\n", kHeader, kRow)),
        bad_file("csv.unterminated_quote", fmt::format("{},\"a\n{},1\n", kHeader, kRow)),
        bad_file("bill.missing_column", "BilledCost,BillingCurrency\n1,USD\n"),
        bad_file("json.not_lines", "[{\"BilledCost\": 1}]"),
    };
    all.push_back({"ragged", bill(fmt::format("{}\n{},7", kRow, kRow)), "csv.ragged_row", 2, "", ""});
    all.push_back({"short", bill(fmt::format("{}\n\n1,2", kRow)), "csv.ragged_row", 2, "", ""});
    all.push_back(
        {"quote_in_cell", bill(fmt::format("{}\n{}", kRow, row_with("BillingAccountId", "19\" rack"))),
         "csv.bad_quotes", 2, "BillingAccountId",
         "19\" rack,2024-09-01T00:00:00Z,2024-10-01T00:00:00Z,2024-09-02T00:00:00Z,2024-09-03T00:00:00Z,Usage"});
    all.push_back({"text_after_quote", bill(row_with("ChargeCategory", "\"a\"b")), "csv.bad_quotes", 1,
                   "ChargeCategory", "\"a\"b"});
    all.push_back({"carriage_return", bill(row_with("ChargeCategory", "a\rb")), "csv.carriage_return", 1,
                   "ChargeCategory", "a\rb"});
    all.push_back({"unterminated", bill(fmt::format("{}\n{}", kRow, row_with("ChargeCategory", "\"Usage"))),
                   "csv.unterminated_quote", 2, "", ""});
    all.push_back(
        {"json_line", "{\"BilledCost\": 1}\n{\"BilledCost\": }\n", "json.bad_line", 2, "", "{\"BilledCost\": }"});
    all.push_back({"json_number", "{\"BilledCost\": 1}\n7\n", "json.bad_line", 2, "", "7"});
    all.push_back({"json_twice", "{\"a\": 1, \"a\": 2}", "json.duplicate_key", 1, "", "{\"a\": 1, \"a\": 2}"});
    return all;
}
INSTANTIATE_TEST_SUITE_P(Inspect, Refused, testing::ValuesIn(refusals()));

TEST(Inspect, NamesAllMissingColumnsAtOnce) {
    const TestFolder folder;
    const auto inspection = inspect_bytes(folder, "BilledCost,ChargePeriodStart\n1,2\n");
    ASSERT_FALSE(inspection.ok());
    EXPECT_THAT(inspection.error().message,
                HasSubstr("BillingAccountId, BillingCurrency, BillingPeriodStart, BillingPeriodEnd"));
}

TEST(Inspect, CountsWhatIsThere) {
    const TestFolder folder;
    const auto inspection = inspect_bytes(
        folder, bill(fmt::format("{}\n{}\n{}\n{}", kRow, row_with("EffectiveCost", "NULL"),
                                 row_with("BillingCurrency", "\"EUR\""), row_with("BilledCost", "\"$1,000.25 \""))));
    ASSERT_TRUE(inspection.ok()) << inspection.error().describe();
    EXPECT_EQ(inspection->rows, 4U);
    ASSERT_EQ(inspection->groups.size(), 2U);
    const GroupSums& usd = inspection->groups.rbegin()->second;
    EXPECT_EQ(inspection->groups.rbegin()->first.currency, "USD");
    EXPECT_EQ(usd.rows, 3U);
    EXPECT_EQ(usd.sum[0], "1003.25");
    EXPECT_EQ(usd.sum[1], "3");
    EXPECT_EQ(usd.null_cells[1], 1U);
    EXPECT_EQ(usd.null_cells[2], 3U);
    EXPECT_EQ(inspection->columns[0].displayed_amounts, 1U);
    EXPECT_EQ(inspection->columns[1].null_literals, 1U);
    const std::string text = dump(*inspection);
    EXPECT_THAT(text, HasSubstr("finding null-cost EffectiveCost: 1 rows from 2, NULL, 1.5 USD"));
    EXPECT_THAT(text, HasSubstr("finding amount-as-displayed BilledCost: 1 rows from 4, $1,000.25 , 1000.25 USD"));
    EXPECT_THAT(text,
                HasSubstr("finding cost-identity EffectiveCost: 1 rows from 4, BilledCost 1000.25, EffectiveCost 1.5"));
    EXPECT_THAT(text, HasSubstr("finding missing-column ServiceName: 4 rows from 0, , 1.5 EUR, 1003.25 USD"));
    EXPECT_EQ(inspection->load_path, inspection->path);
}

TEST(Inspect, NamesEveryRepair) {
    const TestFolder folder;
    const std::string bytes =
        "BilledCost;BillingCurrency;BillingAccountId;BillingPeriodStart;BillingPeriodEnd;ChargePeriodStart;"
        "chargePeriodend;"
        "PricingCategory;ChargeFrequency;UsageQuantity;ListUnitPrice;PricingQuantity;ListCost;Id;x_Own;"
        "CommitmentDiscountId\r\n"
        "0.0000000000000000015;USD;\"a;\"\"b\"\"\";2024-09-01;9/30/24;2024-09-01T00:00:00;2024-09-01T02:00:00+02:00;"
        "On-Demand;Usage-based;0.0000000000005;2;3;6.0;;;\"\"\r\n"
        "1;USD;a;2024-09-01 00:00:00;2024-09-30T00:00:00Z;2024-09-01T00:00:00Z;2024-09-01T00:00:00Z;"
        "Reserved;Recurring;1;2;3;6.01;null;;c\r\n\r\n";
    const auto inspection = inspect_bytes(folder, bytes);
    ASSERT_TRUE(inspection.ok()) << inspection.error().describe();
    EXPECT_EQ(inspection->delimiter, ';');
    EXPECT_EQ(inspection->scopes.begin()->first.billing_account_id, "a");
    EXPECT_EQ(inspection->scopes.rbegin()->first.billing_account_id, "a;\"b\"");
    const std::string text = dump(*inspection);
    for (const char* expected : {
             "allowed-value-casing ChargeFrequency: 1 rows from 1, Usage-based",
             "allowed-value-renamed PricingCategory: 1 rows from 1, On-Demand",
             "allowed-value-unknown PricingCategory: 1 rows from 2, Reserved, 1 USD",
             "amount-rounded BilledCost: 1 rows from 1, 0.0000000000000000015",
             "amount-rounded ConsumedQuantity: 1 rows from 1, 0.0000000000005",
             "column-name-casing ChargePeriodEnd: 2 rows from 0, chargePeriodend, 1.0000000000000000015 USD",
             "custom-column x_Id: 2 rows from 0, Id",
             "instant-date-only BillingPeriodStart: 1 rows from 1, 2024-09-01",
             "instant-us-short-date BillingPeriodEnd: 1 rows from 1, 9/30/24",
             "instant-no-zone ChargePeriodStart: 1 rows from 1",
             "instant-offset ChargePeriodEnd: 1 rows from 1",
             "instant-space-separated BillingPeriodStart: 1 rows from 2",
             "list-cost-product ListCost: 1 rows from 2, ListUnitPrice 2, PricingQuantity 3, ListCost 6.01",
             "null-literal x_Id: 1 rows from 2, null",
             "quoted-empty CommitmentDiscountId: 1 rows from 1, \"\"",
             "renamed-column ConsumedQuantity: 2 rows from 0, UsageQuantity",
             "0.0000000000000000015 away -0.0000000000000000005",
             "Usage-based->Usage-Based",
             "On-Demand->Standard",
         }) {
        EXPECT_THAT(text, HasSubstr(expected));
    }
    EXPECT_THAT(text, testing::Not(HasSubstr("custom-column x_Own")));
}

TEST(Inspect, ReadsAnyFrameAlike) {
    const TestFolder folder;
    std::string rows;
    for (int i = 0; i < 9000; ++i) {
        rows += fmt::format("{}\n", row_with("BilledCost", fmt::format("{}.25", i)));
    }
    const std::string bytes = fmt::format("{}\n{}", kHeader, rows);
    const auto sums_of = [&](std::string_view framed) {
        const auto inspection = inspect_bytes(folder, framed);
        return inspection.ok() ? inspection->groups.begin()->second.sum[0] : inspection.error().describe();
    };
    const std::string expected = "40497750"; // 0 + 1 + ... + 8999, and 9000 quarters
    EXPECT_EQ(sums_of(bytes), expected);
    EXPECT_EQ(sums_of("\xEF\xBB\xBF" + bytes), expected);
    EXPECT_EQ(sums_of(bytes.substr(0, bytes.size() - 1)), expected);
    EXPECT_EQ(sums_of(gzip(bytes)), expected);
    EXPECT_EQ(sums_of(gzip(bytes.substr(0, 1000)) + gzip(bytes.substr(1000))), expected);
    std::string zstd(ZSTD_compressBound(bytes.size()), '\0');
    zstd.resize(ZSTD_compress(zstd.data(), zstd.size(), bytes.data(), bytes.size(), 1));
    EXPECT_EQ(sums_of(zstd), expected);
    zstd.resize(zstd.size() - 5);
    EXPECT_THAT(sums_of(zstd), HasSubstr("ends too early"));

    const auto inspection = inspect_bytes(folder, "\xEF\xBB\xBF" + bytes);
    ASSERT_EQ(inspection->row_offsets.offsets.size(), 3U);
    for (std::size_t i = 0; i < 3; ++i) {
        EXPECT_EQ(
            ("\xEF\xBB\xBF" + bytes).substr(inspection->row_offsets.offsets[i]).find(fmt::format("{}.25,", i * 4096)),
            0U);
    }
}

TEST(Inspect, NeverTakesADamagedGzip) {
    const TestFolder folder;
    const std::string bytes = gzip(bill(fmt::format("{}\n{}", kRow, row_with("BilledCost", "7.123456"))));
    const std::string whole = dump(inspect_bytes(folder, bytes));
    ASSERT_THAT(whole, HasSubstr("2 rows"));
    for (std::size_t size = 1; size < bytes.size(); ++size) {
        EXPECT_FALSE(inspect_bytes(folder, bytes.substr(0, size)).ok()) << size;
    }
    for (std::size_t at = 0; at < bytes.size(); ++at) {
        for (const unsigned flip : {0x01U, 0x80U, 0xFFU}) {
            std::string damaged = bytes;
            damaged[at] = static_cast<char>(static_cast<unsigned char>(damaged[at]) ^ flip);
            const auto inspection = inspect_bytes(folder, damaged);
            // Time, system and the bits that fill up the last byte are under no checksum: then the rows
            // are what they were.
            if (inspection.ok()) {
                EXPECT_TRUE(at <= 9 || at + 9 == bytes.size()) << at << " " << flip;
                EXPECT_EQ(inspection->groups.begin()->second.sum[0], "8.623456") << at << " " << flip;
            }
        }
    }
}

TEST(Inspect, RefusesLargeCellsAndRows) {
    const TestFolder folder;
    InspectionOptions options;
    options.cell_bytes_max = 1000;
    EXPECT_TRUE(inspect_bytes(folder, bill(row_with("ChargeCategory", std::string(1000, 'x'))), options).ok());
    const auto cell = inspect_bytes(folder, bill(row_with("ChargeCategory", std::string(1001, 'x'))), options);
    EXPECT_EQ(cell.error().code, "csv.cell_too_large");
    EXPECT_EQ(cell.error().place.column, "ChargeCategory");
    const auto row =
        inspect_bytes(folder, bill(row_with("ChargeCategory", fmt::format("\"{}", std::string(40U << 20U, 'x')))));
    EXPECT_EQ(row.error().code, "csv.row_too_large") << row.error().describe();
    EXPECT_EQ(row.error().place.row, 1U);
}

TEST(Inspect, SetsBadRowsAside) {
    const TestFolder folder;
    InspectionOptions options;
    options.quarantine = folder.path() / "aside.csv";
    const std::string good = row_with("BilledCost", "\"2.5\"");
    const std::string no_account = row_with("BillingAccountId", "");
    const std::string no_cost = row_with("BilledCost", "x");
    for (const bool compressed : {false, true}) {
        const std::string bytes =
            fmt::format("\xEF\xBB\xBF{}\n{}\n{}\n\n{}\n1,2\n{}\n{}", kHeader, kRow, no_account, good, no_cost, kRow);
        const auto inspection = inspect_bytes(folder, compressed ? gzip(bytes) : bytes, options);
        ASSERT_TRUE(inspection.ok()) << inspection.error().describe();
        EXPECT_EQ(inspection->rows, 3U);
        EXPECT_EQ(inspection->groups.begin()->second.sum[0], "5.5");
        EXPECT_THAT(dump(*inspection), HasSubstr("aside 3 rows, 2 unreadable, 1.5 USD, bill.no_account 1, "
                                                 "bill.unreadable_amount 1, csv.ragged_row 1 2 4 5\n"));
        EXPECT_EQ(inspection->quarantined.first->code, "bill.no_account");
        EXPECT_EQ(inspection->quarantined.first->place.row, 2U);
        EXPECT_EQ(read_all(*options.quarantine), fmt::format("{}\n{}\n1,2\n{}\n", kHeader, no_account, no_cost));
        EXPECT_EQ(read_all(inspection->load_path), fmt::format("{}\n{}\n\n{}\n{}", kHeader, kRow, good, kRow));
    }
    const auto none = inspect_bytes(folder, bill(no_account), options);
    ASSERT_FALSE(none.ok());
    EXPECT_EQ(none.error().code, "bill.no_account");
    EXPECT_EQ(inspect_bytes(folder, bill(row_with("BillingAccountId", "a\"b")), options).error().code,
              "csv.bad_quotes");
}

TEST(Inspect, ReadsJsonLines) {
    const TestFolder folder;
    const std::string tail =
        R"("BillingCurrency":"USD","BillingAccountId":"a","BillingPeriodStart":"2024-09-01T00:00:00Z",)"
        R"("BillingPeriodEnd":"2024-10-01T00:00:00Z","ChargePeriodStart":"2024-09-01T00:00:00Z"})";
    const std::string first =
        R"({"BilledCost":0.12345678901234567890123,"Tags":{"a":["b",{"c":null}],"d":1.50,"e\"":"x,\ny"},)" + tail;
    const std::string second = R"({"BilledCost":"2","x_Note":"","Flag":true,)" + tail;
    const auto inspection = inspect_bytes(folder, first + "\r\n\n" + second);
    ASSERT_TRUE(inspection.ok()) << inspection.error().describe();
    EXPECT_EQ(inspection->format, FileFormat::kJsonLines);
    EXPECT_EQ(inspection->groups.begin()->second.sum[0], "2.12345678901234567890123");
    EXPECT_EQ(inspection->groups.begin()->second.rounded_away[0], "-0.00000000000000000009877");
    EXPECT_EQ(inspection->file_bytes, first.size() + second.size() + 3);
    const std::string csv = read_all(inspection->load_path);
    EXPECT_THAT(csv, HasSubstr(R"("{""a"":[""b"",{""c"":null}],""d"":1.50,""e\"""":""x,\ny""}")"));
    EXPECT_THAT(dump(*inspection), HasSubstr("quoted-empty x_Note: 1 rows from 2"));

    InspectionOptions options;
    options.quarantine = folder.path() / "aside.jsonl";
    const std::string no_cost = "{" + tail;
    const auto split = inspect_bytes(folder, fmt::format("{}\n{{\"a\n{}\n{}\n", no_cost, second, first), options);
    ASSERT_TRUE(split.ok()) << split.error().describe();
    EXPECT_EQ(split->rows, 2U);
    EXPECT_THAT(dump(*split), HasSubstr("aside 2 rows, 2 unreadable, bill.no_cost 1, json.bad_line 1 1 2\n"));
    EXPECT_EQ(read_all(*options.quarantine), fmt::format("{}\n{{\"a\n", no_cost));
    EXPECT_THAT(dump(*split), HasSubstr("quoted-empty x_Note: 1 rows from 3"));
}

TEST(Inspect, ReadsParquet) {
    const TestFolder folder;
    const base::Path file = folder.path() / "bill.parquet";
    auto engine =
        engine::open_duckdb({.threads = 1, .memory_bytes = std::uint64_t{256} << 20U, .temporary_folder = {}});
    ASSERT_TRUE(engine.ok());
    const auto done = (*engine)->execute(fmt::format(
        "COPY (SELECT 0.1::DOUBLE + i AS BilledCost, 1.25::DECIMAL(38,18) AS EffectiveCost, 0.1::FLOAT AS ListCost, 7 "
        "AS ContractedCost, "
        "'USD' AS BillingCurrency, 'a\"b' AS BillingAccountId, TIMESTAMP '2024-09-01' AS BillingPeriodStart, "
        "DATE '2024-10-01' AS BillingPeriodEnd, TIMESTAMPTZ '2024-09-02 00:00:00+00' AS ChargePeriodStart, "
        "MAP {{'env': 'prod'}} AS Tags, CASE WHEN i = 1 THEN 1e-7::DOUBLE END AS ConsumedQuantity FROM range(3) t(i)) "
        "TO {} (FORMAT parquet)",
        engine::sql_text(file.string())));
    ASSERT_TRUE(done.ok()) << done.error().describe();
    InspectionOptions options;
    options.staging_folder = folder.path() / "staging";
    for (const bool quarantine : {false, true}) {
        if (quarantine) {
            options.quarantine = folder.path() / "aside";
        }
        const auto inspection = inspect(file, options);
        ASSERT_TRUE(inspection.ok()) << inspection.error().describe();
        EXPECT_EQ(inspection->format, FileFormat::kParquet);
        EXPECT_EQ(inspection->load_path, file);
        const GroupSums& sums = inspection->groups.begin()->second;
        EXPECT_THAT(sums.sum, testing::ElementsAre("3.3", "3.75", "0.3", "21")); // 0.1 + 1.1 + 2.1
        EXPECT_EQ(inspection->scopes.begin()->first.billing_account_id, "a\"b");
        EXPECT_EQ(period::to_string(inspection->scopes.begin()->first.billing_period_end), "2024-10-01T00:00:00Z");
    }
    std::string damaged = read_all(file);
    damaged.resize(damaged.size() / 2);
    EXPECT_EQ(inspect_bytes(folder, damaged).error().code, "file.corrupt");
}

/// Where the published bills are, or nothing.
base::Path shared_data() {
    const char* folder = std::getenv("FLORIN_SHARED_DATA");
    return folder != nullptr ? base::Path(folder) : base::Path(FLORIN_SOURCE_DIR).parent_path() / "shared" / "data";
}

TEST(Inspect, ReadsTheOfficialSample) {
    const base::Path file = shared_data() / "focus-1.0" / "focus_sample.csv";
    if (!std::filesystem::exists(file)) {
        GTEST_SKIP() << "no " << file;
    }
    const auto inspection = inspect(file, {});
    ASSERT_TRUE(inspection.ok()) << inspection.error().describe();
    EXPECT_EQ(inspection->rows, 1000U);
    EXPECT_EQ(inspection->scopes.size(), 4U);
    EXPECT_EQ(inspection->version, focus::Version::k1_0);
    const std::string text = dump(*inspection);
    EXPECT_THAT(text, HasSubstr("finding custom-column x_Id: 1000 rows from 0, Id, 20.52022672899 USD"));
    EXPECT_THAT(text, HasSubstr("finding allowed-value-casing ChargeFrequency: 7 rows"));
    EXPECT_THAT(text, HasSubstr("finding null-cost ContractedCost: 7 rows"));
    Amount effective;
    ExactSum sum;
    for (const auto& [key, group] : inspection->groups) {
        ASSERT_EQ(read_amount(group.sum[1], 18, effective), AmountFault::kNone);
        sum.add(effective, group.sum[1]);
    }
    EXPECT_EQ(sum.to_string(), "14.97651418586");
}

TEST(Inspect, ReadsOrRefusesTheSpecificationsExamples) {
    const base::Path folder = shared_data() / "focus-spec-1.2";
    if (!std::filesystem::exists(folder)) {
        GTEST_SKIP() << "no " << folder;
    }
    const auto files = base::list_files(folder);
    ASSERT_EQ(files->size(), 18U);
    for (const base::Path& file : *files) {
        const auto inspection = inspect(file, {});
        // The commitment examples have no account and no currency; all others are read.
        if (file.filename().string().starts_with("commitment")) {
            ASSERT_FALSE(inspection.ok());
            EXPECT_EQ(inspection.error().code, "bill.missing_column");
            EXPECT_THAT(inspection.error().message, HasSubstr("BillingAccountId, BillingCurrency"));
        } else {
            EXPECT_TRUE(inspection.ok()) << dump(inspection);
        }
    }
}

TEST(Repairs, ThePageIsUpToDate) {
    const base::Path page = base::Path(FLORIN_SOURCE_DIR) / "docs" / "reference" / "repairs.md";
    if (const char* update = std::getenv("FLORIN_UPDATE"); update != nullptr && std::string_view(update) == "1") {
        ASSERT_TRUE(base::write_file_atomically(page, repairs_page()).ok());
    }
    EXPECT_EQ(read_all(page), repairs_page());
}

TEST(Repairs, TheRulesHaveTheirNames) {
    EXPECT_EQ(id(Rule::kAllowedValueCasing), "allowed-value-casing");
    EXPECT_EQ(id(Rule::kCostIdentity), "cost-identity");
    EXPECT_EQ(id(Rule::kInstantDateOnly), "instant-date-only");
    EXPECT_EQ(id(Rule::kNullLiteral), "null-literal");
    EXPECT_EQ(id(Rule::kRenamedColumn), "renamed-column");
    EXPECT_TRUE(std::is_sorted(repairs().begin(), repairs().end(),
                               [](const RepairSpec& a, const RepairSpec& b) { return a.id < b.id; }));
}

} // namespace
} // namespace florin::ingest
