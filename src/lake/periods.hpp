// The two states of a billing period: what the provider says of it, and the company's own close. Values only.
#pragma once

#include "lake/delivery.hpp"

#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace florin::lake {

/// Closed, or open again after it was closed.
enum class PeriodState : std::uint8_t { kOpen, kClosed, kReopened };
/// `open`, `closed`, `reopened`.
std::string_view name(PeriodState state);

/// Where one billing period of one source and issuer stands after all that was said of it.
struct ProviderState {
    ProviderPeriod latest;
    PeriodState state = PeriodState::kOpen;
};
/// By source, issuer and start; of statements of one time the last in the list counts.
std::vector<ProviderState> provider_states(std::span<const ProviderPeriod> statements);

/// One close of a month by the company itself: who, why, and what counted then. A part is of the month in
/// which its billing period starts.
struct PeriodClose {
    std::int64_t id = 0;
    period::Day month; ///< its first day
    period::Instant closed_at;
    std::string closed_by;
    std::string reason;
    std::optional<period::Instant> reopened_at; ///< nothing while the close holds
    std::string reopened_by;
    std::string reopen_reason;
    std::vector<std::pair<DeliveryId, std::size_t>> parts; ///< delivery and position of each part that counted
    bool holds() const { return !reopened_at.has_value(); }
};

/// `2024-09`.
std::string month_name(period::Day month);
/// The first day of the month that a part is of.
period::Day month_of_part(const Part& part);
/// The close that holds for that month, or nothing.
const PeriodClose* find_close(std::span<const PeriodClose> closes, period::Day month);

} // namespace florin::lake
