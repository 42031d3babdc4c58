#include "cli/delivery_json.hpp"
#include "cli/session.hpp"

#include "app/close_period.hpp"
#include "app/restatements.hpp"
#include "report/text.hpp"
#include "report/text_table.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

namespace florin::cli {
namespace {

using report::Style;
using report::TextPage;

std::string day_text(period::Instant instant) {
    return period::to_string(period::day_of(instant));
}

std::string provider_text(const lake::ProviderState& state) {
    return fmt::format("{} {}", state.latest.invoice_issuer.empty() ? state.latest.source : state.latest.invoice_issuer,
                       lake::name(state.state));
}

std::string_view close_state(const app::MonthState& month) {
    return !month.close.has_value() ? "open" : month.close->holds() ? "closed" : "reopened";
}

nlohmann::json ids_json(const std::vector<lake::DeliveryId>& ids) {
    nlohmann::json json = nlohmann::json::array();
    for (const lake::DeliveryId id : ids) {
        json.push_back(id.value());
    }
    return json;
}

nlohmann::json month_json(const app::MonthState& month) {
    nlohmann::json providers = nlohmann::json::array();
    for (const lake::ProviderState& state : month.providers) {
        providers.push_back({{"source", state.latest.source},
                             {"invoice_issuer", state.latest.invoice_issuer},
                             {"billing_period_start", period::to_string(state.latest.start)},
                             {"billing_period_end", period::to_string(state.latest.end)},
                             {"state", lake::name(state.state)},
                             {"stated_at", period::to_string(state.latest.stated_at)}});
    }
    nlohmann::json json = {{"month", lake::month_name(month.month)},
                           {"state", close_state(month)},
                           {"providers", providers},
                           {"close", nullptr},
                           {"now", sums_json(month.now)},
                           {"waiting", ids_json(month.waiting)}};
    if (month.close.has_value()) {
        const lake::PeriodClose& close = *month.close;
        nlohmann::json parts = nlohmann::json::array();
        for (const auto& [delivery, position] : close.parts) {
            parts.push_back({{"delivery", delivery.value()}, {"part", position}});
        }
        json["close"] = {
            {"closed_at", period::to_string(close.closed_at)},
            {"closed_by", close.closed_by},
            {"reason", close.reason},
            {"reopened_at", close.holds() ? nlohmann::json() : nlohmann::json(period::to_string(*close.reopened_at))},
            {"reopened_by", close.reopened_by},
            {"reopen_reason", close.reopen_reason},
            {"parts", parts},
            {"sums", sums_json(month.at_close)},
            {"has_moved", month.has_moved}};
    }
    return json;
}

std::string company_text(const app::MonthState& month) {
    if (!month.close.has_value()) {
        return "open";
    }
    const lake::PeriodClose& close = *month.close;
    return close.holds() ? fmt::format("closed {} by {}", day_text(close.closed_at), close.closed_by)
                         : fmt::format("reopened {} by {}", day_text(*close.reopened_at), close.reopened_by);
}

/// `moved`, and which deliveries wait.
std::string remark_text(const app::MonthState& month) {
    std::string text = month.has_moved && month.close->holds() ? "moved" : "";
    if (!month.waiting.empty()) {
        text += text.empty() ? "waiting: " : ", waiting: ";
        for (std::size_t i = 0; i < month.waiting.size(); ++i) {
            text += fmt::format("{}{}", i == 0 ? "" : ", ", month.waiting[i].value());
        }
    }
    return text;
}

void add_month(const app::MonthState& month, report::TextTable& table) {
    std::vector<std::string> providers;
    for (const lake::ProviderState& state : month.providers) {
        providers.push_back(provider_text(state));
    }
    app::SumsByCurrency currencies = month.now;
    currencies.insert(month.at_close.begin(), month.at_close.end());
    std::vector<report::Cell> head = {{lake::month_name(month.month)},
                                      {report::terminal_text(fmt::format("{}", fmt::join(providers, ", ")))},
                                      {report::terminal_text(company_text(month))}};
    if (currencies.empty()) {
        currencies[""] = {};
    }
    for (const auto& [currency, unused] : currencies) {
        const auto amount = [&code = currency](const app::SumsByCurrency& sums, std::size_t cost) {
            const auto found = sums.find(code);
            return report::Cell{found == sums.end() || found->second.rows == 0 ? ""
                                                                               : cost_text(found->second, cost, code)};
        };
        report::TextTable::Row row;
        row.cells = head;
        row.cells.insert(row.cells.end(), {{currency},
                                           amount(month.at_close, 0),
                                           amount(month.at_close, 1),
                                           amount(month.now, 0),
                                           amount(month.now, 1),
                                           {remark_text(month)}});
        table.rows.push_back(std::move(row));
        head = {{}, {}, {}};
    }
}

base::Result<int> list(Session& session, app::Workspace& workspace, const PeriodCommand& command) {
    FLORIN_TRY_ASSIGN(const std::vector<app::MonthState> months, app::list_periods(workspace));
    if (command.format == "json") {
        nlohmann::json json = nlohmann::json::array();
        for (const app::MonthState& month : months) {
            json.push_back(month_json(month));
        }
        session.terminal().out << json_text(json) << "\n";
        return 0;
    }
    if (months.empty()) {
        session.say("nothing has been received: take bills in with `florin ingest PATH`");
        return 0;
    }
    report::TextTable table;
    table.columns = {{"month", false, 200},    {"providers", false, 60},      {"company", false, 95},
                     {"currency", false, 94},  {"billed at close", true, 90}, {"effective at close", true, 50},
                     {"billed now", true, 93}, {"effective now", true, 80},   {"", false, 92}};
    for (const app::MonthState& month : months) {
        add_month(month, table);
    }
    TextPage page(session.terminal().width, session.terminal().has_colour);
    page.table(table);
    session.terminal().out << page.take();
    return 0;
}

base::Result<int> close(Session& session, app::Workspace& workspace, const PeriodCommand& command) {
    FLORIN_TRY_ASSIGN(const period::Day month, app::parse_month(workspace, command.month));
    FLORIN_TRY_ASSIGN(const app::MonthState state, app::close_period(workspace, month, command.by, command.reason));
    std::string totals;
    for (const auto& [currency, sums] : state.at_close) {
        totals += fmt::format("{}{} {} billed, {} effective", totals.empty() ? "" : "; ", cost_text(sums, 0, currency),
                              currency, cost_text(sums, 1, currency));
    }
    session.say(fmt::format("{} is closed: {}", lake::month_name(month), totals));
    for (const lake::DeliveryId id : state.waiting) {
        session.say(fmt::format("delivery {} waits with a part of it, which is not in it", id.value()));
    }
    return 0;
}

base::Result<int> reopen(Session& session, app::Workspace& workspace, const PeriodCommand& command) {
    FLORIN_TRY_ASSIGN(const period::Day month, app::parse_month(workspace, command.month));
    FLORIN_TRY(app::reopen_period(workspace, month, command.by, command.reason));
    session.say(fmt::format("{} is open again; what waits is still to be released", lake::month_name(month)));
    return 0;
}

std::string heading(const app::Restatement& restatement) {
    std::vector<std::int64_t> ids;
    for (const lake::DeliveryId id : restatement.deliveries) {
        ids.push_back(id.value());
    }
    const std::string deliveries =
        fmt::format("{} {}", ids.size() == 1 ? "delivery" : "deliveries", fmt::join(ids, ", "));
    const std::string month = fmt::format("{}, {}", lake::month_name(restatement.month), restatement.closed);
    switch (restatement.kind) {
    case app::RestatementKind::kMoved: return fmt::format("{}: moved since, by {}", month, deliveries);
    case app::RestatementKind::kWaiting: return fmt::format("{}: would move if {} were released", month, deliveries);
    case app::RestatementKind::kCorrection:
        return fmt::format("{}: corrected by charges of later billing periods, in {}", month, deliveries);
    }
    return month;
}

base::Result<nlohmann::json> restatement_json(const app::Restatement& restatement) {
    nlohmann::json changes = nlohmann::json::array();
    for (const app::ChargeChange& change : restatement.changes) {
        nlohmann::json line = {{"dimension", change.dimension},
                               {"value", change.value},
                               {"currency", change.currency},
                               {"rows_before", change.rows_before},
                               {"rows_after", change.rows_after}};
        for (std::size_t i = 0; i < lake::kCosts.size(); ++i) {
            FLORIN_TRY_ASSIGN(const money::Decimal moved, app::change_of(change, i));
            line[std::string(lake::kCosts[i])] = {{"before", change.before[i].to_string()},
                                                  {"after", change.after[i].to_string()},
                                                  {"change", moved.to_string()}};
        }
        changes.push_back(std::move(line));
    }
    return nlohmann::json{{"month", lake::month_name(restatement.month)},
                          {"kind", app::name(restatement.kind)},
                          {"closed", restatement.closed},
                          {"deliveries", ids_json(restatement.deliveries)},
                          {"changes", changes}};
}

base::Result<void> add_restatement(const app::Restatement& restatement, TextPage& page) {
    report::TextTable table;
    table.columns = {{"what", false},         {"currency", false, 95}, {"rows", true, 80},      {"billed", true, 100},
                     {"effective", true, 96}, {"list", true, 60},      {"contracted", true, 50}};
    for (const app::ChargeChange& change : restatement.changes) {
        const std::string value = change.value.empty() ? "(none)" : report::terminal_text(change.value);
        report::TextTable::Row row;
        row.cells = {{change.dimension.empty() ? std::string("everything")
                                               : report::terminal_text(change.dimension) + " " + value},
                     {change.currency},
                     {fmt::format("{:+}", change.rows_after - change.rows_before)}};
        for (std::size_t i = 0; i < lake::kCosts.size(); ++i) {
            FLORIN_TRY_ASSIGN(const money::Decimal moved, app::change_of(change, i));
            row.cells.push_back({amount_text(moved, change.currency)});
        }
        row.style = change.dimension.empty() ? Style::kBold : Style::kPlain;
        table.rows.push_back(std::move(row));
    }
    page.paragraph(report::terminal_text(heading(restatement)), 0, 2, Style::kBold);
    page.table(table);
    return {};
}

base::Result<int> restatements(Session& session, app::Workspace& workspace, const PeriodCommand& command) {
    std::optional<period::Day> month;
    if (!command.month.empty()) {
        FLORIN_TRY_ASSIGN(month, app::parse_month(workspace, command.month));
    }
    FLORIN_TRY_ASSIGN(const std::vector<app::Restatement> found,
                      app::find_restatements(workspace, month, Session::interruptible()));
    if (command.format == "json") {
        nlohmann::json json = nlohmann::json::array();
        for (const app::Restatement& restatement : found) {
            FLORIN_TRY_ASSIGN(nlohmann::json one, restatement_json(restatement));
            json.push_back(std::move(one));
        }
        session.terminal().out << json_text(json) << "\n";
        return 0;
    }
    if (found.empty()) {
        session.say("nothing has moved in what is closed");
        return 0;
    }
    TextPage page(session.terminal().width, session.terminal().has_colour);
    for (const app::Restatement& restatement : found) {
        if (&restatement != &found.front()) {
            page.blank();
        }
        FLORIN_TRY(add_restatement(restatement, page));
    }
    session.terminal().out << page.take();
    return 0;
}

} // namespace

base::Result<int> run_period(Session& session, const PeriodCommand& command) {
    FLORIN_TRY_ASSIGN(app::Workspace workspace, session.open_workspace());
    switch (command.action) {
    case PeriodCommand::Action::kList: return list(session, workspace, command);
    case PeriodCommand::Action::kClose: return close(session, workspace, command);
    case PeriodCommand::Action::kReopen: return reopen(session, workspace, command);
    case PeriodCommand::Action::kRestatements: return restatements(session, workspace, command);
    }
    return 0;
}

} // namespace florin::cli
