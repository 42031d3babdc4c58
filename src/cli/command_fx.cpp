// Commands about exchange rates: what the workspace has, and which one counts on a day.
#include "cli/progress.hpp"
#include "cli/session.hpp"

#include "app/fx_tables.hpp"
#include "query/question.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace florin::cli {
namespace {

std::string days_text(int count) {
    return count == 1 ? "1 day" : fmt::format("{} days", count);
}

/// `fx/a.csv, fx/b.csv`, those that the entries come from.
std::string files_of(const fx::Table& table, const std::vector<fx::Entry>& entries) {
    std::set<std::string> names;
    for (const fx::Entry& entry : entries) {
        names.insert(table.files()[entry.file].name);
    }
    return fmt::format("{}", fmt::join(names, ", "));
}

void print_pairs(Session& session, const fx::Table& table) {
    constexpr const char* kRow = "{:<8}  {:<6}  {:<10}  {:<10}  {:>8}  {}\n";
    std::ostream& out = session.terminal().out;
    out << fmt::format(kRow, "pair", "type", "first", "last", "rates", "files");
    for (const auto& [series, type] : {std::pair(&table.published(), "spot"), {&table.budget(), "budget"}}) {
        for (const auto& [pair, entries] : *series) {
            out << fmt::format(kRow, pair.from.code() + "/" + pair.to.code(), type,
                               period::to_string(entries.front().first), period::to_string(entries.back().last),
                               count_text(entries.size()), files_of(table, entries));
        }
    }
}

base::Result<int> list(Session& session) {
    FLORIN_TRY_ASSIGN(const app::Workspace workspace, session.open_workspace());
    FLORIN_TRY_ASSIGN(const fx::Table table, app::read_fx_tables(workspace.folder()));
    if (table.files().empty()) {
        session.say("there are no exchange rates: put `date,from,to,rate` or the ECB's eurofxref-hist.csv into fx/");
        return 0;
    }
    print_pairs(session, table);
    for (const fx::File& file : table.files()) {
        if (!file.left_out.empty()) {
            session.say(fmt::format("left out of {}: {}, gone before 2010", file.name, fmt::join(file.left_out, ", ")));
        }
    }
    return 0;
}

/// `EUR/USD 1.25 of 2024-09-06 (fx/ecb.csv, row 3), inverted`
std::string leg_text(const fx::Table& table, const fx::Leg& leg, fx::RateType type) {
    const std::string pair = leg.pair.from.code() + "/" + leg.pair.to.code();
    const std::string place = fmt::format("{}, row {}", table.files()[leg.last.file].name, leg.last.row);
    const char* inverted = leg.inverted ? ", inverted" : "";
    switch (type) {
    case fx::RateType::kTransactionDay: break;
    case fx::RateType::kMonthAverage:
        return fmt::format("{}: the mean of {} published, the last of {} ({}){}", pair, count_text(leg.count),
                           period::to_string(leg.last.last), place, inverted);
    case fx::RateType::kBudget:
        return fmt::format("{} {} from {} to {} ({}){}", pair, leg.last.rate.to_string(),
                           period::to_string(leg.last.first), period::to_string(leg.last.last), place, inverted);
    }
    return fmt::format("{} {} of {} ({}){}", pair, leg.last.rate.to_string(), period::to_string(leg.last.last), place,
                       inverted);
}

base::Result<int> show_rate(Session& session, const FxCommand& command) {
    FLORIN_TRY_ASSIGN(const app::Workspace workspace, session.open_workspace());
    FLORIN_TRY_ASSIGN(const money::Currency from, query::parse_currency(command.from));
    FLORIN_TRY_ASSIGN(const money::Currency to, query::parse_currency(command.to));
    FLORIN_TRY_ASSIGN(const period::ParsedInstant on, parse_time_option("--on", command.on));
    fx::RateType type = workspace.configuration().rate_type;
    if (!command.rate_type.empty()) {
        FLORIN_TRY_ASSIGN(type, fx::parse_rate_type(command.rate_type));
    }
    const period::Day day = period::day_of(on.instant);
    FLORIN_TRY_ASSIGN(const fx::Table table, app::read_fx_tables(workspace.folder()));
    FLORIN_TRY_ASSIGN(const fx::FoundRate found, table.rate(from, to, day, type, workspace.today()));
    std::ostream& out = session.terminal().out;
    out << fmt::format("1 {} = {} {}, {} for {}\n", from.code(), found.rate.value().to_string(), to.code(),
                       fx::name(type), period::to_string(day));
    for (const fx::Leg& leg : found.legs) {
        out << "  " << leg_text(table, leg, type) << "\n";
    }
    if (found.legs.size() > 1) {
        out << "  crossed over EUR\n";
    }
    if (type == fx::RateType::kTransactionDay && !found.legs.empty()) {
        out << fmt::format("  {} old; at most {} days count\n", days_text(found.age_days), fx::kAgeDaysMax);
    }
    if (found.provisional) {
        out << "  provisional: the month is not over, or not published to its end\n";
    }
    return 0;
}

} // namespace

base::Result<int> run_fx(Session& session, const FxCommand& command) {
    return command.action == FxCommand::Action::kList ? list(session) : show_rate(session, command);
}

} // namespace florin::cli
