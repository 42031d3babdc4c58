#include "cli/delivery_json.hpp"

#include "money/money.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <map>

namespace florin::cli {

std::string delivery_state(const lake::Delivery& delivery, std::size_t index,
                           std::span<const lake::PartReference> current) {
    if (delivery.pruned_at.has_value()) {
        return "pruned";
    }
    if (delivery.withdrawn_at.has_value()) {
        return "withdrawn";
    }
    const auto counting = static_cast<std::size_t>(std::ranges::count(current, index, &lake::PartReference::delivery));
    const auto pending = static_cast<std::size_t>(
        std::ranges::count_if(delivery.parts, [](const lake::Part& part) { return part.pending(); }));
    if (pending > 0) {
        return pending == delivery.parts.size() ? "pending" : "partly pending";
    }
    if (counting == delivery.parts.size()) {
        return "current";
    }
    return counting > 0 ? "partly current" : "superseded";
}

std::string minute_text(period::Instant instant) {
    std::string text = period::to_string(instant).substr(0, 16);
    text[10] = ' ';
    return text;
}

std::string amount_text(money::Decimal amount, const std::string& currency) {
    return money::display_amount(amount, money::minor_units_of(currency));
}

std::string cost_text(const lake::CostSums& sums, std::size_t cost, const std::string& currency) {
    return sums.has(cost) ? amount_text(sums.costs[cost], currency) : "–";
}

nlohmann::json sums_json(const std::map<std::string, lake::CostSums>& sums) {
    nlohmann::json json = nlohmann::json::object();
    for (const auto& [currency, of] : sums) {
        json[currency] = {{"rows", of.rows}};
        for (std::size_t i = 0; i < lake::kCosts.size(); ++i) {
            json[currency][std::string(lake::kCosts[i])] =
                of.has(i) ? nlohmann::json(of.costs[i].to_string()) : nlohmann::json();
        }
    }
    return json;
}

std::string billed_text(const lake::Delivery& delivery) {
    std::map<std::string, money::DecimalSum> sums;
    for (const lake::Part& part : delivery.parts) {
        for (const auto& [currency, costs] : part.sums) {
            sums[currency].add(costs.costs[0]);
        }
    }
    std::string text;
    for (const auto& [code, sum] : sums) {
        const auto total = sum.total();
        const auto currency = money::Currency::parse(code);
        text += (text.empty() ? "" : ", ") +
                (total.ok() && currency.ok() ? money::Money(*total, *currency).to_display() : code);
    }
    return text;
}

nlohmann::json delivery_json(const lake::Delivery& delivery, std::size_t index,
                             std::span<const lake::PartReference> current) {
    nlohmann::json parts = nlohmann::json::array();
    for (std::size_t p = 0; p < delivery.parts.size(); ++p) {
        const lake::Part& part = delivery.parts[p];
        parts.push_back({{"scope", part.scope},
                         {"role", part.role},
                         {"yields_to", part.yields_to},
                         {"billing_account_id", part.billing_account_id},
                         {"billing_period_start", period::to_string(part.billing_period_start)},
                         {"billing_period_end", period::to_string(part.billing_period_end)},
                         {"rows", part.rows},
                         {"tuples", part.tuple_rows},
                         {"cells", part.cell_rows},
                         {"stray", part.counts_as_stray()},
                         {"pending", part.pending()},
                         {"pending_reason", part.pending_reason},
                         {"current", std::ranges::find(current, lake::PartReference{index, p}) != current.end()},
                         {"sums", sums_json(part.sums)}});
    }
    nlohmann::json files = nlohmann::json::array();
    for (const lake::RawFile& file : delivery.raw_files) {
        files.push_back({{"name", file.name},
                         {"path", file.path},
                         {"kept", file.kept},
                         {"sha256", file.sha256},
                         {"bytes", file.bytes},
                         {"rows", file.rows}});
    }
    return {{"id", delivery.id.value()},
            {"identity", delivery.identity},
            {"state", delivery_state(delivery, index, current)},
            {"source", delivery.source},
            {"mode", lake::name(delivery.mode)},
            {"focus_version", delivery.focus_version},
            {"mapping_version", delivery.mapping_version},
            {"ordered_at", period::to_string(delivery.ordered_at)},
            {"received_at", period::to_string(delivery.received_at)},
            {"committed_at", period::to_string(delivery.committed_at)},
            {"withdrawn_reason", delivery.withdrawn_reason},
            {"complete", delivery.complete.has_value() ? nlohmann::json(*delivery.complete) : nlohmann::json()},
            {"rows", delivery.rows()},
            {"files", files},
            {"parts", parts}};
}

std::string json_text(const nlohmann::json& json) {
    return json.dump(2, ' ', false, nlohmann::json::error_handler_t::replace);
}

nlohmann::json deliveries_json(const std::vector<lake::Delivery>& all, std::span<const lake::PartReference> current) {
    nlohmann::json json = nlohmann::json::array();
    for (std::size_t d = 0; d < all.size(); ++d) {
        json.push_back(delivery_json(all[d], d, current));
    }
    return json;
}

} // namespace florin::cli
