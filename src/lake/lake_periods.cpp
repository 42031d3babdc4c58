// The states of billing periods: what providers say, and the company's own closes.
#include "lake/lake.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace florin::lake {
namespace {

constexpr const char* kReference = "period";

base::Error closed_already(const PeriodClose& close) {
    return base::conflict_error("period.closed",
                                fmt::format("{} was closed on {} by {}", month_name(close.month),
                                            period::to_string(period::day_of(close.closed_at)), close.closed_by))
        .with_remedy(
            fmt::format("`florin period reopen {} --by NAME --reason TEXT` opens it again", month_name(close.month)));
}

} // namespace

base::Result<void> Lake::state_provider_period(const ProviderPeriod& statement) {
    return catalog_.add_provider_period(statement);
}

base::Result<PeriodClose> Lake::close_period(PeriodClose close, const std::vector<std::string>& precedence) {
    FLORIN_TRY(catalog_.hold([&]() -> base::Result<void> {
        FLORIN_TRY_ASSIGN(const std::vector<PeriodClose> closes, catalog_.closes());
        if (const PeriodClose* earlier = find_close(closes, close.month); earlier != nullptr) {
            return closed_already(*earlier);
        }
        FLORIN_TRY_ASSIGN(const std::vector<Delivery> all, catalog_.deliveries(Detail::kWithoutProfiles));
        for (const PartReference& reference : select_current(all, std::nullopt, precedence)) {
            if (month_of_part(all[reference.delivery].parts[reference.part]) == close.month) {
                close.parts.emplace_back(all[reference.delivery].id, reference.part);
            }
        }
        if (close.parts.empty()) {
            return base::user_error("period.empty", fmt::format("no bill of {} counts", month_name(close.month)))
                .with_remedy("see `florin period list` for the months there are");
        }
        FLORIN_TRY(catalog_.add_close(close));
        for (const auto& [delivery, position] : close.parts) {
            FLORIN_TRY(catalog_.add_reference(delivery, kReference, month_name(close.month)));
        }
        return {};
    }));
    return close;
}

base::Result<PeriodClose> Lake::reopen_period(period::Day month, const std::string& by, const std::string& reason,
                                              period::Instant now) {
    PeriodClose reopened;
    FLORIN_TRY(catalog_.hold([&]() -> base::Result<void> {
        FLORIN_TRY_ASSIGN(const std::vector<PeriodClose> closes, catalog_.closes());
        const PeriodClose* close = find_close(closes, month);
        if (close == nullptr) {
            return base::conflict_error("period.not_closed", fmt::format("{} is not closed", month_name(month)))
                .with_remedy("see `florin period list`");
        }
        reopened = *close;
        reopened.reopened_at = now;
        reopened.reopened_by = by;
        reopened.reopen_reason = reason;
        FLORIN_TRY(catalog_.drop_references(kReference, month_name(month)));
        return catalog_.reopen(close->id, now, by, reason);
    }));
    return reopened;
}

} // namespace florin::lake
