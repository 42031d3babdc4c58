#include "ingest/aws_cur/columns.hpp"

#include "ingest/source.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace florin::ingest::aws_cur {
namespace {

constexpr std::string_view kTags = "resource_tags/";
constexpr std::string_view kCostCategories = "cost_category/";
/// Athena's names of the same; what people called them is no longer to be seen there.
constexpr std::string_view kAthenaTags = "resource_tags_";
constexpr std::string_view kAthenaCostCategories = "cost_category_";

/// Read by mapping.sql.
constexpr auto kKnown = std::to_array<std::string_view>({
    "bill_bill_type",
    "bill_billing_entity",
    "bill_billing_period_end_date",
    "bill_billing_period_start_date",
    "bill_invoice_id",
    "bill_invoicing_entity",
    "bill_payer_account_id",
    "bill_payer_account_name",
    "cost_category",
    "line_item_availability_zone",
    "line_item_currency_code",
    "line_item_legal_entity",
    "line_item_line_item_description",
    "line_item_line_item_type",
    "line_item_net_unblended_cost",
    "line_item_net_unblended_rate",
    "line_item_normalized_usage_amount",
    "line_item_operation",
    "line_item_product_code",
    "line_item_resource_id",
    "line_item_unblended_cost",
    "line_item_unblended_rate",
    "line_item_usage_account_id",
    "line_item_usage_account_name",
    "line_item_usage_amount",
    "line_item_usage_end_date",
    "line_item_usage_start_date",
    "line_item_usage_type",
    "pricing_public_on_demand_cost",
    "pricing_public_on_demand_rate",
    "pricing_purchase_option",
    "pricing_rate_code",
    "pricing_unit",
    "product",
    "product_instance_type",
    "product_location",
    "product_product_name",
    "product_region",
    "product_region_code",
    "product_sku",
    "reservation_effective_cost",
    "reservation_net_effective_cost",
    "reservation_reservation_a_r_n",
    "reservation_total_reserved_normalized_units",
    "reservation_total_reserved_units",
    "resource_tags",
    "savings_plan_net_savings_plan_effective_cost",
    "savings_plan_savings_plan_a_r_n",
    "savings_plan_savings_plan_effective_cost",
    "savings_plan_total_commitment_to_date",
    "split_line_item_parent_resource_id",
});

constexpr auto kNumbers = std::to_array<std::string_view>({
    "line_item_net_unblended_rate",
    "line_item_normalized_usage_amount",
    "line_item_unblended_cost",
    "line_item_unblended_rate",
    "line_item_usage_amount",
    "pricing_public_on_demand_cost",
    "pricing_public_on_demand_rate",
    "reservation_effective_cost",
    "reservation_net_effective_cost",
    "reservation_net_unused_amortized_upfront_fee_for_billing_period",
    "reservation_net_unused_recurring_fee",
    "reservation_total_reserved_normalized_units",
    "reservation_total_reserved_units",
    "reservation_unused_amortized_upfront_fee_for_billing_period",
    "reservation_unused_normalized_unit_quantity",
    "reservation_unused_quantity",
    "reservation_unused_recurring_fee",
    "savings_plan_amortized_upfront_commitment_for_billing_period",
    "savings_plan_net_amortized_upfront_commitment_for_billing_period",
    "savings_plan_net_savings_plan_effective_cost",
    "savings_plan_savings_plan_effective_cost",
    "savings_plan_total_commitment_to_date",
    "savings_plan_used_commitment",
});

/// Of those that are known the ones that a column of FOCUS holds as they are, in every row.
constexpr auto kCarried = std::to_array<std::string_view>({
    "bill_billing_period_end_date",
    "bill_billing_period_start_date",
    "bill_invoice_id",
    "bill_invoicing_entity",
    "bill_payer_account_id",
    "bill_payer_account_name",
    "line_item_availability_zone",
    "line_item_currency_code",
    "line_item_line_item_description",
    "line_item_usage_account_id",
    "line_item_usage_account_name",
    "line_item_usage_end_date",
    "line_item_usage_start_date",
    "product_location",
    "product_region_code",
    "resource_tags",
    "cost_category",
});

/// Those that a column of FOCUS holds in most rows, and what mapping.sql calls them in the others.
constexpr auto kOtherwiseKept = std::to_array<std::pair<std::string_view, std::string_view>>({
    {"line_item_resource_id", "resource_id_kept"},
    {"pricing_rate_code", "rate_code_kept"},
    {"product_sku", "sku_kept"},
});

/// Columns that mostly repeat another one.
constexpr auto kRepeats = std::to_array<std::pair<std::string_view, std::string_view>>({
    {"line_item_blended_cost", "line_item_unblended_cost"},
    {"line_item_blended_rate", "line_item_unblended_rate"},
    {"line_item_legal_entity", "bill_invoicing_entity"},
    {"pricing_currency", "line_item_currency_code"},
    {"product_operation", "line_item_operation"},
    {"product_region", "product_region_code"},
    {"product_servicecode", "line_item_product_code"},
    {"product_servicename", "product_product_name"},
    {"product_usagetype", "line_item_usage_type"},
});

bool is_lower(char c) {
    return c >= 'a' && c <= 'z';
}
bool is_upper(char c) {
    return c >= 'A' && c <= 'Z';
}
bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

std::string snake(std::string_view text) {
    std::string out;
    for (const char c : text) {
        if (is_upper(c)) {
            out += out.empty() || out.back() == '_' ? "" : "_";
            out += static_cast<char>(c - 'A' + 'a');
        } else if (is_lower(c) || is_digit(c)) {
            out += c;
        } else if (!out.empty() && out.back() != '_') {
            out += '_';
        }
    }
    return out;
}

bool is_tag(std::string_view staged) {
    return staged.starts_with(kTags) || staged.starts_with(kAthenaTags);
}
bool is_cost_category(std::string_view staged) {
    return staged.starts_with(kCostCategories) || staged.starts_with(kAthenaCostCategories);
}

/// `user:Team` -> `Team`, `user_team` -> `team`, `aws_created_by` -> `aws:created_by`.
std::string tag_key(std::string_view written) {
    if (written.starts_with("user:") || written.starts_with("user_")) {
        return std::string(written.substr(5));
    }
    if (written.starts_with("aws_")) {
        return "aws:" + std::string(written.substr(4));
    }
    return std::string(written);
}

} // namespace

