// The use case "what moved in a closed month": what counts now against what counted when it was closed.
#pragma once

#include "app/compare_charges.hpp"
#include "app/workspace.hpp"

#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace florin::app {

/// Which change of a closed month it is.
enum class RestatementKind : std::uint8_t {
    kMoved,      ///< replaced or added bills of that month that count now
    kWaiting,    ///< what would move, too, if all that waits were released
    kCorrection, ///< charges of a later billing period with ChargeClass Correction that were used in that month
};
/// `moved`, `waiting`, `correction`.
std::string_view name(RestatementKind kind);

/// One kind of change of one month.
struct Restatement {
    period::Day month;
    RestatementKind kind = RestatementKind::kMoved;
    std::string closed;                       ///< by whom and when: `closed on 2024-10-05 by controller`
    std::vector<lake::DeliveryId> deliveries; ///< that changed it
    /// The totals of each currency first, with an empty dimension, then by billing account, service, charge
    /// category and team tag what differs; per dimension the changes add up to that of the total.
    std::vector<ChargeChange> changes;
};

/// What changed of the months that the company or a provider closed, or of one of them: against what the close
/// recorded, and where only the provider closed it, against what counted as of the time it said so. A month
/// that was reopened is not closed. Nothing is in the list where nothing changed. Errors: `period.not_closed`
/// (for `month`), those of the lake and the engine.
base::Result<std::vector<Restatement>> find_restatements(Workspace& workspace, std::optional<period::Day> month,
                                                         const std::function<void(engine::Engine*)>& running);

} // namespace florin::app
