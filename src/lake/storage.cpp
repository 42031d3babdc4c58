#include "lake/storage.hpp"

#include "focus/focus.hpp"

#include <algorithm>
#include <array>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace florin::lake {
namespace {

/// Text that belongs to one charge or resource, so that it would make nearly every row its own tuple.
constexpr std::array<std::string_view, 10> kNotInTuple = {"AllocatedMethodDetails",
                                                          "AllocatedResourceId",
                                                          "AllocatedResourceName",
                                                          "ChargeDescription",
                                                          "CommitmentProgramEligibilityDetails",
                                                          "ContractApplied",
                                                          "InvoiceDetailId",
                                                          "ResourceId",
                                                          "ResourceName",
                                                          "SkuPriceDetails"};

std::vector<std::string> make_tuple_columns() {
    std::vector<std::string> names;
    for (const focus::Column& column : focus::columns(focus::Dataset::kCostAndUsage)) {
        const bool is_text = column.type == focus::ColumnType::kString || column.type == focus::ColumnType::kJson;
        if (is_text && std::ranges::find(kNotInTuple, column.name) == kNotInTuple.end()) {
            names.push_back(column.name);
        }
    }
    std::ranges::sort(names);
    return names;
}

} // namespace

std::span<const std::string> tuple_columns() {
    static const std::vector<std::string> names = make_tuple_columns();
    return names;
}

bool is_tuple_column(std::string_view focus_column) {
    return std::ranges::binary_search(tuple_columns(), focus_column, std::less<>{});
}

bool CompactedGroup::exists() const {
    std::error_code code;
    return std::filesystem::is_regular_file(files.cells, code) && std::filesystem::is_regular_file(files.tuples, code);
}

} // namespace florin::lake
