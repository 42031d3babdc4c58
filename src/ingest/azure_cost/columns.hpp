// Columns of Azure's cost details. Their names differ in case and a few in more than that between agreements
// and versions; here each has one name.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace florin::ingest::azure_cost {

/// Letters A to Z made small; of others nothing is changed.
std::string lower_case(std::string_view text);

/// `costInBillingCurrency`, `Cost` -> `CostInBillingCurrency`. Of others the first letter is made a capital.
std::string canonical_name(std::string_view column);

/// Canonical names of the columns that the mapping reads.
std::span<const std::string_view> known_columns();

/// Of those the columns whose value is a FOCUS column's as it stands: they are not kept a second time.
bool is_carried_over(std::string_view canonical);

} // namespace florin::ingest::azure_cost
