#include "app/explain_number.hpp"

#include "app/ask_bills.hpp"
#include "app/ingest_bills.hpp"
#include "demo/estate.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include <cstdlib>
#include <fstream>
#include <random>

namespace florin::app {
namespace {

namespace fs = std::filesystem;
using money::Decimal;

class ExplainNumberTest : public testing::Test {
protected:
    ExplainNumberTest() {
        std::string pattern = (fs::temp_directory_path() / "florin-app-XXXXXX").string();
        FLORIN_CHECK(mkdtemp(pattern.data()) != nullptr, "no folder for the test");
        folder_ = pattern;
        std::ofstream(folder_ / "florin.yaml") << "threads: 2\n";
        workspace_ = std::make_unique<Workspace>(Workspace::open(folder_, clock_).value());
    }
    ~ExplainNumberTest() override {
        workspace_.reset();
        std::error_code code;
        fs::remove_all(folder_, code);
    }

    /// The demo estate without its history: later versions of bills.
    void ingest_estate() {
        demo::EstateOptions options;
        options.rows = 4000;
        options.months = 2;
        options.seed = 7;
        options.last_month_start = period::parse_day("2026-10-01").value();
        options.folder = folder_ / "bills";
        ASSERT_TRUE(demo::generate_estate(options).ok());
        fs::remove_all(folder_ / "bills" / "history");
        ASSERT_TRUE(ingest_bills(*workspace_, {.paths = {options.folder.string()}}).ok());
    }

    static Decimal amount(const query::Figures& figures) {
        const auto* value = std::get_if<Decimal>(&figures.value);
        return value == nullptr ? Decimal() : *value;
    }
    /// The line of a file with that data row, as anybody would look for it; the demo's cells hold no line ends.
    static std::string line_of(const base::Path& path, std::uint64_t row) {
        std::ifstream file(path, std::ios::binary);
        std::string line;
        for (std::uint64_t i = 0; i <= row; ++i) {
            std::getline(file, line);
        }
        return line;
    }

