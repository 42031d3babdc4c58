// The sums of commitments and of charges that were split: what is added up, and what it must be.
#pragma once

#include "engine/engine.hpp"
#include "validate/commitment_sums.hpp"
#include "validate/group_checks.hpp"

#include <string>
#include <vector>

namespace florin::validate {

/// Ordered by id and currency. `rows` is a table of all columns of Cost and Usage as text.
base::Result<std::vector<CommitmentSums>> read_commitment_sums(engine::Engine& engine, const std::string& rows);

/// Whether the sums of a commitment are what a check asks. A commitment whose term is not wholly in the files is not
/// checkable: one without purchases, with purchases for times of which no usage is there, or with usage outside of
/// what the purchases cover.
Group judge_commitment(Check check, const CommitmentSums& sums);

/// Charges that were split (AllocatedMethodId has a value), by what they were split from: charges that are the same
/// but for what was allocated. One row each, for judge_splits().
base::Result<engine::Table> read_splits(engine::Engine& engine, const Bill& bill);

/// Held against the charge they were split from where it is in the files, else against their AllocatedRatio, which adds
/// up to 1.
std::vector<Group> judge_splits(Check check, const engine::Table& splits);

} // namespace florin::validate
