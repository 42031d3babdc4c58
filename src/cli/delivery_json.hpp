// Deliveries as people and programs read them.
#pragma once

#include "lake/delivery.hpp"
#include "money/decimal.hpp"

#include <nlohmann/json_fwd.hpp>

#include <map>
#include <span>
#include <string>
#include <vector>

namespace florin::cli {

/// What counts of all deliveries: their parts and, by its place among Delivery::datasets, what is of datasets.
struct Counting {
    std::vector<lake::PartReference> parts;
    std::vector<lake::PartReference> datasets;
};
Counting what_counts(std::span<const lake::Delivery> deliveries, std::span<const std::string> precedence);

/// `current`, `partly current`, `pending`, `partly pending`, `superseded`, `withdrawn` or `pruned`.
/// `index` is the delivery's place in the list that `current` refers to.
std::string delivery_state(const lake::Delivery& delivery, std::size_t index, const Counting& current);

/// `2026-11-24 12:00`, UTC.
std::string minute_text(period::Instant instant);

/// As people read it: `1,234.50`, and `1,235` where the currency has no minor units.
std::string amount_text(money::Decimal amount, const std::string& currency);
/// One of the four costs, `–` where no charge has it.
std::string cost_text(const lake::CostSums& sums, std::size_t cost, const std::string& currency);
/// Rows and the four costs by currency, exact; null where no charge has that cost.
nlohmann::json sums_json(const std::map<std::string, lake::CostSums>& sums);

/// The sums of billed cost, one a currency: `1,234.50 USD, 7.00 EUR`.
std::string billed_text(const lake::Delivery& delivery);

nlohmann::json delivery_json(const lake::Delivery& delivery, std::size_t index, const Counting& current);
nlohmann::json deliveries_json(const std::vector<lake::Delivery>& all, const Counting& current);

/// Indented JSON; bytes that are no UTF-8 (a file's name can be anything) become U+FFFD.
std::string json_text(const nlohmann::json& json);

} // namespace florin::cli
