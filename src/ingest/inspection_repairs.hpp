// The named repairs and oddities of bills, from repairs.yaml, which is embedded in the program.
#pragma once

#include "period/period.hpp"

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace florin::ingest {

/// In the order of their names. A repair is read as if it were written as FOCUS asks; an oddity is
/// kept as it is.
enum class Rule : std::uint8_t {
    kAllowedValueCasing,
    kAllowedValueRenamed,
    kAllowedValueUnknown,
    kAmountAsDisplayed,
    kAmountRounded,
    kAwsNull,
    kAzureCommittedPricing,
    kAzurePurchaseEffective,
    kAzureZeroCost,
    kColumnNameCasing,
    kConstantColumn,
    kCorrectedCell,
    kCostIdentity,
    kCustomColumn,
    kGoogleTags,
    kInstantDateOnly,
    kInstantNoZone,
    kInstantOffset,
    kInstantSpaceSeparated,
    kInstantUsShortDate,
    kListCostProduct,
    kMissingColumn,
    kNullCost,
    kNullLiteral,
    kQuotedEmpty,
    kRenamedColumn,
};
inline constexpr std::size_t kRuleCount = 26;

/// Of a time that is not written as FOCUS asks; kIsoUtc is a bug.
Rule rule_of(period::InstantForm form);

struct RepairSpec {
    std::string id; ///< `null-literal`
    bool is_repair = false;
    std::string what; ///< what is met in the bill, and what is made of it
    std::string why;
    std::string example;
};

/// One for each Rule, at its number. Read once; lives as long as the program.
std::span<const RepairSpec> repairs();
std::string_view id(Rule rule);

/// docs/reference/repairs.md.
std::string repairs_page();

} // namespace florin::ingest
