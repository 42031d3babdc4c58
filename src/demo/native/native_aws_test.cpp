// What an AWS report adds up to by AWS's own columns, against the generator's truth.
#include "demo/native/native_reader_test.hpp"
#include "engine/engine.hpp"

#include <algorithm>
#include <set>

namespace florin::demo {
namespace {

/// What a legacy report's columns say, by the rules of AWS's user guide.
struct AwsSums {
    Big unblended = 0;
    Big amortized = 0;
    std::map<std::string, Big> covered_on_demand; ///< by plan: covered usage less negation
    std::map<std::string, CommitmentSums> commitments;
    std::map<std::string, std::uint64_t> types;
    std::set<std::string> ids;

    void add(const Record& row) {
        const auto cost = [&](const char* column) { return big(row.at(column)); };
        const std::string& type = row.at("lineItem/LineItemType");
        const std::string& plan = row.at("savingsPlan/SavingsPlanARN");
        const std::string& reservation = row.at("reservation/ReservationARN");
        const Big billed = cost("lineItem/UnblendedCost");
        ++types[type];
        ids.insert(row.at("identity/LineItemId"));
        unblended += billed;
        if (type == "SavingsPlanCoveredUsage") {
            covered_on_demand[plan] += billed;
            commitments[plan].used += cost("savingsPlan/SavingsPlanEffectiveCost");
            amortized += cost("savingsPlan/SavingsPlanEffectiveCost");
            EXPECT_EQ(product(cost("lineItem/UsageAmount"), cost("savingsPlan/SavingsPlanRate")),
                      cost("savingsPlan/SavingsPlanEffectiveCost"));
        } else if (type == "SavingsPlanNegation") {
            covered_on_demand[plan] += billed;
        } else if (type == "SavingsPlanRecurringFee" || type == "SavingsPlanUpfrontFee") {
            const Big unused = cost("savingsPlan/TotalCommitmentToDate") - cost("savingsPlan/UsedCommitment");
            EXPECT_GE(unused, 0);
            commitments[plan].purchased += billed;
            commitments[plan].unused += unused;
            amortized += unused;
        } else if (type == "DiscountedUsage") {
            EXPECT_EQ(billed, 0);
            commitments[reservation].used += cost("reservation/EffectiveCost");
            amortized += cost("reservation/EffectiveCost");
        } else if (type == "RIFee" || (type == "Fee" && !reservation.empty())) {
            const Big unused =
                cost("reservation/UnusedRecurringFee") + cost("reservation/UnusedAmortizedUpfrontFeeForBillingPeriod");
            commitments[reservation].purchased += billed;
            commitments[reservation].unused += unused;
            amortized += unused;
        } else {
            amortized += billed;
        }
    }
};

void expect_aws(const Generated& generated, const AwsSums& sums, std::uint64_t rows) {
    EXPECT_EQ(sums.unblended, generated.total("BilledCost"));
    EXPECT_EQ(sums.amortized, generated.total("EffectiveCost"));
    EXPECT_EQ(sums.ids.size(), rows);
    for (const auto& [plan, rest] : sums.covered_on_demand) {
        EXPECT_EQ(rest, 0) << plan;
    }
    expect_commitments(generated, sums.commitments);
    for (const char* type : {"Usage", "SavingsPlanCoveredUsage", "SavingsPlanNegation", "SavingsPlanRecurringFee",
                             "SavingsPlanUpfrontFee", "DiscountedUsage", "RIFee", "Fee", "Tax", "Credit", "Refund"}) {
        EXPECT_GT(sums.types.count(type), 0U) << type;
    }
}

TEST_F(Native, AwsReportAddsUpToItsTruth) {
    for (const std::uint64_t rows : {std::uint64_t{2'000}, std::uint64_t{100'000}}) { // by the day, by the hour
        const Generated aws = make(NativeFormat::kAwsCur, rows);
        AwsSums sums;
        aws.each([&](Record& row) { sums.add(row); });
        expect_aws(aws, sums, rows);
        EXPECT_EQ(aws.summary.rows, rows);
    }
}

TEST_F(Native, AwsManifestNamesThePartsAndTheColumns) {
    const Generated aws = make(NativeFormat::kAwsCur, 2'000, "2024-02-01");
    const base::Path part = aws.folder / aws.summary.files.front().path;
    const Json manifest = Json::parse(file_text(part.parent_path() / "halden-Manifest.json"));
    EXPECT_EQ(file_text(part.parent_path().parent_path() / "halden-Manifest.json"),
              file_text(part.parent_path() / "halden-Manifest.json"));
    EXPECT_EQ(manifest["assemblyId"], part.parent_path().filename().string());
    EXPECT_EQ(manifest["billingPeriod"]["start"], "20240201T000000.000Z");
    EXPECT_EQ(manifest["billingPeriod"]["end"], "20240301T000000.000Z");
    ASSERT_EQ(manifest["reportKeys"].size(), aws.summary.files.size());
    for (std::size_t i = 0; i < aws.summary.files.size(); ++i) {
        EXPECT_EQ("aws-cur/" + manifest["reportKeys"][i].get<std::string>(),
                  aws.summary.files[i].path.generic_string());
    }
    const std::string text = file_text(part);
    const std::vector<std::string> header = naive_csv(text.substr(0, text.find('\n') + 1)).front();
    ASSERT_EQ(header.size(), 100U);
    ASSERT_EQ(manifest["columns"].size(), header.size());
    for (std::size_t i = 0; i < header.size(); ++i) {
        const Json& column = manifest["columns"][i];
        EXPECT_EQ(column["category"].get<std::string>() + '/' + column["name"].get<std::string>(), header[i]);
    }
}

TEST_F(Native, AwsContainersRepeatNoCost) {
    const Generated aws = make(NativeFormat::kAwsCur, 2'000);
    std::uint64_t pods = 0;
    aws.each([&](Record& row) {
        if (!row["splitLineItem/ParentResourceId"].empty()) {
            ++pods;
            EXPECT_EQ(row["lineItem/UnblendedCost"], "0.0");
            EXPECT_GT(big(row["splitLineItem/SplitCost"]), 0);
        }
    });
    EXPECT_EQ(pods, 30U * 3 * 2);
}

TEST_F(Native, AwsReportOfBothVersionsIsTheSame) {
    const Generated legacy = make(NativeFormat::kAwsCur, 2'000);
    const Generated cur2 = make(NativeFormat::kAwsCur2, 2'000);
    Json legacy_truth = legacy.truth;
    Json cur2_truth = cur2.truth;
    legacy_truth.erase("files");
    cur2_truth.erase("files");
    EXPECT_EQ(legacy_truth, cur2_truth);
    std::vector<Record> rows;
    cur2.each([&](Record& row) { rows.push_back(row); });
    std::size_t i = 0;
    legacy.each([&](Record& row) {
        Record& other = rows.at(i++);
        EXPECT_EQ(row["identity/LineItemId"], other["identity_line_item_id"]);
        EXPECT_EQ(row["lineItem/UnblendedCost"], other["line_item_unblended_cost"]);
        EXPECT_EQ(row["savingsPlan/SavingsPlanARN"], other["savings_plan_savings_plan_a_r_n"]);
        const Json tags = Json::parse(other["resource_tags"]);
        EXPECT_EQ(row["resourceTags/user:team"], tags.value("user_team", ""));
        EXPECT_EQ(row["product/ProductName"], Json::parse(other["product"])["product_name"]);
    });
    EXPECT_EQ(i, rows.size());
}

TEST_F(Native, Cur2InParquetHasTheSameSums) {
    const Generated cur2 = make(NativeFormat::kAwsCur2, 2'000, "2024-09-01", 7, true);
    ASSERT_EQ(cur2.summary.files.size(), 2U);
    const auto engine =
        engine::open_duckdb({.threads = 1, .memory_bytes = std::uint64_t{300} << 20U, .temporary_folder = {}});
    ASSERT_TRUE(engine.ok());
    Big sum = 0;
    std::uint64_t rows = 0;
    for (const NativeFile& file : cur2.summary.files) {
        EXPECT_TRUE(file.path.string().ends_with(".snappy.parquet"));
        const auto table = (*engine)->query(
            "SELECT CAST(line_item_unblended_cost AS VARCHAR), typeof(line_item_unblended_cost), typeof(product), "
            "typeof(line_item_usage_start_date), coalesce(resource_tags['user_team'], '') FROM read_parquet(" +
            engine::sql_text((cur2.folder / file.path).string()) + ")");
        ASSERT_TRUE(table.ok()) << table.error().message;
        for (const auto& row : table->rows) {
            std::string cost = std::get<std::string>(row[0]);
            std::ranges::transform(cost, cost.begin(), [](char c) { return c == 'e' ? 'E' : c; });
            sum += big(cost);
            ++rows;
        }
        EXPECT_EQ(std::get<std::string>(table->rows[0][1]), "DOUBLE");
        EXPECT_EQ(std::get<std::string>(table->rows[0][2]), "MAP(VARCHAR, VARCHAR)");
        EXPECT_EQ(std::get<std::string>(table->rows[0][3]), "TIMESTAMP");
    }
    EXPECT_EQ(rows, 2'000U);
    EXPECT_EQ(sum, cur2.total("BilledCost"));
}

} // namespace
} // namespace florin::demo
