// Counts the rows of many row checks in one scan; what the failing ones touch, in two more.
#pragma once

#include "validate/row_checks.hpp"
#include "validate/validate.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace florin::validate {

/// A row check and the finding (its index) that its counts belong to.
struct RowTask {
    std::size_t finding = 0;
    RowCheck check;
};

/// Rows to show with a finding.
struct SampleTask {
    std::size_t finding = 0;
    std::vector<std::int64_t> rows; ///< as kRowColumn has them
    std::vector<std::string> columns;
};

/// A count in a row of an answer; 0 where it is none.
std::uint64_t count_at(const std::vector<engine::Value>& row, std::size_t i);

/// Fills in counts, outcome, money and, at most `samples_max` each, samples.
base::Result<void> evaluate_rows(engine::Engine& engine, const Bill& bill, const Derived& derived,
                                 const std::vector<RowTask>& tasks, std::size_t samples_max,
                                 std::vector<Finding>& findings);

/// Reads the cells of rows.
base::Result<void> add_samples(engine::Engine& engine, const Bill& bill, const std::vector<SampleTask>& tasks,
                               std::vector<Finding>& findings);

} // namespace florin::validate
