#include "lake/periods.hpp"

#include <algorithm>
#include <map>
#include <tuple>

namespace florin::lake {

std::string_view name(PeriodState state) {
    switch (state) {
    case PeriodState::kOpen: return "open";
    case PeriodState::kClosed: return "closed";
    case PeriodState::kReopened: return "reopened";
    }
    return "open";
}

std::vector<ProviderState> provider_states(std::span<const ProviderPeriod> statements) {
    std::vector<ProviderPeriod> sorted(statements.begin(), statements.end());
    std::ranges::stable_sort(sorted, {}, &ProviderPeriod::stated_at);
    std::map<std::tuple<std::string, std::string, period::Instant>, ProviderState> states;
    for (ProviderPeriod& statement : sorted) {
        ProviderState& now = states[{statement.source, statement.invoice_issuer, statement.start}];
        if (statement.closed) {
            now.state = PeriodState::kClosed;
        } else if (now.state == PeriodState::kClosed) {
            now.state = PeriodState::kReopened;
        }
        now.latest = std::move(statement);
    }
    std::vector<ProviderState> found;
    for (auto& [key, state] : states) {
        found.push_back(std::move(state));
    }
    return found;
}

std::string month_name(period::Day month) {
    return period::to_string(month).substr(0, 7);
}

period::Day month_of_part(const Part& part) {
    return period::month_start(period::day_of(part.billing_period_start));
}

const PeriodClose* find_close(std::span<const PeriodClose> closes, period::Day month) {
    const auto found = std::ranges::find_if(
        closes, [month](const PeriodClose& close) { return close.month == month && close.holds(); });
    return found == closes.end() ? nullptr : &*found;
}

} // namespace florin::lake
