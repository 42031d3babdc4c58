// Rules of allocation that are applied: recorded with their files, and what they were computed over is kept.
#include "lake/lake.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace florin::lake {

base::Result<void> check_closes(const AllocationState& state, std::span<const PeriodClose> closes) {
    std::vector<std::string> unnamed;
    for (const PeriodClose& close : closes) {
        if (close.holds() && close.month >= state.from &&
            std::ranges::find(state.restated, close.month) == state.restated.end()) {
            unnamed.push_back(month_name(close.month));
        }
    }
    if (unnamed.empty()) {
        return {};
    }
    std::ranges::sort(unnamed);
    return base::conflict_error("allocation.closed",
                                fmt::format("the change would reach into {}, which {} closed", fmt::join(unnamed, ", "),
                                            unnamed.size() == 1 ? "is" : "are"))
        .with_remedy(fmt::format("name what is to be restated: --restate {}", fmt::join(unnamed, " --restate ")));
}

base::Result<AllocationState> Lake::apply_allocation(AllocationState state, const std::vector<AppliedFiles>& files,
                                                     std::int64_t after) {
    FLORIN_TRY(catalog_.hold([&]() -> base::Result<void> {
        FLORIN_TRY_ASSIGN(const std::vector<AllocationState> states, catalog_.allocation_states());
        if (!states.empty() && states.back().id != after) {
            const AllocationState& last = states.back();
            return base::conflict_error("allocation.moved_on", fmt::format("{} applied other rules meanwhile, as state "
                                                                           "{}",
                                                                           last.applied_by, last.id))
                .with_remedy("see what they changed with `florin allocate history`, then plan again");
        }
        FLORIN_TRY_ASSIGN(const std::vector<PeriodClose> closes, catalog_.closes());
        FLORIN_TRY(check_closes(state, closes));
        for (const AppliedFiles& one : files) {
            FLORIN_TRY(catalog_.keep_allocation_files(one));
        }
        FLORIN_TRY(catalog_.add_allocation_state(state));
        for (const auto& [delivery, position] : state.parts) {
            FLORIN_TRY(
                catalog_.add_reference(delivery, std::string(kAllocationReference), fmt::format("state {}", state.id)));
        }
        return {};
    }));
    return state;
}

} // namespace florin::lake
