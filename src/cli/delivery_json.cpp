#include "cli/delivery_json.hpp"

#include "money/money.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <map>

namespace florin::cli {
namespace {

bool has(const std::vector<lake::PartReference>& selected, const lake::PartReference& reference) {
    return std::ranges::find(selected, reference) != selected.end();
}

} // namespace

Counting what_counts(std::span<const lake::Delivery> deliveries, std::span<const std::string> precedence) {
    return {lake::select_current(deliveries, std::nullopt, precedence),
            lake::select_datasets(deliveries, std::nullopt)};
}

std::string delivery_state(const lake::Delivery& delivery, std::size_t index, const Counting& current) {
    if (delivery.pruned_at.has_value()) {
        return "pruned";
    }
    if (delivery.withdrawn_at.has_value()) {
        return "withdrawn";
    }
    const bool of_dataset = !delivery.datasets.empty();
    const auto counting = static_cast<std::size_t>(
        std::ranges::count(of_dataset ? current.datasets : current.parts, index, &lake::PartReference::delivery));
    const auto pending = static_cast<std::size_t>(
        std::ranges::count_if(delivery.parts, [](const lake::Part& part) { return part.pending(); }));
    if (pending > 0) {
        return pending == delivery.parts.size() ? "pending" : "partly pending";
    }
    if (counting == (of_dataset ? delivery.datasets.size() : delivery.parts.size())) {
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

nlohmann::json delivery_json(const lake::Delivery& delivery, std::size_t index, const Counting& current) {
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
                         {"current", has(current.parts, {index, p})},
                         {"sums", sums_json(part.sums)}});
    }
    nlohmann::json datasets = nlohmann::json::array();
    for (std::size_t p = 0; p < delivery.datasets.size(); ++p) {
        const lake::DatasetPart& part = delivery.datasets[p];
        datasets.push_back({{"dataset", part.dataset},
                            {"scope", part.scope},
                            {"rows", part.rows},
                            {"current", has(current.datasets, {index, p})}});
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
            {"parts", parts},
            {"datasets", datasets}};
}

std::string json_text(const nlohmann::json& json) {
    return json.dump(2, ' ', false, nlohmann::json::error_handler_t::replace);
}

nlohmann::json deliveries_json(const std::vector<lake::Delivery>& all, const Counting& current) {
    nlohmann::json json = nlohmann::json::array();
    for (std::size_t d = 0; d < all.size(); ++d) {
        json.push_back(delivery_json(all[d], d, current));
    }
    return json;
}

} // namespace florin::cli