std::string staged_name(std::string_view column) {
    const std::size_t slash = column.find('/');
    if (slash == std::string_view::npos) {
        return std::string(column);
    }
    const std::string_view group = column.substr(0, slash);
    const std::string_view rest = column.substr(slash + 1);
    if (group == "resourceTags") {
        return std::string(kTags) + std::string(rest);
    }
    if (group == "costCategory") {
        return std::string(kCostCategories) + std::string(rest);
    }
    return snake(group) + '_' + snake(rest);
}

std::span<const std::string_view> known_columns() {
    return kKnown;
}

std::span<const std::string_view> number_columns() {
    return kNumbers;
}

std::vector<std::pair<std::string, std::string>> custom_columns(std::span<const std::string> staged) {
    std::vector<std::pair<std::string, std::string>> custom;
    for (const std::string& column : staged) {
        if (!is_tag(column) && !is_cost_category(column) && std::ranges::find(kCarried, column) == kCarried.end()) {
            const auto kept = std::ranges::find(kOtherwiseKept, column, [](const auto& pair) { return pair.first; });
            custom.emplace_back(custom_column_name(column),
                                kept == kOtherwiseKept.end() ? column : std::string(kept->second));
        }
    }
    return custom;
}

std::string without_repeats_sql(std::span<const std::string> staged) {
    std::string list;
    for (const auto& [column, of] : kRepeats) {
        if (std::ranges::find(staged, column) != staged.end()) {
            list += (list.empty() ? "REPLACE (" : ", ") + fmt::format("nullif({}, {}) AS {}", column, of, column);
        }
    }
    return list.empty() ? list : list + ")";
}

std::vector<std::pair<std::string, std::string>> tag_columns(std::span<const std::string> staged) {
    std::vector<std::pair<std::string, std::string>> tags;
    for (const std::string& column : staged) {
        if (is_tag(column)) {
            tags.emplace_back(tag_key(column.substr(kTags.size())), column);
        }
    }
    return tags;
}

std::vector<std::pair<std::string, std::string>> cost_category_columns(std::span<const std::string> staged) {
    std::vector<std::pair<std::string, std::string>> categories;
    for (const std::string& column : staged) {
        if (is_cost_category(column)) {
            categories.emplace_back(column.substr(kCostCategories.size()), column);
        }
    }
    return categories;
}

} // namespace florin::ingest::aws_cur
