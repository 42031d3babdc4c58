// The columns of AWS's reports under one set of names, those of Athena and CUR 2.0.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace florin::ingest::aws_cur {

/// `lineItem/UnblendedCost` -> `line_item_unblended_cost`, `savingsPlan/SavingsPlanARN` ->
/// `savings_plan_savings_plan_a_r_n`. Tags and cost categories keep what people called them:
/// `resourceTags/user:Team` -> `resource_tags/user:Team`, `costCategory/Unit` -> `cost_category/Unit`.
/// What is written so already stays as it is.
std::string staged_name(std::string_view column);

/// Staged names that the mapping reads, in the order of the alphabet.
std::span<const std::string_view> known_columns();

/// Of all columns that the mapping or the rows behind it read as numbers, beside the costs of the total.
std::span<const std::string_view> number_columns();

/// (name, staged column) of the columns that are kept as they are because FOCUS has no column for them.
std::vector<std::pair<std::string, std::string>> custom_columns(std::span<const std::string> staged);

/// `REPLACE (…)` behind a `*`: columns that mostly repeat another one are NULL where they do.
std::string without_repeats_sql(std::span<const std::string> staged);

/// (key, staged column) of tags, or of cost categories, that have columns of their own. The keys of
/// people's tags are without AWS's `user:`; those of AWS keep `aws:`.
std::vector<std::pair<std::string, std::string>> tag_columns(std::span<const std::string> staged);
std::vector<std::pair<std::string, std::string>> cost_category_columns(std::span<const std::string> staged);

} // namespace florin::ingest::aws_cur
