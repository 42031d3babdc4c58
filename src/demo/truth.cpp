#include "demo/truth.hpp"

#include <nlohmann/json.hpp>

namespace florin::demo {

namespace {

constexpr std::array<const char*, 6> kListNames = {"by_provider", "by_service_category", "by_sub_account", "by_month",
                                                   "by_team",     "by_charge_category"};

std::optional<std::string> null_if_empty(const std::string& text) {
    return text.empty() ? std::nullopt : std::optional(text);
}

} // namespace

void CostSums::add(const CostSums& other) {
    rows += other.rows;
    billed += other.billed;
    effective += other.effective;
    list += other.list;
    contracted += other.contracted;
}

void CostSums::subtract(const CostSums& other) {
    rows -= other.rows;
    billed -= other.billed;
    effective -= other.effective;
    list -= other.list;
    contracted -= other.contracted;
}

CostSums sums_of(const Charge& charge) {
    return {1, charge.billed, charge.effective, charge.list, charge.contracted};
}

void Truth::add(const Dimensions& dimensions, const CostSums& sums) {
    totals_[dimensions.currency].add(sums);
    const std::array<std::optional<std::string>, 6> values = {
        dimensions.provider, dimensions.service_category, null_if_empty(dimensions.sub_account), dimensions.month,
        dimensions.team,     dimensions.charge_category};
    for (std::size_t i = 0; i < values.size(); ++i) {
        by_dimension_[i][{dimensions.currency, values[i]}].add(sums);
    }
}

void Truth::add(const Charge& charge) {
    Dimensions dimensions;
    dimensions.currency = charge.cells[Column::kBillingCurrency];
    dimensions.provider = charge.cells[Column::kServiceProviderName];
    dimensions.service_category = charge.cells[Column::kServiceCategory];
    dimensions.sub_account = charge.cells[Column::kSubAccountId];
    dimensions.month = charge.cells[Column::kChargePeriodStart].substr(0, 7);
    dimensions.team = charge.team;
    dimensions.charge_category = charge.cells[Column::kChargeCategory];
    add(dimensions, sums_of(charge));
}

void Truth::add(const Truth& other) {
    for (const auto& [currency, sums] : other.totals_) {
        totals_[currency].add(sums);
    }
    for (std::size_t i = 0; i < by_dimension_.size(); ++i) {
        for (const auto& [key, sums] : other.by_dimension_[i]) {
            by_dimension_[i][key].add(sums);
        }
    }
}

CostSums Truth::of_provider(const std::string& currency, const std::string& provider) const {
    const auto found = by_dimension_[0].find({currency, provider});
    return found == by_dimension_[0].end() ? CostSums{} : found->second;
}

void Truth::write_to(nlohmann::ordered_json& json) const {
    json["totals"] = nlohmann::ordered_json::array();
    for (const auto& [currency, sums] : totals_) {
        nlohmann::ordered_json entry = {{"currency", currency}};
        write_sums(entry, sums);
        json["totals"].push_back(std::move(entry));
    }
    for (std::size_t i = 0; i < by_dimension_.size(); ++i) {
        nlohmann::ordered_json list = nlohmann::ordered_json::array();
        for (const auto& [key, sums] : by_dimension_[i]) {
            nlohmann::ordered_json entry = {{"currency", key.first}, {"value", nullptr}};
            if (key.second) {
                entry["value"] = *key.second;
            }
            write_sums(entry, sums);
            list.push_back(std::move(entry));
        }
        json[kListNames[i]] = std::move(list);
    }
}

void write_sums(nlohmann::ordered_json& json, const CostSums& sums) {
    json["rows"] = sums.rows;
    json["BilledCost"] = to_decimal(sums.billed).to_string();
    json["EffectiveCost"] = to_decimal(sums.effective).to_string();
    json["ListCost"] = to_decimal(sums.list).to_string();
    json["ContractedCost"] = to_decimal(sums.contracted).to_string();
}

} // namespace florin::demo
