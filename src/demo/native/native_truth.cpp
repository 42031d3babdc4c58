#include "demo/native/native_truth.hpp"

#include <nlohmann/json.hpp>

namespace florin::demo {

namespace {

constexpr std::array<const char*, 7> kNativeListNames = {
    "by_billing_account", "by_billing_period", "by_sub_account", "by_service",
    "by_charge_category", "by_line_type",      "by_team"};

void add_to(NativeCost& sum, const NativeCost& cost) {
    sum.billed += cost.billed;
    sum.effective += cost.effective;
}

void write_cost(nlohmann::ordered_json& json, const NativeCost& cost) {
    json["BilledCost"] = to_decimal(cost.billed).to_string();
    json["EffectiveCost"] = to_decimal(cost.effective).to_string();
}

} // namespace

void NativeTruth::add(const NativeDimensions& dimensions, const NativeCost& cost) {
    add_to(totals_[dimensions.currency], cost);
    const std::array<const std::string*, kDimensionCount> values = {
        &dimensions.billing_account, &dimensions.billing_period, &dimensions.sub_account, &dimensions.service,
        &dimensions.charge_category, &dimensions.line_type,      &dimensions.team};
    for (std::size_t i = 0; i < values.size(); ++i) {
        add_to(by_dimension_[i][{dimensions.currency, *values[i]}], cost);
    }
}

void NativeTruth::write_to(nlohmann::ordered_json& json) const {
    json["totals"] = nlohmann::ordered_json::array();
    for (const auto& [currency, cost] : totals_) {
        nlohmann::ordered_json entry = {{"currency", currency}};
        write_cost(entry, cost);
        json["totals"].push_back(std::move(entry));
    }
    for (std::size_t i = 0; i < by_dimension_.size(); ++i) {
        nlohmann::ordered_json list = nlohmann::ordered_json::array();
        for (const auto& [key, cost] : by_dimension_[i]) {
            nlohmann::ordered_json entry = {{"currency", key.first}, {"value", nullptr}};
            if (!key.second.empty()) {
                entry["value"] = key.second;
            }
            write_cost(entry, cost);
            list.push_back(std::move(entry));
        }
        json[kNativeListNames[i]] = std::move(list);
    }
    json["commitments"] = nlohmann::ordered_json::array();
    for (const auto& [id, commitment] : commitments_) {
        json["commitments"].push_back({{"id", id},
                                       {"kind", commitment.kind},
                                       {"currency", commitment.currency},
                                       {"purchased", to_decimal(commitment.purchased).to_string()},
                                       {"used", to_decimal(commitment.used).to_string()},
                                       {"unused", to_decimal(commitment.unused).to_string()}});
    }
}

} // namespace florin::demo