    base::FixedClock clock_{std::chrono::sys_days(std::chrono::year(2026) / 11 / 24)};
    fs::path folder_;
    std::unique_ptr<Workspace> workspace_;
};

/// Every part list adds up, and every charge shown stands in its file, where the row and the byte say.
void expect_sound(const ExplainedNumber& number, const std::function<std::string(const RawRow&)>& line) {
    const auto amount = [](const query::Figures& figures) {
        const auto* value = std::get_if<Decimal>(&figures.value);
        return value == nullptr ? Decimal() : *value;
    };
    const auto plus = [](Decimal a, Decimal b) { return a.plus(b).value(); };
    for (const ExplainedBlock& block : number.blocks) {
        Decimal scopes;
        std::uint64_t charges = 0;
        for (const ExplainedScope& scope : block.scopes) {
            scopes = plus(scopes, amount(scope.figures));
            charges += scope.figures.charges;
        }
        EXPECT_EQ(scopes, amount(block.parts.total));
        EXPECT_EQ(charges, block.parts.total.charges);
        Decimal tuples = amount(block.parts.other_tuples);
        for (const query::ExplainedTuple& tuple : block.parts.tuples) {
            tuples = plus(tuples, amount(tuple.figures));
        }
        EXPECT_EQ(tuples, amount(block.parts.total));
        Decimal of_charges = amount(block.parts.other_charges);
        for (std::size_t i = 0; i < block.parts.charges.size(); ++i) {
            of_charges = plus(of_charges, amount(block.parts.charges[i].figures));
            const RawRow& row = block.rows[i];
            EXPECT_EQ(row.note, "");
            ASSERT_GT(row.row, 0U);
            EXPECT_EQ(row.text, line(row));
            // BilledCost is the first column of the demo's files.
            const auto& columns = block.parts.charges[i].columns;
            const auto billed = std::ranges::find(columns, "BilledCost", [](const auto& each) { return each.first; });
            ASSERT_NE(billed, columns.end());
            EXPECT_EQ(Decimal::parse(row.text.substr(0, row.text.find(','))).value(),
                      std::get<Decimal>(billed->second));
            std::ifstream file(row.path, std::ios::binary);
            std::string bytes(row.text.size(), ' ');
            file.seekg(static_cast<std::streamoff>(row.byte_offset.value()));
            file.read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
            EXPECT_EQ(bytes, row.text);
        }
        EXPECT_EQ(of_charges, amount(block.parts.total));
    }
}

TEST_F(ExplainNumberTest, ReachesARowOfAFileForTenCellsAtRandom) {
    ingest_estate();
    constexpr unsigned kSeed = 20261124;
    SCOPED_TRACE(fmt::format("seed {}", kSeed));
    std::mt19937 random(kSeed);
    const std::vector<std::string> measures{"effective_cost", "billed_cost", "list_cost"};
    const std::vector<std::string> dimensions{"service_name", "account", "region", "tag.team", "charge_category"};
    const std::vector<std::string> months{"2026-09", "2026-10"};
    const auto one_of = [&random](const auto& list) -> const auto& { return list[random() % list.size()]; };
    std::size_t charges = 0;
    for (int cell = 0; cell < 10; ++cell) {
        AskRequest asked;
        asked.question.measures = {one_of(measures)};
        asked.question.dimensions = {one_of(dimensions)};
        asked.question.period = period::parse_period(one_of(months), workspace_->today(), {}).value();
        const query::Answer answer = ask_bills(*workspace_, asked).value();
        const query::CurrencyBlock& block = one_of(answer.blocks);
        const query::AnswerRow& row = one_of(block.rows);
        const auto* name = std::get_if<std::string>(&row.values[0]);

        ExplainRequest request;
        request.question = asked.question;
        request.question.dimensions.clear();
        const std::string of_row =
            fmt::format("{}={}", asked.question.dimensions[0], name == nullptr ? "(none)" : "\"" + *name + "\"");
        SCOPED_TRACE(fmt::format("{} of {}", asked.question.measures[0], of_row));
        request.question.filter = row_filter(of_row).value();
        const auto explained = explain_number(*workspace_, request);
        ASSERT_TRUE(explained.ok()) << explained.error().describe();
        const auto same = std::ranges::find(explained->blocks, block.currency,
                                            [](const ExplainedBlock& each) { return each.parts.currency; });
        ASSERT_NE(same, explained->blocks.end());
        EXPECT_EQ(same->parts.total.value, row.values[1]);
        EXPECT_FALSE(same->rows.empty());
        charges += same->rows.size();
        expect_sound(*explained, [](const RawRow& raw) { return line_of(raw.path, raw.row); });
    }
    EXPECT_GT(charges, 10U);
}

TEST_F(ExplainNumberTest, AWeekTakesItsDaysOfChargesThatSpanMore) {
    ingest_estate();
    ExplainRequest request;
    request.question.measures = {"effective_cost"};
    request.question.period = period::parse_period("2026-09-08..2026-09-14", workspace_->today(), {}).value();
    request.charges_max = 40;
    request.tuples_max = 7;
    const ExplainedNumber explained = explain_number(*workspace_, request).value();
    expect_sound(explained, [](const RawRow& raw) { return line_of(raw.path, raw.row); });
    bool spans = false;
    for (const ExplainedBlock& block : explained.blocks) {
        for (const query::ExplainedCharge& charge : block.parts.charges) {
            spans = spans || charge.is_spread;
        }
        ASSERT_TRUE(block.parts.spread.has_value());
        EXPECT_NE(amount(block.parts.spread->first_day), amount(block.parts.spread->spread));
    }
    EXPECT_TRUE(spans);
}

TEST_F(ExplainNumberTest, ALineOfJsonIsShownAsItIsWritten) {
    const auto line = [](std::string_view billed, std::string_view more) {
        return fmt::format(
            R"({{"BilledCost": {0}, "EffectiveCost": {0}, "ListCost": {0}, "ContractedCost": {0}, )"
            R"("BillingCurrency": "USD", "BillingAccountId": "a-1", )"
            R"("BillingPeriodStart": "2026-09-01T00:00:00Z", "BillingPeriodEnd": "2026-10-01T00:00:00Z", )"
            R"("ChargePeriodStart": "2026-09-01T00:00:00Z", "ChargePeriodEnd": "2026-09-02T00:00:00Z", )"
            R"("ChargeCategory": "Usage", "ServiceName": "Machines", {1}}})",
            billed, more);
    };
    const std::vector<std::string> lines{
        line("12.34567890123456789", R"("ResourceId": "vm \"1\"", "Tags": {"a": 1.0, "b": [null]}, "RegionId": null)"),
        line("1.5e1", R"("ResourceId": "")")};
    std::ofstream(folder_ / "bill.jsonl", std::ios::binary) << lines[0] << "\r\n\n" << lines[1] << "\r\n";
    ASSERT_TRUE(ingest_bills(*workspace_, {.paths = {(folder_ / "bill.jsonl").string()}}).ok());

    ExplainRequest request;
    request.question.measures = {"billed_cost"};
    const ExplainedNumber number = explain_number(*workspace_, request).value();
    ASSERT_EQ(number.blocks.size(), 1U);
    const std::vector<RawRow>& rows = number.blocks.front().rows;
    ASSERT_EQ(rows.size(), 2U);
    EXPECT_EQ(rows[0].note, "");
    EXPECT_EQ(rows[1].note, "");
    EXPECT_EQ(rows[0].text, lines[1]);
    EXPECT_EQ(rows[1].text, lines[0]);
    EXPECT_EQ(rows[1].byte_offset, 0U);
    EXPECT_EQ(rows[0].byte_offset, lines[0].size() + 3);
    const auto cell = [&rows](std::size_t row, const std::string& name) {
        const auto found = std::ranges::find(rows[row].cells, name, [](const auto& each) { return each.first; });
        return found == rows[row].cells.end() ? std::string("none") : found->second;
    };
    EXPECT_EQ(cell(1, "BilledCost"), "12.34567890123456789");
    EXPECT_EQ(cell(1, "ResourceId"), R"(vm "1")");
    EXPECT_EQ(cell(1, "Tags"), R"({"a":1.0,"b":[null]})");
    EXPECT_EQ(cell(1, "RegionId"), "none");
    EXPECT_EQ(cell(0, "BilledCost"), "1.5e1");
}

} // namespace
} // namespace florin::app
