#include "focus/focus.hpp"

#include <array>

namespace florin::focus {
namespace {

std::string_view describe(ColumnType type) {
    constexpr std::array<std::string_view, 4> kNames = {"text", "decimal", "date and time", "JSON"};
    return kNames[static_cast<std::size_t>(type)];
}

std::string_view describe(Level level) {
    constexpr std::array<std::string_view, 3> kNames = {"mandatory", "conditional", "recommended"};
    return kNames[static_cast<std::size_t>(level)];
}

/// The values a column takes, as far as its type does not say it already.
std::string describe_values(const Column& column) {
    switch (column.format) {
    case ValueFormat::kUnspecified:
    case ValueFormat::kAnyDecimal:
    case ValueFormat::kInstant: return "";
    case ValueFormat::kNonNegativeDecimal: return "0 or more";
    case ValueFormat::kCurrency: return "currency";
    case ValueFormat::kUnit: return "unit";
    case ValueFormat::kKeyValue: return "flat object of keys and values";
    case ValueFormat::kJsonObject: return "object";
    case ValueFormat::kExpectedFormat: return "a number and a unit of time";
    case ValueFormat::kAllowedValues: break;
    }
    if (column.name == "ServiceSubcategory") {
        return "see [services](#services)";
    }
    std::string text;
    for (const std::string& value : column.allowed_values) {
        text += (text.empty() ? "" : ", ") + value;
    }
    return text;
}

std::string describe_history(const Column& column) {
    std::string text(name(column.introduced));
    if (column.removed_in) {
        text += ", until before " + std::string(name(*column.removed_in));
    }
    for (const std::string& former : column.former_names) {
        text += ", was `" + former + "`";
    }
    return text;
}

/// One row per service category with the subcategories that belong to it.
std::string subcategory_table() {
    std::string table = "| ServiceCategory | ServiceSubcategory |\n|---|---|\n";
    for (const std::string& category : find_column(Dataset::kCostAndUsage, "ServiceCategory")->allowed_values) {
        std::string list;
        for (const std::string& child : find_column(Dataset::kCostAndUsage, "ServiceSubcategory")->allowed_values) {
            if (parent_category(child) == category) {
                list += (list.empty() ? "" : ", ") + child;
            }
        }
        table += "| " + category + " | " + list + " |\n";
    }
    return table;
}

} // namespace

std::string reference_page() {
    constexpr std::array kDatasets = {Dataset::kCostAndUsage, Dataset::kContractCommitment, Dataset::kInvoiceDetail,
                                      Dataset::kBillingPeriod};
    std::string page =
        "# FOCUS columns\n\n"
        "The datasets of FOCUS 1.4 as Florin reads and keeps them, and how older versions map to them. This page\n"
        "is made from `src/focus/columns.tsv`; the test of the module compares the two. FOCUS is the FinOps Open\n"
        "Cost and Usage Specification, https://focus.finops.org.\n";
    for (const Dataset dataset : kDatasets) {
        const std::span<const Column> all = columns(dataset);
        page += "\n## " + std::string(name(dataset)) + "\n\n" + std::to_string(all.size()) + " columns.\n\n" +
                "| Column | Type | Level | Nulls | Values | Since |\n|---|---|---|---|---|---|\n";
        for (const Column& column : all) {
            page += "| " + column.name + " | " + std::string(describe(column.type)) +
                    (column.is_quantity ? ", quantity" : "") + " | " + std::string(describe(column.level)) +
                    (column.condition.empty() ? "" : " if " + column.condition) + " | " +
                    (column.allows_nulls ? "yes" : "no") + " | " + describe_values(column) + " | " +
                    describe_history(column) + " |\n";
        }
    }
    return page + "\n## Services\n\n" + subcategory_table();
}

} // namespace florin::focus
