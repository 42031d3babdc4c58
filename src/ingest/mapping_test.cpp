#include "ingest/focus_files/mapping.hpp"

#include "ingest/inspection_test_bills.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <zstd.h>

#include <algorithm>

namespace florin::ingest {
namespace {

using testing::ElementsAre;

/// Bills as text, inspected and read by the engine as the load reads them.
class Mapping : public testing::Test {
protected:
    /// The values of `select` for each row, as text in SQL's form, NULL as `NULL`.
    std::vector<std::string> read(const base::Path& path, const std::string& select) {
        InspectionOptions options;
        options.staging_folder = folder_.path();
        const auto inspection = inspect(path, options);
        if (!inspection.ok()) {
            return {inspection.error().describe()};
        }
        const std::string statement =
            focus_files::select_statement(*engine_, *inspection, CsvReading::kTolerant).value();
        const auto table =
            engine_->query(fmt::format("SELECT coalesce(CAST({} AS VARCHAR), 'NULL') FROM ({})", select, statement));
        if (!table.ok()) {
            return {table.error().describe()};
        }
        std::vector<std::string> values;
        for (const auto& row : table->rows) {
            values.push_back(std::get<std::string>(row[0]));
        }
        return values;
    }
    std::vector<std::string> read(const std::string& bill, const std::string& select) {
        return read(folder_.write("bill.csv", bill), select);
    }
    /// A bill with one column more than needed, a row for each cell.
    std::vector<std::string> cells(const std::string& column, const std::vector<std::string>& texts,
                                   const std::string& select) {
        std::string bill = std::string(kHeader) + "," + column + "\n";
        for (const std::string& text : texts) {
            bill += std::string(kRow) + "," + text + "\n";
        }
        return read(bill, select);
    }
    /// A bill in which `column`, one of the needed ones, holds these cells.
    std::vector<std::string> needed(const std::string& column, const std::vector<std::string>& texts,
                                    const std::string& select) {
        std::string bill = std::string(kHeader) + "\n";
        for (const std::string& text : texts) {
            std::string row = row_with(column, text);
            row.replace(row.rfind("2024-09-03"), 10, "2024-12-31"); // the end of the charge, after all starts
            bill += row + "\n";
        }
        return read(bill, select);
    }
    base::Path parquet(const std::string& select) {
        const base::Path path = folder_.path() / "bill.parquet";
        const auto made = engine_->execute(fmt::format(
            "COPY (SELECT 'USD' AS BillingCurrency, 'acc' AS BillingAccountId, TIMESTAMP '2024-09-01' AS "
            "BillingPeriodStart, "
            "TIMESTAMP '2024-10-01' AS BillingPeriodEnd, 'Usage' AS ChargeCategory, {}) TO {} (FORMAT parquet)",
            select, engine::sql_text(path.string())));
        EXPECT_TRUE(made.ok()) << made.error().describe();
        return path;
    }

