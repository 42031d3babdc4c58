#include "app/close_period.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace florin::app {
namespace {

base::Result<void> add(SumsByCurrency& sums, const lake::Part& part) {
    for (const auto& [currency, more] : part.sums) {
        lake::CostSums& of = sums[currency];
        of.rows += more.rows;
        for (std::size_t i = 0; i < of.costs.size(); ++i) {
            FLORIN_TRY_ASSIGN(of.costs[i], of.costs[i].plus(more.costs[i]));
            of.null_costs[i] += more.null_costs[i];
        }
    }
    return {};
}

base::Result<void> check_named(const std::string& by, const std::string& reason) {
    const auto is_blank = [](const std::string& text) { return text.find_first_not_of(" \t") == std::string::npos; };
    if (is_blank(by) || is_blank(reason)) {
        return base::user_error("period.unnamed", "a month is closed and reopened by somebody, for a reason")
            .with_remedy("name them with --by NAME and --reason TEXT");
    }
    return {};
}

/// The months of the deliveries, with what counts and what waits.
base::Result<void> add_deliveries(Workspace& workspace, const std::vector<lake::Delivery>& all,
                                  std::map<period::Day, MonthState>& months) {
    std::map<period::Day, std::vector<std::pair<lake::DeliveryId, std::size_t>>> counting;
    for (const lake::PartReference& reference :
         lake::select_current(all, std::nullopt, workspace.configuration().precedence)) {
        const lake::Delivery& delivery = all[reference.delivery];
        const lake::Part& part = delivery.parts[reference.part];
        const period::Day month = lake::month_of_part(part);
        FLORIN_TRY(add(months[month].now, part));
        counting[month].emplace_back(delivery.id, reference.part);
    }
    for (const lake::Delivery& delivery : all) {
        for (const lake::Part& part : delivery.parts) {
            std::vector<lake::DeliveryId>& waiting = months[lake::month_of_part(part)].waiting;
            if (part.pending() && !delivery.withdrawn_at.has_value() &&
                (waiting.empty() || waiting.back() != delivery.id)) {
                waiting.push_back(delivery.id);
            }
        }
    }
    for (auto& [month, state] : months) {
        if (state.close.has_value()) {
            state.has_moved = counting[month] != state.close->parts;
            for (const auto& [id, position] : state.close->parts) {
                const auto found = std::ranges::lower_bound(all, id, {}, &lake::Delivery::id);
                FLORIN_CHECK(found != all.end() && found->id == id, "a close of a delivery that is not there");
                FLORIN_TRY(add(state.at_close, found->parts.at(position)));
            }
        }
    }
    return {};
}

} // namespace

base::Result<std::vector<MonthState>> list_periods(Workspace& workspace) {
    lake::Catalog& catalog = workspace.lake().catalog();
    std::map<period::Day, MonthState> months;
    FLORIN_TRY_ASSIGN(std::vector<lake::PeriodClose> closes, catalog.closes());
    for (lake::PeriodClose& close : closes) {
        const period::Day month = close.month;
        months[month].close = std::move(close); // the latest one stays
    }
    FLORIN_TRY_ASSIGN(const std::vector<lake::ProviderPeriod> statements, catalog.provider_periods());
    for (lake::ProviderState& state : lake::provider_states(statements)) {
        months[period::month_start(period::day_of(state.latest.start))].providers.push_back(std::move(state));
    }
    FLORIN_TRY_ASSIGN(const std::vector<lake::Delivery> all, catalog.deliveries(lake::Detail::kWithoutProfiles));
    FLORIN_TRY(add_deliveries(workspace, all, months));
    std::vector<MonthState> listed;
    for (auto& [month, state] : months) {
        state.month = month;
        listed.push_back(std::move(state));
    }
    return listed;
}

base::Result<period::Day> parse_month(const Workspace& workspace, const std::string& text) {
    FLORIN_TRY_ASSIGN(const period::Period parsed,
                      period::parse_period(text, workspace.today(), workspace.configuration().fiscal_calendar));
    if (parsed != period::month_of(parsed.start)) {
        return base::user_error("period.not_a_month", fmt::format("{} is not a calendar month", text))
            .with_remedy("a month of bills is closed as a whole: write it as 2024-09");
    }
    return parsed.start;
}

base::Result<MonthState> close_period(Workspace& workspace, period::Day month, const std::string& by,
                                      const std::string& reason) {
    FLORIN_TRY(check_named(by, reason));
    lake::PeriodClose close;
    close.month = month;
    close.closed_at = workspace.now();
    close.closed_by = by;
    close.reason = reason;
    FLORIN_TRY(workspace.lake().close_period(std::move(close), workspace.configuration().precedence));
    FLORIN_TRY_ASSIGN(std::vector<MonthState> months, list_periods(workspace));
    const auto found = std::ranges::find(months, month, &MonthState::month);
    FLORIN_CHECK(found != months.end(), "a month with a close that is not listed");
    return std::move(*found);
}

base::Result<void> reopen_period(Workspace& workspace, period::Day month, const std::string& by,
                                 const std::string& reason) {
    FLORIN_TRY(check_named(by, reason));
    FLORIN_TRY(workspace.lake().reopen_period(month, by, reason, workspace.now()));
    return {};
}

base::Result<std::vector<std::string>> closed_months_of(Workspace& workspace, lake::DeliveryId id) {
    FLORIN_TRY_ASSIGN(const lake::Delivery delivery, workspace.lake().delivery(id));
    FLORIN_TRY_ASSIGN(const std::vector<lake::PeriodClose> closes, workspace.lake().closes());
    std::map<period::Day, std::string> sentences;
    for (const lake::Part& part : delivery.parts) {
        const lake::PeriodClose* close = lake::find_close(closes, lake::month_of_part(part));
        if (close != nullptr) {
            const std::string month = lake::month_name(close->month);
            sentences[close->month] =
                fmt::format("{} was closed on {} by {}: `florin period restatements {}` shows what moved since", month,
                            period::to_string(period::day_of(close->closed_at)), close->closed_by, month);
        }
    }
    std::vector<std::string> list;
    for (const auto& [month, sentence] : sentences) {
        list.push_back(sentence);
    }
    return list;
}

} // namespace florin::app
