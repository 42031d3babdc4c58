// What the other FOCUS datasets say of a charge: read only by questions that ask for it.
#pragma once

#include "base/result.hpp"
#include "focus/focus.hpp"

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace florin::query {

struct Dimension;
struct Resolved;

/// A dataset as it counts.
struct DatasetRows {
    focus::Dataset dataset = focus::Dataset::kBillingPeriod;
    std::string sql;      ///< a SELECT of its columns
    bool is_empty = true; ///< nothing of it was delivered
};

/// The columns of a charge by which it is found in a dataset.
std::vector<std::string> join_columns(focus::Dataset dataset);

/// The value of a joined dimension for a row of `relation`; reads the table that joined_tables() gives for it.
std::string joined_sql(const Dimension& dimension, std::string_view relation);

/// `NAME AS (SELECT …)` for each dataset that the question asks something of: one row a key.
std::vector<std::string> joined_tables(const Resolved& resolved, std::span<const DatasetRows> datasets);

/// A sentence for each dataset that the question asks something of and that nothing was delivered of.
std::vector<std::string> joined_notes(const Resolved& resolved, std::span<const DatasetRows> datasets);

/// The ids of contract commitments that the row of `relation` counts towards, as a list in SQL; empty where it states
/// none. FOCUS 1.3 wrote ContractCommitmentID.
std::string applied_contracts_sql(std::string_view relation);

} // namespace florin::query