    TestFolder folder_;
    std::unique_ptr<engine::Engine> engine_ = engine::open_duckdb({}).value();
};

constexpr const char* kTimes =
    "TIMESTAMP '2024-09-02' AS ChargePeriodStart, TIMESTAMP '2024-09-03' AS ChargePeriodEnd, ";

TEST_F(Mapping, GivesTheColumnsOfAChargesFileInTheirOrderAndTypes) {
    InspectionOptions options;
    options.staging_folder = folder_.path();
    const Inspection inspection =
        inspect(folder_.write("bill.csv", std::string(kHeader) + "\n" + std::string(kRow) + "\n"), options).value();
    const auto columns =
        engine_->describe(focus_files::select_statement(*engine_, inspection, CsvReading::kTolerant).value()).value();
    std::vector<std::string> names;
    for (const engine::Column& column : columns) {
        names.push_back(column.name);
        if (column.name.ends_with("Cost") || column.name.ends_with("UnitPrice")) {
            EXPECT_EQ(column.type, engine::Type::kDecimal) << column.name;
        }
        if (column.name.ends_with("Quantity")) {
            EXPECT_EQ(column.type, engine::Type::kQuantity) << column.name;
        }
    }
    EXPECT_EQ(names, focus_files::charge_columns());
}

TEST_F(Mapping, UntilOnePointTwoTheProviderIsTheServiceProvider) {
    EXPECT_THAT(cells("ProviderName", {"AWS"}, "ServiceProviderName || ' ' || ProviderName"), ElementsAre("AWS AWS"));
    EXPECT_THAT(cells("ServiceProviderName,ProviderName", {"New,Old"}, "ServiceProviderName || ' ' || ProviderName"),
                ElementsAre("New Old"));
    EXPECT_THAT(cells("ServiceProviderName,HostProviderName", {"Sold by,Runs on"},
                      "ServiceProviderName || ', ' || HostProviderName"),
                ElementsAre("Sold by, Runs on"));
}

TEST_F(Mapping, ARowWithoutServiceProviderHasItsProvider) {
    EXPECT_THAT(cells("ServiceProviderName,ProviderName", {"New,Old", ",Old"}, "ServiceProviderName"),
                ElementsAre("New", "Old"));
}

TEST_F(Mapping, NamesOfThePreviewAreReadAsTodays) {
    EXPECT_THAT(cells("UsageQuantity,UsageUnit", {"1.5,Hours"}, "ConsumedQuantity || ' ' || ConsumedUnit"),
                ElementsAre("1.500000000000 Hours"));
    EXPECT_THAT(cells("Region", {"eu-1"}, "RegionId"), ElementsAre("eu-1"));
}

TEST_F(Mapping, WhereBothNamesAreThereTodaysCountsAndTheOtherIsKept) {
    EXPECT_THAT(cells("Region,RegionId", {"Frankfurt,eu-1"}, "RegionId || ' ' || x_Custom['x_Region']"),
                ElementsAre("eu-1 Frankfurt"));
    EXPECT_THAT(cells("RegionId,Region", {"eu-1,Frankfurt"}, "RegionId || ' ' || x_Custom['x_Region']"),
                ElementsAre("eu-1 Frankfurt"));
}

TEST_F(Mapping, ValuesOfListsAreMendedAndUnknownOnesKept) {
    EXPECT_THAT(cells("ChargeFrequency", {"usage-based", "Usage-Based", "Weekly", ""}, "ChargeFrequency"),
                ElementsAre("Usage-Based", "Usage-Based", "Weekly", "NULL"));
    EXPECT_THAT(cells("PricingCategory", {"On-Demand"}, "PricingCategory"), ElementsAre("Standard"));
}

TEST_F(Mapping, AQuotedNullIsText) {
    EXPECT_THAT(cells("ServiceName,RegionName", {"NULL,\"NULL\"", "null,\"null\"", "Null,x"},
                      "concat_ws('|', ServiceName, RegionName)"),
                ElementsAre("NULL", "null", "Null|x"));
    EXPECT_THAT(cells("ServiceName", {"\"NULL\"", "\"\"", "x"}, "ServiceName"), ElementsAre("NULL", "NULL", "x"));
    EXPECT_THAT(cells("ServiceName", {"\"NULL\"", "\"\"", "x"}, "ServiceName IS NULL"),
                ElementsAre("false", "true", "false"));
    EXPECT_THAT(cells("x_Note", {"NULL", "\"NULL\"", "\"\"", ""}, "x_Custom['x_Note'] IS NULL"),
                ElementsAre("true", "false", "true", "true"));
}

TEST_F(Mapping, EveryFormOfTimeInOneColumn) {
    EXPECT_THAT(needed("ChargePeriodStart",
                       {"2024-09-18T22:00:00Z", "2024-09-18T22:00Z", "2024-09-18T22:00:00.25Z",
                        "2024-09-18T22:00:00+00:00", "2024-09-18T22:00:00+02:00", "2024-09-18T22:00:00-05:30",
                        "2024-09-18T22:00:00", "2024-09-18 22:00:00", "2024-09-18 22:00:00.5",
                        "2024-09-18 22:00:00 UTC", "2024-09-18", "9/18/24", "12/8/2024", "2024-09-18T22:00:00.123456Z"},
                       "ChargePeriodStart"),
                ElementsAre("2024-09-18 22:00:00", "2024-09-18 22:00:00", "2024-09-18 22:00:00.25",
                            "2024-09-18 22:00:00", "2024-09-18 20:00:00", "2024-09-19 03:30:00", "2024-09-18 22:00:00",
                            "2024-09-18 22:00:00", "2024-09-18 22:00:00.5", "2024-09-18 22:00:00",
                            "2024-09-18 00:00:00", "2024-09-18 00:00:00", "2024-12-08 00:00:00",
                            "2024-09-18 22:00:00.123456"));
}

TEST_F(Mapping, EachFormOfTimeByItself) {
    for (const auto& [text, expected] : std::vector<std::pair<std::string, std::string>>{
             {"2024-09-18T22:00:00Z", "2024-09-18 22:00:00"},
             {"2024-09-18T22:00Z", "2024-09-18 22:00:00"},
             {"2024-09-18T22:00:00.123456789Z", "2024-09-18 22:00:00.123456"},
             {"2024-09-18T22:00:00+02:00", "2024-09-18 20:00:00"},
             {"2024-09-18T22:00:00", "2024-09-18 22:00:00"},
             {"2024-09-18 22:00:00 UTC", "2024-09-18 22:00:00"},
             {"2024-09-18", "2024-09-18 00:00:00"},
             {"9/18/24", "2024-09-18 00:00:00"},
             {"10/01/2024", "2024-10-01 00:00:00"}}) {
        EXPECT_THAT(needed("ChargePeriodStart", {text}, "ChargePeriodStart"), ElementsAre(expected)) << text;
    }
}

TEST_F(Mapping, TheChargeDayIsThatOfUtc) {
    EXPECT_THAT(needed("ChargePeriodStart", {"2024-09-18T23:30:00-01:00", "2024-09-18T23:59:59.999999Z"}, "ChargeDay"),
                ElementsAre("2024-09-19", "2024-09-18"));
}

TEST_F(Mapping, AmountsAsPeopleShowThem) {
    EXPECT_THAT(needed("BilledCost",
                       {"\"$50,000.00 \"", "1.5", "-2", "\" €1,234,567.89\"", "1e3", "0.1234567890123456785"},
                       "BilledCost"),
                ElementsAre("50000.000000000000000000", "1.500000000000000000", "-2.000000000000000000",
                            "1234567.890000000000000000", "1000.000000000000000000", "0.123456789012345678"));
}

TEST_F(Mapping, CustomColumnsKeepTheirTextByTheirName) {
    EXPECT_THAT(cells("x_CostCenter,Id,\"Odd 'name', \"\"x\"\"\"", {"a,1,v", ",,"}, "x_Custom"),
                testing::Each(testing::HasSubstr("x_CostCenter")));
    EXPECT_THAT(cells("x_CostCenter,Id", {"a,1", "\"b, c\",", ",7"},
                      "concat_ws('|', x_Custom['x_CostCenter'], x_Custom['x_Id'])"),
                ElementsAre("a|1", "b, c", "7"));
    EXPECT_THAT(read(std::string(kHeader) + "\n" + std::string(kRow) + "\n", "x_Custom"), ElementsAre("NULL"));
}

TEST_F(Mapping, OtherDelimiters) {
    for (const char delimiter : {';', '\t', '|'}) {
        std::string bill = std::string(kHeader) + ",ServiceName\n" + std::string(kRow) + ",";
        std::ranges::replace(bill, ',', delimiter);
        EXPECT_THAT(read(bill + "\"a,;|\t \"\"b\"\"\"\n", "ServiceName"), ElementsAre("a,;|\t \"b\""));
    }
}

TEST_F(Mapping, EveryLineEndInsideAndOutsideOfQuotes) {
    for (const std::string end : {"\n", "\r\n"}) {
        for (const std::string inside : {"\n", "\r\n", "\r", "\n\r"}) {
            std::string bill = std::string(kHeader) + ",ServiceName" + end;
            for (int i = 0; i < 3; ++i) {
                bill += std::string(kRow) + ",\"a" + inside + "b\"" + end;
            }
            EXPECT_THAT(read(bill, "ServiceName"),
                        ElementsAre("a" + inside + "b", "a" + inside + "b", "a" + inside + "b"))
                << testing::PrintToString(end) << " outside, " << testing::PrintToString(inside) << " inside";
        }
    }
}

TEST_F(Mapping, LineEndsOfBothKindsInOneFile) {
    EXPECT_THAT(read(std::string(kHeader) + ",ServiceName\n" + std::string(kRow) + ",x\r\n" + std::string(kRow) +
                         ",\"y\"\n" + std::string(kRow) + ",\"z\"\r\n",
                     "ServiceName"),
                ElementsAre("x", "y", "z"));
}

TEST_F(Mapping, CompressedFilesAreReadTheSame) {
    const std::string bill = std::string(kHeader) + "\n" + row_with("BilledCost", "7.25") + "\n";
    EXPECT_THAT(read(folder_.write("bill.csv.gz", gzip(bill)), "BilledCost"), ElementsAre("7.250000000000000000"));
    std::string packed(ZSTD_compressBound(bill.size()), '\0');
    packed.resize(ZSTD_compress(packed.data(), packed.size(), bill.data(), bill.size(), 3));
    EXPECT_THAT(read(folder_.write("bill.csv.zst", packed), "BilledCost"), ElementsAre("7.250000000000000000"));
    for (const char* misleading : {"bill.csv", "bill.zst", "bill.gz.tmp"}) {
        EXPECT_THAT(read(folder_.write(misleading, gzip(bill)), "BilledCost"), ElementsAre("7.250000000000000000"))
            << misleading;
    }
    EXPECT_THAT(read(folder_.write("plain.csv.GZ", bill), "BilledCost"), ElementsAre("7.250000000000000000"));
}

TEST_F(Mapping, JsonNumbersKeepTheirDigits) {
    const auto line = [](const std::string& billed, const std::string& more) {
        return R"({"BilledCost": )" + billed +
               R"(, "EffectiveCost": 1, "BillingCurrency": "USD", "BillingAccountId": "acc", )"
               R"("BillingPeriodStart": "2024-09-01T00:00:00Z", "BillingPeriodEnd": "2024-10-01T00:00:00Z", )"
               R"("ChargePeriodStart": "2024-09-02T00:00:00Z", "ChargePeriodEnd": "2024-09-03T00:00:00Z", )"
               R"("ChargeCategory": "Usage")" +
               more + "}\n";
    };
    const base::Path path = folder_.write(
        "bill.jsonl", line("1234567.123456789012345678", R"(, "Tags": {"a": "b", "n": 1.50}, "ServiceName": "NULL")") +
                          line("1.234567890123456789012345e3", R"(, "ServiceName": "", "x_List": [1, "é"])"));
    EXPECT_THAT(read(path, "BilledCost"), ElementsAre("1234567.123456789012345678", "1234.567890123456789012"));
    EXPECT_THAT(read(path, "Tags"), ElementsAre(R"({"a":"b","n":1.50})", "NULL"));
    EXPECT_THAT(read(path, "ServiceName IS NULL"), ElementsAre("false", "true"));
    EXPECT_THAT(read(path, "x_Custom['x_List']"), ElementsAre("NULL", R"([1,"é"])"));
}

TEST_F(Mapping, ParquetNumbersByTheirShortestText) {
    EXPECT_THAT(
        read(parquet(std::string(kTimes) +
                     "0.1::DOUBLE AS BilledCost, 0.1::FLOAT AS EffectiveCost, 12.5::DECIMAL(10,4) AS ListCost, "
                     "3::INTEGER AS ContractedCost, 1e-7::DOUBLE AS ListUnitPrice, 7::BIGINT AS PricingQuantity"),
             "concat_ws(' ', BilledCost, EffectiveCost, ListCost, ContractedCost, ListUnitPrice, PricingQuantity)"),
        ElementsAre("0.100000000000000000 0.100000000000000000 12.500000000000000000 3.000000000000000000 "
                    "0.000000100000000000 7.000000000000"));
}

TEST_F(Mapping, ParquetTimesWithAndWithoutZoneAndAsDates) {
    EXPECT_THAT(read(parquet("1 AS BilledCost, TIMESTAMPTZ '2024-09-02 01:00:00+02:00' AS ChargePeriodStart, "
                             "DATE '2024-09-03' AS ChargePeriodEnd"),
                     "ChargePeriodStart || ' ' || ChargePeriodEnd"),
                ElementsAre("2024-09-01 23:00:00 2024-09-03 00:00:00"));
}

TEST_F(Mapping, ParquetMapsAndListsAsJson) {
    EXPECT_THAT(read(parquet(std::string(kTimes) +
                             "1 AS BilledCost, MAP {'a': 'b', 'c': 'd \"e\"'} AS Tags, [1, 2] AS x_List, "
                             "{'k': 'v'} AS SkuPriceDetails, NULL::VARCHAR AS ServiceName, '' AS RegionName"),
                     "concat_ws(' ', Tags, x_Custom['x_List'], SkuPriceDetails, ServiceName IS NULL)"),
                ElementsAre(R"({"a":"b","c":"d \"e\""} [1,2] {"k":"v"} true)"));
}

TEST_F(Mapping, LabelsAndTagsOfGooglesExportAreTags) {
    const std::string google = "x_ExportTime,x_CostType,x_Credits,x_Labels,x_Tags";
    const auto tags = [&](const std::string& labels, const std::string& more) {
        return cells(google, {"2024-09-02 00:00:00 UTC,regular,[]," + labels + "," + more}, "Tags");
    };
    const std::string labels = R"("[{""key"":""env"",""value"":""prod""},{""key"":""empty"",""value"":""""}]")";
    const std::string more = R"("[{""Key"":""env"",""Value"":""other""},{""Key"":""team"",""Value"":""a \""b\""""}]")";
    EXPECT_THAT(tags(labels, more), ElementsAre(R"({"env":"prod","empty":true,"team":"a \"b\""})"));
    EXPECT_THAT(tags("[]", more), ElementsAre(R"({"env":"other","team":"a \"b\""})"));
    EXPECT_THAT(tags("", "[]"), ElementsAre("NULL"));
    EXPECT_THAT(tags("no list", "{}"), ElementsAre("NULL"));
    EXPECT_THAT(
        cells(google + ",Tags", {"2024-09-02 00:00:00 UTC,regular,[]," + labels + ",,\"{\"\"a\"\":1}\""}, "Tags"),
        ElementsAre(R"({"a":1})"))
        << "what stands in Tags counts";
    EXPECT_THAT(cells("x_Labels", {labels}, "Tags"), ElementsAre("NULL")) << "another provider's";
}

TEST_F(Mapping, TheTupleKeyFollowsTheTupleOnly) {
    const auto keys = cells("ServiceName,ResourceId", {"a,1", "a,2", "b,1", ",1", "\"\",1"}, "TupleKey");
    ASSERT_EQ(keys.size(), 5U);
    EXPECT_EQ(keys[0], keys[1]);
    EXPECT_NE(keys[0], keys[2]);
    EXPECT_NE(keys[0], keys[3]);
    EXPECT_EQ(keys[3], keys[4]) << "an empty text is null";
}

} // namespace
} // namespace florin::ingest
