#include "demo/estate.hpp"

#include "base/sha256.hpp"
#include "demo/naive_reader_test.hpp"
#include "focus/focus.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <functional>
#include <regex>
#include <set>

namespace florin::demo {
namespace {

using Json = nlohmann::json;

const period::Day kLastMonth = period::Day(std::chrono::year(2026) / 10 / 1);
constexpr std::array<const char*, 4> kCosts = {"BilledCost", "EffectiveCost", "ListCost", "ContractedCost"};

/// A folder of its own that goes away with it.
class Folder {
public:
    explicit Folder(const std::string& name)
        : path(std::filesystem::path(::testing::TempDir()) / ("florin-estate-" + name)) {
        std::filesystem::remove_all(path);
    }
    ~Folder() { std::filesystem::remove_all(path); }
    Folder(const Folder&) = delete;
    Folder& operator=(const Folder&) = delete;
    std::filesystem::path path;
};

EstateOptions options_for(const Folder& folder, std::uint64_t rows, int months = 13, std::uint64_t seed = 1) {
    EstateOptions options;
    options.rows = rows;
    options.months = months;
    options.seed = seed;
    options.last_month_start = kLastMonth;
    options.folder = folder.path;
    return options;
}

/// One hash over names and bytes of all files.
std::string hash_of(const Folder& folder) {
    std::map<std::string, std::string> files;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder.path)) {
        if (entry.is_regular_file()) {
            files[entry.path().lexically_relative(folder.path).string()] = base::sha256(file_text(entry.path()));
        }
    }
    std::string all;
    for (const auto& [name, hash] : files) {
        all += name + " " + hash + "\n";
    }
    return base::sha256(all);
}

/// The estate most tests look at, made once.
class Estate : public ::testing::Test {
protected:
    struct Shared {
        Folder folder{"shared"};
        EstateSummary summary;
        std::vector<Record> rows;
        std::vector<Record> first_rows;
        Json truth;
    };

