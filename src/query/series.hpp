// Rows of statements gathered into groups, each a series over time, now and in the period compared
// with.
#pragma once

#include "query/sums.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace florin::query {

using DimensionValue = std::optional<std::string>;

/// The key of a group within a currency as one text in which different keys differ.
std::string packed(const std::string& currency, const std::vector<DimensionValue>& key);

/// A dimension's column of a statement.
DimensionValue text_of(const engine::Value& value);

/// One step of a group. A side that is empty has no charges there.
struct Step {
    period::Day start; ///< the epoch where the question has no grain
    Sums now;
    Sums before;
};

/// The unit a quantity is in, or that there is more than one.
struct UnitOf {
    DimensionValue unit;
    bool mixed = false;
};

/// One combination of dimension values within a currency.
struct Group {
    std::vector<DimensionValue> key;
    std::vector<Step> steps;   ///< by start
    Sums now;                  ///< over all steps; empty where there are no charges
    Sums before;               ///< the same, with steps that have no partner now
    std::vector<UnitOf> units; ///< for each asked measure
    std::uint64_t members = 1; ///< groups that this one stands for
};

/// All groups by currency.
using Groups = std::map<std::string, std::vector<Group>>;

/// Gathers the rows of the question's statement and, where there is one, of the one for the period
/// compared with. Steps of the latter are moved to their partner: the same day of the year for a
/// yearly comparison by day, else the step of the same number. `unpaired_steps` counts those without.
struct Gathered {
    Groups groups;
    std::map<std::string, Group> rest; ///< by currency, where the engine cut the answer to the limit
    std::uint64_t unpaired_steps = 0;
};
base::Result<Gathered> gather(const Resolved& resolved, const engine::Table& now, const engine::Table* before);

/// Groups made into one: sums added step by step, the units kept where they agree.
base::Result<Group> merged(const std::vector<const Group*>& groups, std::size_t dimension_count);

} // namespace florin::query
