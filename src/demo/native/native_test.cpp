// The files of Azure, Google Cloud and Oracle Cloud are read by a plain reader, and what they add up to by
// the provider's own columns is held against the truth, which comes from the generator's model.
#include "demo/native/native_reader_test.hpp"

#include <array>
#include <set>
#include <tuple>

namespace florin::demo {
namespace {

void check_azure(const Generated& azure, std::uint64_t rows, bool customer) {
    const auto key = [&](const char* enterprise, const char* agreement) {
        return std::string(customer ? agreement : enterprise);
    };
    const std::string cost = key("CostInBillingCurrency", "costInBillingCurrency");
    const std::string type = key("ChargeType", "chargeType");
    const std::string model = key("PricingModel", "pricingModel");
    std::array<Big, 2> totals;
    std::array<std::uint64_t, 2> counts{};
    std::map<std::string, CommitmentSums> commitments;
    for (std::size_t view = 0; view < 2; ++view) {
        const base::Path path = azure.folder / azure.summary.files[view].path;
        const Json manifest = Json::parse(file_text(path.parent_path() / "manifest.json"));
        EXPECT_EQ(manifest["exportConfig"]["type"], view == 0 ? "ActualCost" : "AmortizedCost");
        each_record(path, [&](Record& row) {
            const Big amount = big(row.at(cost));
            const bool committed = row.at(model) == "Reservation" || row.at(model) == "SavingsPlan";
            totals[view] += amount;
            ++counts[view];
            CommitmentSums& sums = committed ? commitments[row.at("benefitId")] : commitments[""];
            if (!committed) {
                return;
            }
            if (row.at(type) == "Purchase" || row.at(type) == "Refund") {
                EXPECT_EQ(view, 0U);
                sums.purchased += amount;
            } else if (row.at(type) == "Usage") {
                EXPECT_TRUE(view == 1 || amount == 0);
                sums.used += amount;
            } else {
                EXPECT_EQ(view, 1U);
                EXPECT_TRUE(row.at(type) == "UnusedReservation" || row.at(type) == "UnusedSavingsPlan");
                sums.unused += amount;
            }
        });
        EXPECT_EQ(manifest["dataRowCount"], counts[view]);
    }
    EXPECT_EQ(counts[0], rows);
    EXPECT_EQ(counts[1], rows + 60 - 3);
    EXPECT_EQ(totals[0], azure.total("BilledCost"));
    EXPECT_EQ(totals[1], azure.total("EffectiveCost"));
    commitments.erase("");
    expect_commitments(azure, commitments);
}

TEST_F(Native, AzureEnterpriseFilesAddUpToTheirTruth) {
    const Generated azure = make(NativeFormat::kAzureEa, 3'000);
    check_azure(azure, 3'000, false);
    bool tagged = false;
    azure.each([&](Record& row) {
        EXPECT_EQ(row.size(), 55U);
        EXPECT_EQ(row["BillingPeriodEndDate"], "09/30/2024");
        tagged = tagged || row["Tags"].starts_with("\"application\":");
        EXPECT_FALSE(row["Tags"].starts_with("{"));
        if (row["ChargeType"] == "Usage") {
            EXPECT_EQ(product(big(row["Quantity"]), big(row["EffectivePrice"])), big(row["CostInBillingCurrency"]));
        }
    });
    EXPECT_TRUE(tagged);
}

TEST_F(Native, AzureCustomerFilesAddUpToTheirTruth) {
    const Generated azure = make(NativeFormat::kAzureMca, 3'000);
    check_azure(azure, 3'000, true);
    EXPECT_EQ(azure.truth["totals"][0]["currency"], "EUR");
    azure.each([&](Record& row) {
        EXPECT_EQ(row.size(), 65U);
        EXPECT_EQ(product(big(row["costInPricingCurrency"]), big(row["exchangeRatePricingToBilling"])),
                  big(row["costInBillingCurrency"]));
        if (row["chargeType"] == "Usage") {
            EXPECT_EQ(product(big(row["quantity"]), big(row["effectivePrice"])), big(row["costInPricingCurrency"]));
        }
    });
}

/// Numbers of JSON as they were written.
class NumbersAsText : public nlohmann::json_sax<Json> {
public:
    Json result;
    bool null() override { return put(nullptr); }
    bool boolean(bool value) override { return put(value); }
    bool number_integer(std::int64_t value) override { return put(std::to_string(value)); }
    bool number_unsigned(std::uint64_t value) override { return put(std::to_string(value)); }
    bool number_float(Json::number_float_t /*value*/, const std::string& text) override { return put(text); }
    bool string(std::string& value) override { return put(value); }
    bool binary(Json::binary_t& /*value*/) override { return false; }
    bool start_object(std::size_t /*size*/) override { return open(Json::object()); }
    bool key(std::string& value) override {
        key_ = value;
        return true;
    }
    bool end_object() override { return close(); }
    bool start_array(std::size_t /*size*/) override { return open(Json::array()); }
    bool end_array() override { return close(); }
    bool parse_error(std::size_t /*at*/, const std::string& /*token*/,
                     const nlohmann::detail::exception& error) override {
        throw std::runtime_error(error.what());
    }

private:
    Json* place(Json value) {
        if (stack_.empty()) {
            result = std::move(value);
            return &result;
        }
        if (stack_.back()->is_array()) {
            stack_.back()->push_back(std::move(value));
            return &stack_.back()->back();
        }
        return &((*stack_.back())[key_] = std::move(value));
    }
    bool put(Json value) {
        place(std::move(value));
        return true;
    }
    bool open(Json value) {
        stack_.push_back(place(std::move(value)));
        return true;
    }
    bool close() {
        stack_.pop_back();
        return true;
    }
    std::vector<Json*> stack_;
    std::string key_;
};

void each_line(const Generated& gcp, const std::function<void(const Json&, const base::Path&)>& visit) {
    for (const NativeFile& file : gcp.summary.files) {
        std::ifstream in(gcp.folder / file.path);
        std::string line;
        while (std::getline(in, line)) {
            NumbersAsText sax;
            Json::sax_parse(line, &sax);
            visit(sax.result, file.path);
        }
    }
}

/// What the three models of commitments come to, from fees and credits alone.
struct GcpSums {
    Big net = 0;
    std::map<std::string, Big> by_month;
    std::map<std::string, CommitmentSums> commitments;      ///< by instance id
    std::map<std::string, std::string> fee_of;              ///< account and kind of what is covered: instance id
    std::map<std::string, Big> unit_price;                  ///< of the fee, by the same
    std::vector<std::tuple<std::string, Big, Big>> covered; ///< kind, credit, on-demand price
    std::uint64_t rows = 0;

    static std::string kind(const Json& row, const std::string& text) {
        const std::string what =
            text.find("Ram") != std::string::npos || text.find("RAM") != std::string::npos ? "ram" : "";
        return row["billing_account_id"].get<std::string>() + what;
    }

    void add(const Json& row) {
        ++rows;
        Big value = big(row["cost"]);
        const std::string sku = row["sku"]["description"];
        if (row.contains("subscription")) {
            const std::string id = row["subscription"]["instance_id"];
            fee_of[kind(row, sku)] = id;
            unit_price[kind(row, sku)] = big(row["price"]["effective_price"]);
            commitments[id].purchased += value;
            commitments[id].unused += value;
        }
        if (row.contains("consumption_model") && row["consumption_model"]["description"] != "Default") {
            covered.emplace_back(kind(row, ""), -value, kOne);
        }
        for (const Json& credit : row["credits"]) {
            const Big amount = big(credit["amount"]);
            EXPECT_LE(amount, 0);
            value += amount;
            if (credit["type"] == "COMMITTED_USAGE_DISCOUNT") {
                covered.emplace_back(kind(row, credit["id"]), amount, big(row["price"]["effective_price"]));
            } else if (credit["type"] == "COMMITTED_USAGE_DISCOUNT_DOLLAR_BASE") {
                covered.emplace_back(kind(row, ""), amount, kOne);
            }
        }
        net += value;
        by_month[row["invoice"]["month"]] += value;
    }

    /// Covered quantity x the fee's unit price; what is left of the fee is unused.
    void settle() {
        for (const auto& [kind, credit, price] : covered) {
            const Big quantity = -credit * kOne / price;
            EXPECT_EQ(product(quantity, price), -credit);
            const Big used = product(quantity, unit_price.at(kind));
            commitments[fee_of.at(kind)].used += used;
            commitments[fee_of.at(kind)].unused -= used;
        }
    }
};

TEST_F(Native, GoogleExportAddsUpToItsTruth) {
    for (const std::uint64_t rows : {std::uint64_t{2'000}, std::uint64_t{100'000}}) { // by the day, by the hour
        const Generated gcp = make(NativeFormat::kGcp, rows);
        GcpSums sums;
        std::map<std::string, std::string> export_times;
        each_line(gcp, [&](const Json& row, const base::Path& path) {
            sums.add(row);
            std::string& time = export_times[path.string()];
            EXPECT_TRUE(time.empty() || time == row["export_time"]);
            time = row["export_time"];
            EXPECT_LT(row["usage_start_time"].get<std::string>(), time);
        });
        sums.settle();
        EXPECT_EQ(sums.rows, rows);
        EXPECT_EQ(sums.net, gcp.total("BilledCost"));
        EXPECT_EQ(gcp.total("BilledCost"), gcp.total("EffectiveCost")); // all commitments are paid monthly
        for (const Json& month : gcp.truth["by_billing_period"]) {
            std::string text = month["value"];
            std::erase(text, '-');
            EXPECT_EQ(sums.by_month[text], big(month["BilledCost"])) << text;
        }
        EXPECT_EQ(sums.by_month.size(), 2U);
        expect_commitments(gcp, sums.commitments);
    }
}

TEST_F(Native, GoogleMonthIsInPacificTime) {
    // Hours of March and of November 2024 in Los Angeles, whose clocks change on the 10th and on the 3rd.
    const std::array<std::array<std::string, 3>, 2> months = {
        std::array<std::string, 3>{"2024-03-01", "2024-03-01 08:00:00 UTC", "2024-04-01 07:00:00 UTC"},
        std::array<std::string, 3>{"2024-11-01", "2024-11-01 07:00:00 UTC", "2024-12-01 08:00:00 UTC"}};
    for (const auto& [month, first, end] : months) {
        const Generated gcp = make(NativeFormat::kGcp, 2'000, month);
        std::string least = "9";
        std::string most;
        each_line(gcp, [&](const Json& row, const base::Path&) {
            if (row["sku"]["description"].get<std::string>().starts_with("Commitment")) {
                least = std::min(least, row["usage_start_time"].get<std::string>());
                most = std::max(most, row["usage_end_time"].get<std::string>());
            }
        });
        EXPECT_EQ(least, first);
        EXPECT_EQ(most, end);
    }
}

TEST_F(Native, OracleReportsAddUpToTheirTruth) {
    const Generated oci = make(NativeFormat::kOci, 5'000);
    Big sum = 0;
    std::set<std::string> references;
    std::vector<std::string> corrected;
    std::uint64_t overages = 0;
    oci.each([&](Record& row) {
        sum += big(row["cost/myCost"]);
        EXPECT_EQ(product(big(row["usage/billedQuantity"]), big(row["cost/unitPrice"])), big(row["cost/myCost"]));
        EXPECT_TRUE(references.insert(row["lineItem/referenceNo"]).second);
        EXPECT_FALSE(row["lineItem/backreferenceNo"].empty());
        if (row["lineItem/isCorrection"] == "true") {
            corrected.push_back(row["lineItem/backreferenceNo"]);
            EXPECT_LT(big(row["cost/myCost"]), 0);
        }
        if (row["cost/overageFlag"] == "true") {
            ++overages;
            EXPECT_EQ(row["cost/myCostOverage"], row["cost/myCost"]);
        }
    });
    EXPECT_EQ(sum, oci.total("BilledCost"));
    EXPECT_EQ(sum, oci.total("EffectiveCost"));
    EXPECT_EQ(references.size(), 5'000U);
    EXPECT_EQ(corrected.size(), 10U);
    EXPECT_GT(overages, 0U);
    for (const std::string& reference : corrected) {
        EXPECT_EQ(references.count(reference), 1U);
    }
    EXPECT_EQ(oci.summary.files.size(), 30U * 4 + 1);
}

TEST_F(Native, TheSameSeedGivesTheSameBytes) {
    for (const NativeFormat format : native_formats()) {
        const Generated one = make(format, 2'500);
        const Generated two = make(format, 2'500);
        const Generated other = make(format, 2'500, "2024-09-01", 8);
        ASSERT_EQ(one.summary.files.size(), two.summary.files.size());
        for (std::size_t i = 0; i < one.summary.files.size(); ++i) {
            EXPECT_EQ(one.summary.files[i].path, two.summary.files[i].path);
            EXPECT_EQ(file_text(one.folder / one.summary.files[i].path),
                      file_text(two.folder / two.summary.files[i].path));
        }
        EXPECT_EQ(file_text(one.folder / "truth.json"), file_text(two.folder / "truth.json"));
        EXPECT_NE(one.truth["totals"], other.truth["totals"]);
    }
}

TEST_F(Native, TruthAgreesWithItselfInEveryDimension) {
    for (const NativeFormat format : native_formats()) {
        const Generated one = make(format, 2'500);
        Big committed = 0;
        for (const auto& [key, list] : one.truth.items()) {
            if (!key.starts_with("by_")) {
                continue;
            }
            for (const char* column : {"BilledCost", "EffectiveCost"}) {
                Big sum = 0;
                for (const Json& entry : list) {
                    sum += big(entry[column]);
                }
                EXPECT_EQ(sum, one.total(column)) << name(format) << ' ' << key;
            }
        }
        for (const Json& entry : one.truth["commitments"]) {
            committed += big(entry["used"]) + big(entry["unused"]) - big(entry["purchased"]);
        }
        EXPECT_EQ(one.total("EffectiveCost") - one.total("BilledCost"), committed) << name(format);
    }
}

TEST_F(Native, RefusesWhatItCannotWrite) {
    NativeOptions options;
    options.month_start = first_of("2024-09-01");
    options.folder = new_folder();
    EXPECT_EQ(generate_native(options).error().code, "demo.bad_options");
    for (const NativeFormat format : native_formats()) {
        options.formats = {format};
        options.folder = new_folder();
        options.rows = 10;
        const auto few = generate_native(options);
        ASSERT_FALSE(few.ok());
        EXPECT_EQ(few.error().code, "demo.too_few_rows");
        // The least that the message names can be written, one less cannot.
        const std::string& text = few.error().message;
        const std::size_t at = text.find("at least ") + 9;
        const std::uint64_t least = std::stoull(text.substr(at));
        options.rows = least - 1;
        EXPECT_FALSE(generate_native(options).ok());
        options.rows = least;
        const auto enough = generate_native(options);
        ASSERT_TRUE(enough.ok()) << enough.error().message;
        EXPECT_EQ(enough->files.empty(), false);
        EXPECT_EQ(generate_native(options).error().code, "demo.folder_not_empty");
        std::filesystem::remove_all(options.folder);
    }
    options.month_start = first_of("2024-09-02");
    options.folder = new_folder();
    EXPECT_EQ(generate_native(options).error().code, "demo.bad_options");
}

} // namespace
} // namespace florin::demo
