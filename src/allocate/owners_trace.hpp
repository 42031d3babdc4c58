// Why a tuple has its owner on a day: from the rule to the text, and the row of the table, that it stands on.
#pragma once

#include "allocate/owners.hpp"
#include "allocate/rules.hpp"
#include "allocate/tuple_texts.hpp"
#include "period/period.hpp"

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace florin::allocate {

struct OwnerTrace {
    std::uint32_t rule = kNoRule; ///< as in Owners::rules; kNoRule: no rule takes it, and all else is empty
    std::string value;            ///< the owner
    /// The field that the value comes from, or whose text is looked up. Nothing where the rule names the value itself.
    std::optional<query::Field> field;
    std::string text;             ///< of that field
    std::string written;          ///< what the value was before it was normalised
    std::vector<std::string> way; ///< names above `text` in the hierarchy, up to the one that the table knows
    std::string table;            ///< where it was looked up, if it was
    std::uint64_t row = 0;        ///< of the table, from 1, without the header
    friend bool operator==(const OwnerTrace&, const OwnerTrace&) = default;
};

/// By the rules in force on `day`, one after the other; rule and value are those that owners_of() finds for that day.
OwnerTrace trace_owner(std::span<const InForce> history, const TupleTexts& tuples, std::size_t tuple, period::Day day);

} // namespace florin::allocate
