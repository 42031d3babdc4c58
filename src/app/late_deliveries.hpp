// Which feeds have not delivered for longer than their own rhythm allows.
#pragma once

#include "lake/delivery.hpp"

#include <chrono>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace florin::app {

/// How often bills come that come together: billing accounts of one source that ever shared a delivery, so that an
/// account which is closed is not missed where the others go on.
struct DeliveryRhythm {
    std::string source;
    std::vector<std::string> billing_accounts; ///< in order
    period::Instant last_delivery;             ///< its order time: the provider's run time, else when it was received
    std::size_t gaps = 0;                      ///< how many the rhythm is taken from
    /// Half of the gaps are not longer. Nothing while there are fewer gaps than kGapsMin: the rhythm is not known.
    std::optional<std::chrono::seconds> usual_gap;
    std::optional<period::Instant> due_by; ///< after this it is late; nothing where the rhythm is not known

    bool is_late(period::Instant now) const { return due_by.has_value() && now > *due_by; }
};

inline constexpr std::size_t kGapsMin = 4;
inline constexpr std::size_t kGapsMax = 20; ///< older ones no longer count

/// Rhythms by source and first account. Deliveries of one UTC day are one, ordered as the first of them; a gap lies
/// between two such days, and the latest kGapsMax count. A feed is due by its last delivery, plus the gap that nine
/// in ten gaps do not exceed (nearest rank), plus a quarter of the median gap, of which at least 6 hours and at most 3
/// days. Deliveries that wait, are superseded, withdrawn or pruned have come, too.
std::vector<DeliveryRhythm> delivery_rhythms(std::span<const lake::Delivery> deliveries);

/// "nothing for 12 days, usually there is something after 1 day; it was due by 2026-11-13 08:00 UTC". Of a late one.
std::string describe_late(const DeliveryRhythm& rhythm, period::Instant now);

} // namespace florin::app
