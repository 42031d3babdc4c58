// What a reader must know beside the figures.
#pragma once

#include "query/plan.hpp"

#include <optional>
#include <string>
#include <vector>

namespace florin::query {

/// Sentences: basis, period and its kind, comparison, what was read, charges without a cost that was
/// asked for, charges that span days.
std::vector<std::string> make_notes(const Resolved& resolved, const Sources& now, const Sources& before,
                                    const std::optional<period::Period>& period_before, std::uint64_t unpaired_steps);

} // namespace florin::query