    static void SetUpTestSuite() {
        shared_ = new Shared;
        shared_->summary = generate_estate(options_for(shared_->folder, 30'000)).value();
        for (const WrittenFile& file : shared_->summary.files) {
            auto records = naive_records(file_text(shared_->folder.path / file.path));
            EXPECT_EQ(records.size(), file.rows) << file.path;
            std::move(records.begin(), records.end(), std::back_inserter(shared_->rows));
        }
        for (const WrittenFile& file : shared_->summary.history) {
            shared_->first_rows = naive_records(file_text(shared_->folder.path / file.path));
        }
        shared_->truth = Json::parse(file_text(shared_->folder.path / shared_->summary.truth));
    }
    static void TearDownTestSuite() { delete shared_; }

    static const std::vector<Record>& rows() { return shared_->rows; }
    static const Json& truth() { return shared_->truth; }

    static Shared* shared_;
};
Estate::Shared* Estate::shared_ = nullptr;

bool null(const Record& row, const std::string& column) {
    return row.at(column).empty();
}
Big number(const Record& row, const std::string& column) {
    return naive_decimal(row.at(column));
}
bool is(const Record& row, const std::string& column, const std::string& value) {
    return row.at(column) == value;
}

std::string show(const Record& row) {
    std::string text;
    for (const auto& [column, cell] : row) {
        text += column + "=" + cell + " ";
    }
    return text;
}

TEST(EstateFiles, TheSameSeedGivesTheSameBytes) {
    const Folder one("one");
    const Folder two("two");
    const Folder other("other");
    ASSERT_TRUE(generate_estate(options_for(one, 20'000)).ok());
    ASSERT_TRUE(generate_estate(options_for(two, 20'000)).ok());
    ASSERT_TRUE(generate_estate(options_for(other, 20'000, 13, 2)).ok());
    EXPECT_EQ(hash_of(one), hash_of(two));
    EXPECT_NE(hash_of(one), hash_of(other));
    // Pinned, so that another compiler, build type or library shows. Changes when the estate does.
    EXPECT_EQ(hash_of(one), "11b7a46f8e9f5374b01448a606e902d948d3b0f22ef7c35acc27a5b6cee9c947");
}

TEST(EstateFiles, AnyNumberOfRowsIsExact) {
    for (const std::uint64_t rows : {9'000U, 20'001U, 33'333U}) {
        for (const int months : {1, 3, 4, 12}) {
            const Folder folder("exact");
            const auto summary = generate_estate(options_for(folder, rows, months, rows)); // seeds too
            ASSERT_TRUE(summary.ok()) << summary.error().describe();
            std::uint64_t found = 0;
            for (const WrittenFile& file : summary->files) {
                const std::string text = file_text(folder.path / file.path);
                EXPECT_EQ(text.size(), file.bytes);
                found += naive_csv(text).size() - 1;
            }
            EXPECT_EQ(found, rows) << months;
            EXPECT_EQ(summary->files.size(), static_cast<std::size_t>(6 * months));
        }
    }
}

TEST(EstateFiles, SpendDoesNotDependOnTheNumberOfRows) {
    std::vector<Big> spend;
    for (const std::uint64_t rows : {10'000U, 80'000U}) {
        const Folder folder("spend");
        ASSERT_TRUE(generate_estate(options_for(folder, rows)).ok());
        const Json truth = Json::parse(file_text(folder.path / "truth.json"));
        for (const Json& entry : truth["totals"]) {
            if (entry["currency"] == "USD") {
                spend.push_back(naive_decimal(entry["EffectiveCost"]));
            }
        }
        for (const Json& entry : truth["by_month"]) {
            if (entry["currency"] == "USD") {
                const Big whole = naive_decimal(entry["EffectiveCost"]) / boost::multiprecision::pow(Big(10), 18);
                EXPECT_GT(whole, 900'000) << entry;
                EXPECT_LT(whole, 1'500'000) << entry;
            }
        }
    }
    EXPECT_LT(abs(spend[0] - spend[1]) * 100, spend[0] * 2);
}

TEST(EstateFiles, ASingleFileHasOneAccountAndOneCurrency) {
    const Folder folder("single");
    EstateOptions options = options_for(folder, 5'000, 1);
    options.single_file = true;
    const auto summary = generate_estate(options);
    ASSERT_TRUE(summary.ok()) << summary.error().describe();
    ASSERT_EQ(summary->files.size(), 1U);
    EXPECT_TRUE(summary->history.empty());
    std::set<std::string> scopes;
    std::set<std::string> providers;
    const auto records = naive_records(file_text(folder.path / summary->files[0].path));
    for (const Record& row : records) {
        scopes.insert(row.at("BillingAccountId") + row.at("BillingCurrency") + row.at("BillingPeriodStart") +
                      row.at("InvoiceIssuerName") + row.at("InvoiceId"));
        providers.insert(row.at("ServiceProviderName"));
    }
    EXPECT_EQ(records.size(), 5'000U);
    EXPECT_EQ(scopes.size(), 1U);
    EXPECT_EQ(providers.size(), 6U);
}

TEST(EstateFiles, GzipHoldsTheSameBytes) {
    const Folder plain("plain");
    const Folder packed("packed");
    EstateOptions options = options_for(packed, 9'000);
    options.gzip = true;
    std::uint64_t told = 0;
    options.progress = [&](std::uint64_t done, std::uint64_t all) {
        EXPECT_LE(told, done);
        EXPECT_EQ(all, 9'000U);
        told = done;
    };
    const auto a = generate_estate(options_for(plain, 9'000)).value();
    const auto b = generate_estate(options).value();
    EXPECT_EQ(told, 9'000U);
    ASSERT_EQ(a.files.size(), b.files.size());
    EXPECT_EQ(a.bytes, b.bytes);
    EXPECT_EQ(b.files[0].path.extension(), ".gz");
    EXPECT_LT(std::filesystem::file_size(packed.path / b.files[0].path), a.files[0].bytes / 3);
}

TEST(EstateFiles, WhatCannotBeMadeIsRefused) {
    const Folder folder("refused");
    const auto code = [&](const EstateOptions& options) {
        const auto result = generate_estate(options);
        return result.ok() ? std::string("made") : result.error().code;
    };
    EXPECT_EQ(code(options_for(folder, 100)), "demo.too_few_rows");
    EXPECT_EQ(code(options_for(folder, 20'000, 0)), "demo.bad_options");
    EXPECT_EQ(code(options_for(folder, 20'000, 61)), "demo.bad_options");
    EstateOptions options = options_for(folder, 20'000);
    options.single_file = true;
    EXPECT_EQ(code(options), "demo.bad_options");
    options = options_for(folder, 20'000);
    options.last_month_start += std::chrono::days(3);
    EXPECT_EQ(code(options), "demo.bad_options");
    EXPECT_EQ(code(options_for(folder, 9'000)), "made");
    EXPECT_EQ(code(options_for(folder, 9'000)), "demo.folder_not_empty");
}

TEST_F(Estate, ColumnsAreOfFocus14AndHoldAllMandatoryOnes) {
    std::set<std::string> header;
    for (std::size_t i = 0; i < kColumnNames.size(); ++i) {
        const focus::Column* column = focus::find_column(focus::Dataset::kCostAndUsage, kColumnNames[i]);
        ASSERT_NE(column, nullptr) << kColumnNames[i];
        EXPECT_FALSE(column->removed_in.has_value()) << column->name;
        EXPECT_TRUE(i == 0 || kColumnNames[i - 1] < kColumnNames[i]) << column->name;
        header.insert(column->name);
    }
    EXPECT_EQ(header.size(), 44U);
    for (const focus::Column& column : focus::columns(focus::Dataset::kCostAndUsage)) {
        if (column.level == focus::Level::kMandatory && !column.removed_in) {
            EXPECT_TRUE(header.contains(column.name)) << column.name;
        }
    }
    for (const WrittenFile& file : shared_->summary.files) {
        const std::string text = file_text(shared_->folder.path / file.path);
        const std::vector<std::string> names = naive_csv(text.substr(0, text.find('\n') + 1)).front();
        EXPECT_TRUE(std::equal(names.begin(), names.end(), kColumnNames.begin(), kColumnNames.end())) << file.path;
    }
}

TEST_F(Estate, CellsHaveTheirColumnsTypeAndValues) {
    const std::regex instant(R"(\d{4}-\d{2}-\d{2}T\d{2}:00:00Z)");
    const std::regex decimal(R"(-?\d+(\.\d+)?)");
    for (const auto name : kColumnNames) {
        const focus::Column& column = *focus::find_column(focus::Dataset::kCostAndUsage, name);
        std::map<std::string, std::string> seen; // many rows, few distinct cells
        for (const Record& row : rows()) {
            seen.emplace(row.at(column.name), "");
        }
        for (const auto& [cell, unused] : seen) {
            if (cell.empty()) {
                EXPECT_TRUE(column.allows_nulls) << column.name;
            } else if (column.type == focus::ColumnType::kDecimal) {
                EXPECT_TRUE(std::regex_match(cell, decimal)) << column.name << " " << cell;
                const std::size_t point = cell.find('.');
                const std::size_t places = point == std::string::npos ? 0 : cell.size() - point - 1;
                EXPECT_LE(places, column.is_quantity ? 12U : 18U) << column.name << " " << cell;
                EXPECT_FALSE(column.format == focus::ValueFormat::kNonNegativeDecimal && cell[0] == '-') << cell;
            } else if (column.type == focus::ColumnType::kInstant) {
                EXPECT_TRUE(std::regex_match(cell, instant)) << column.name << " " << cell;
            } else if (column.type == focus::ColumnType::kJson) {
                EXPECT_TRUE(Json::parse(cell).is_object()) << cell;
            } else if (column.format == focus::ValueFormat::kAllowedValues) {
                EXPECT_EQ(focus::match_value(column, cell).kind, focus::ValueMatch::Kind::kAllowed)
                    << column.name << " " << cell;
            }
        }
    }
}

TEST_F(Estate, CostsArePriceTimesQuantity) {
    const Big one = boost::multiprecision::pow(Big(10), 18);
    for (const Record& row : rows()) {
        for (const std::string kind : {"List", "Contracted"}) {
            if (null(row, kind + "UnitPrice")) {
                EXPECT_TRUE(is(row, "ChargeCategory", "Tax") || is(row, kind + "Cost", row.at("BilledCost")))
                    << show(row);
                continue;
            }
            const Big product = number(row, kind + "UnitPrice") * number(row, "PricingQuantity");
            ASSERT_EQ(product, number(row, kind + "Cost") * one) << show(row);
        }
    }
}

TEST_F(Estate, CoveredAndCoveringChargesKeepTheirCosts) {
    for (const Record& row : rows()) {
        const bool covered = !null(row, "CommitmentDiscountStatus");
        const bool covering = !null(row, "CommitmentDiscountId") && is(row, "ChargeCategory", "Purchase");
        if (covered) {
            EXPECT_EQ(number(row, "BilledCost"), 0) << show(row);
            EXPECT_GT(number(row, "EffectiveCost"), 0) << show(row);
        } else if (covering) {
            EXPECT_EQ(number(row, "EffectiveCost"), 0) << show(row);
            EXPECT_GT(number(row, "BilledCost"), 0) << show(row);
        } else {
            EXPECT_EQ(number(row, "EffectiveCost"), number(row, "BilledCost")) << show(row);
        }
        EXPECT_EQ(is(row, "PricingCategory", "Committed"), covered) << show(row);
        if (is(row, "CommitmentDiscountStatus", "Unused")) {
            EXPECT_TRUE(is(row, "ChargeCategory", "Usage") && null(row, "ConsumedQuantity")) << show(row);
            EXPECT_EQ(row.at("ResourceId"), row.at("CommitmentDiscountId"));
            EXPECT_EQ(number(row, "ListCost"), 0);
        }
        if (covering) {
            EXPECT_EQ(row.at("ResourceId"), row.at("CommitmentDiscountId"));
        }
    }
}

TEST_F(Estate, NullsStandTogether) {
    for (const Record& row : rows()) {
        const bool usage = is(row, "ChargeCategory", "Usage");
        const bool purchase = is(row, "ChargeCategory", "Purchase");
        const bool correction = is(row, "ChargeClass", "Correction");
        for (const char* column : {"ListUnitPrice", "ContractedUnitPrice", "PricingQuantity", "PricingUnit",
                                   "PricingCategory", "ConsumedQuantity", "CommitmentDiscountQuantity"}) {
            EXPECT_TRUE(!null(row, "SkuPriceId") || null(row, column)) << column << " " << show(row);
        }
        for (const char* column :
             {"SkuId", "SkuPriceId", "ListUnitPrice", "ContractedUnitPrice", "PricingQuantity", "PricingCategory"}) {
            EXPECT_TRUE(!is(row, "ChargeCategory", "Tax") || null(row, column)) << column << " " << show(row);
            EXPECT_TRUE(!(usage || purchase) || correction || !null(row, column)) << column << " " << show(row);
        }
        const bool consumes = usage && !is(row, "CommitmentDiscountStatus", "Unused");
        EXPECT_TRUE(correction || null(row, "ConsumedQuantity") != consumes) << show(row);
        for (const std::string kind : {"Consumed", "Pricing", "CommitmentDiscount"}) {
            EXPECT_EQ(null(row, kind + "Quantity"), null(row, kind + "Unit")) << kind << " " << show(row);
        }
        const bool discount = !null(row, "CommitmentDiscountId");
        EXPECT_EQ(discount, !null(row, "CommitmentDiscountCategory"));
        EXPECT_EQ(discount, !null(row, "CommitmentDiscountType"));
        EXPECT_EQ(discount && usage, !null(row, "CommitmentDiscountStatus"));
        EXPECT_EQ(null(row, "SubAccountId"), null(row, "SubAccountName"));
        EXPECT_FALSE(purchase && is(row, "ChargeFrequency", "Usage-Based"));
    }
}

TEST_F(Estate, NamesHaveOneParent) {
    std::map<std::string, std::set<std::string>> category_of_service;
    std::map<std::string, std::set<std::string>> sku_of_price;
    std::map<std::string, std::set<std::string>> prices_of_price;
    std::map<std::string, std::set<std::string>> unit_of_commitment;
    std::map<std::string, std::set<std::string>> name_of_account;
    for (const Record& row : rows()) {
        const std::string service = row.at("ServiceProviderName") + "/" + row.at("ServiceName");
        category_of_service[service].insert(row.at("ServiceCategory"));
        sku_of_price[row.at("SkuPriceId")].insert(row.at("SkuId"));
        prices_of_price[row.at("SkuPriceId")].insert(row.at("ListUnitPrice") + " " + row.at("ContractedUnitPrice"));
        unit_of_commitment[row.at("CommitmentDiscountId")].insert(row.at("CommitmentDiscountUnit"));
        name_of_account[row.at("SubAccountId")].insert(row.at("SubAccountName"));
        EXPECT_EQ(focus::parent_category(row.at("ServiceSubcategory")), row.at("ServiceCategory")) << show(row);
    }
    for (const auto* parents :
         {&category_of_service, &sku_of_price, &prices_of_price, &unit_of_commitment, &name_of_account}) {
        for (const auto& [child, found] : *parents) {
            EXPECT_EQ(found.size(), 1U) << child;
        }
    }
    name_of_account.erase("");
    EXPECT_GE(name_of_account.size(), 40U);
    EXPECT_LE(name_of_account.size(), 60U);
    EXPECT_EQ(name_of_account.size(), truth()["sub_accounts"]);
}

TEST_F(Estate, PeriodsAreHalfOpenAndInTheirMonth) {
    std::set<std::string> invoices;
    for (const Record& row : rows()) {
        const std::string& start = row.at("ChargePeriodStart");
        const std::string& end = row.at("ChargePeriodEnd");
        EXPECT_LT(start, end) << show(row);
        EXPECT_EQ(row.at("BillingPeriodStart").substr(7), "-01T00:00:00Z");
        if (is(row, "ChargeClass", "Correction")) {
            EXPECT_LE(end, row.at("BillingPeriodStart")) << show(row);
            EXPECT_LT(number(row, "BilledCost"), 0);
        } else {
            EXPECT_LE(row.at("BillingPeriodStart"), start) << show(row);
            EXPECT_LT(start, row.at("BillingPeriodEnd")) << show(row);
        }
        invoices.insert(row.at("InvoiceId") + row.at("BillingAccountId") + row.at("BillingPeriodStart"));
    }
    EXPECT_EQ(invoices.size(), 6U * 13U);
}

TEST_F(Estate, CommitmentsCostWhatWasPaidForThem) {
    struct Sum {
        Big billed, effective, bought, used, unused;
        std::string unit;
    };
    std::map<std::string, Sum> sums; // by commitment and charge period of its purchase
    for (const Record& row : rows()) {
        if (null(row, "CommitmentDiscountId")) {
            continue;
        }
        const bool year = is(row, "CommitmentDiscountType", "Reserved Instance");
        Sum& sum = sums[row.at("CommitmentDiscountId") + (year ? "" : row.at("ChargePeriodStart").substr(0, 7))];
        sum.billed += number(row, "BilledCost");
        sum.effective += number(row, "EffectiveCost");
        const Big quantity = number(row, "CommitmentDiscountQuantity");
        (is(row, "ChargeCategory", "Purchase")         ? sum.bought
         : is(row, "CommitmentDiscountStatus", "Used") ? sum.used
                                                       : sum.unused) += quantity;
    }
    EXPECT_EQ(sums.size(), 1U + 13U + 13U);
    for (const auto& [key, sum] : sums) {
        EXPECT_EQ(sum.billed, sum.effective) << key;
        EXPECT_GT(sum.billed, 0) << key;
        EXPECT_EQ(sum.bought, sum.used + sum.unused) << key;
        EXPECT_GT(sum.unused, 0) << key;
    }
    ASSERT_EQ(truth()["commitments"].size(), 3U);
    for (const Json& commitment : truth()["commitments"]) {
        Big purchased = 0;
        for (const Json& one : commitment["periods"]) {
            EXPECT_TRUE(one["complete"]);
            purchased += naive_decimal(one["purchased"]);
            EXPECT_EQ(naive_decimal(one["purchased"]), naive_decimal(one["used"]) + naive_decimal(one["unused"]));
        }
        EXPECT_EQ(purchased, naive_decimal(commitment["purchased"]));
    }
}

/// Rows and sums of the four costs.
struct Sums {
    std::uint64_t rows = 0;
    std::array<Big, 4> costs;
    void add(const Record& row) {
        ++rows;
        for (std::size_t i = 0; i < kCosts.size(); ++i) {
            costs[i] += number(row, kCosts[i]);
        }
    }
};

void expect_same(const Sums& sums, const Json& entry) {
    EXPECT_EQ(sums.rows, entry["rows"]) << entry;
    for (std::size_t i = 0; i < kCosts.size(); ++i) {
        EXPECT_EQ(sums.costs[i], naive_decimal(entry[kCosts[i]])) << kCosts[i] << entry;
    }
}

std::string team_of(const Record& row) {
    return null(row, "Tags") ? "" : Json::parse(row.at("Tags")).value("team", "");
}

TEST_F(Estate, TheTruthIsWhatTheBillsAddUpTo) {
    const std::map<std::string, std::function<std::string(const Record&)>> dimensions = {
        {"totals", [](const Record&) { return std::string(); }},
        {"by_provider", [](const Record& row) { return row.at("ServiceProviderName"); }},
        {"by_service_category", [](const Record& row) { return row.at("ServiceCategory"); }},
        {"by_sub_account", [](const Record& row) { return row.at("SubAccountId"); }},
        {"by_month", [](const Record& row) { return row.at("ChargePeriodStart").substr(0, 7); }},
        {"by_team", team_of},
        {"by_charge_category", [](const Record& row) { return row.at("ChargeCategory"); }},
    };
    for (const auto& [list, value_of] : dimensions) {
        std::map<std::pair<std::string, std::string>, Sums> sums;
        for (const Record& row : rows()) {
            sums[{row.at("BillingCurrency"), value_of(row)}].add(row);
        }
        EXPECT_EQ(truth()[list].size(), sums.size()) << list;
        for (const Json& entry : truth()[list]) {
            const bool has_value = entry.contains("value") && !entry["value"].is_null();
            const auto found = sums.find({entry["currency"], has_value ? entry["value"].get<std::string>() : ""});
            ASSERT_NE(found, sums.end()) << list << entry;
            expect_same(found->second, entry);
        }
    }
    EXPECT_EQ(truth()["rows"], rows().size());
    EXPECT_EQ(rows().size(), 30'000U);
}

TEST_F(Estate, TheRestatedMonthDiffersAsItSays) {
    const Json& restated = truth()["restated"];
    Sums current;
    Sums first;
    for (const Record& row : rows()) {
        if (is(row, "BillingAccountId", restated["billing_account_id"]) &&
            row.at("BillingPeriodStart").substr(0, 7) == restated["month"]) {
            current.add(row);
        }
    }
    for (const Record& row : shared_->first_rows) {
        EXPECT_TRUE(is(row, "BillingAccountId", restated["billing_account_id"]));
        first.add(row);
    }
    expect_same(current, restated["current"]);
    expect_same(first, restated["first"]);
    EXPECT_NE(first.costs[0], current.costs[0]);
    // Small enough for the second delivery to pass without a question.
    EXPECT_LT(first.costs[0] - current.costs[0], current.costs[0] / 100);
    for (std::size_t i = 0; i < kCosts.size(); ++i) {
        EXPECT_EQ(current.costs[i] - first.costs[i], naive_decimal(restated["difference"][kCosts[i]]));
    }
}

TEST_F(Estate, ThreeAnomaliesStandOutOfTheirDays) {
    ASSERT_EQ(truth()["anomalies"].size(), 3U);
    for (const Json& anomaly : truth()["anomalies"]) {
        std::map<std::string, Big> by_day;
        for (const Record& row : rows()) {
            if (is(row, "SubAccountId", anomaly["sub_account_id"]) && is(row, "SkuId", anomaly["sku"]) &&
                null(row, "ChargeClass")) {
                by_day[row.at("ChargePeriodStart").substr(0, 10)] += number(row, "EffectiveCost");
            }
        }
        EXPECT_GT(by_day.size(), 390U);
        Big in = 0;
        Big largest_outside = 0;
        Big smallest_inside = -1;
        for (const auto& [day, cost] : by_day) {
            if (anomaly["start"] <= day && day < anomaly["end"]) {
                in += cost;
                smallest_inside = smallest_inside < 0 || cost < smallest_inside ? cost : smallest_inside;
            } else {
                largest_outside = std::max(largest_outside, cost);
            }
        }
        EXPECT_EQ(in, naive_decimal(anomaly["cost"])) << anomaly;
        EXPECT_GT(in, naive_decimal(anomaly["expected_cost"]) * 8) << anomaly;
        EXPECT_GT(smallest_inside, largest_outside * 4) << anomaly;
    }
}

TEST_F(Estate, TheCompanyIsAsDescribed) {
    std::set<std::string> providers, currencies, categories, classes, teams, envs, meters, statuses;
    std::uint64_t untagged = 0;
    std::map<std::string, Big> shop; // cloud and month -> cost of the migrating application
    for (const Record& row : rows()) {
        providers.insert(row.at("ServiceProviderName"));
        currencies.insert(row.at("BillingCurrency"));
        categories.insert(row.at("ChargeCategory"));
        classes.insert(row.at("ChargeClass"));
        untagged += null(row, "Tags") ? 1U : 0U;
        teams.insert(team_of(row));
        envs.insert(null(row, "Tags") ? "" : Json::parse(row.at("Tags")).value("env", ""));
        if (is(row, "ConsumedUnit", "Tokens")) {
            meters.insert(row.at("SkuMeter"));
        }
        if (row.at("SubAccountName") == "web-shop-prod") {
            const std::string month = row.at("ChargePeriodStart").substr(0, 7);
            shop[row.at("ServiceProviderName") + month] += number(row, "EffectiveCost");
        }
    }
    EXPECT_EQ(providers,
              (std::set<std::string>{"AWS", "Microsoft", "Google Cloud", "Brightlog", "Tessera AI", "Halden IT"}));
    EXPECT_EQ(currencies, (std::set<std::string>{"EUR", "USD"}));
    EXPECT_EQ(categories, (std::set<std::string>{"Usage", "Purchase", "Tax", "Credit", "Adjustment"}));
    EXPECT_EQ(classes, (std::set<std::string>{"", "Correction"}));
    EXPECT_EQ(meters, (std::set<std::string>{"Input Tokens", "Cached Input Tokens", "Output Tokens"}));
    for (const char* team : {"storefront", "payments", "logistics", "data-platform", "machine-learning", "mobile",
                             "platform", "security", "paymnts", "Payments", ""}) {
        EXPECT_TRUE(teams.contains(team)) << team;
    }
    EXPECT_TRUE(envs.contains("prod") && envs.contains("production")) << "both spellings";
    EXPECT_GT(untagged, rows().size() / 50);
    EXPECT_LT(untagged, rows().size() / 3);
    // The migration: two months from one cloud to the other.
    const std::string before = truth()["first_month"];
    const std::string after = truth()["last_month"];
    EXPECT_TRUE(shop.contains("AWS" + before) && !shop.contains("AWS" + after));
    EXPECT_TRUE(!shop.contains("Google Cloud" + before) && shop.contains("Google Cloud" + after));
}

} // namespace
} // namespace florin::demo
