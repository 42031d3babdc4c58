// Budgets: how each stands, whether a threshold is reached, and one step by step.
#include "cli/command_budget.hpp"

#include "cli/delivery_json.hpp"
#include "cli/progress.hpp"

#include "app/budgets.hpp"
#include "base/csv_cell.hpp"
#include "report/figures.hpp"
#include "report/text.hpp"
#include "report/text_table.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>

namespace florin::cli {
namespace {

using app::BudgetLine;
using app::BudgetStatus;
using money::Decimal;
using Json = nlohmann::json;
using plan::Outlook;
using plan::State;
using report::Style;
using report::TextPage;

constexpr const char* kNothing = "–";

std::string amount_text(const std::optional<Decimal>& amount, const std::string& currency) {
    return amount ? money::display_amount(*amount, money::minor_units_of(currency)) : kNothing;
}

/// Whole units: cents say nothing about a year.
std::string round_text(const std::optional<Decimal>& amount) {
    return amount ? money::display_amount(*amount, 0) : kNothing;
}

std::string day_text(const std::optional<period::Day>& day) {
    return day ? period::to_string(*day) : kNothing;
}

/// A share of futures, which are too few to tell one in a thousand.
std::string chance_text(const std::optional<Decimal>& probability) {
    if (!probability) {
        return kNothing;
    }
    const Decimal one = Decimal::from_integer(1);
    const Decimal hundredth = Decimal::from_units(one.units() / 100);
    if (*probability < hundredth) {
        return "< 1 %";
    }
    if (*probability > Decimal::from_units(one.units() - hundredth.units())) {
        return "> 99 %";
    }
    const auto percent = probability->times_ratio(100, 1, money::Rounding::kHalfEven);
    return fmt::format("{} %", money::display_amount(percent.value(), 0));
}

Style style_of(State state) {
    switch (state) {
    case State::kLikelyOver:
    case State::kOver:
    case State::kExceeded: return Style::kWarning;
    case State::kAtRisk: return Style::kAccent;
    case State::kOnTrack:
    case State::kKept: return Style::kPlain;
    case State::kUnknown: return Style::kDim;
    }
    return Style::kPlain;
}

Json decimal_json(const std::optional<Decimal>& value) {
    return value ? Json(value->to_string()) : Json(nullptr);
}

Json date_json(const std::optional<period::Day>& day) {
    return day ? Json(period::to_string(*day)) : Json(nullptr);
}

/// The columns of CSV and the members of JSON.
std::vector<std::pair<const char*, Json>> members_of(const Outlook& outlook) {
    return {{"start", period::to_string(outlook.span.start)},
            {"end", period::to_string(outlook.span.end)},
            {"amount", outlook.amount.to_string()},
            {"spent", outlook.spent.to_string()},
            {"complete_until", period::to_string(outlook.known_until)},
            {"expected", decimal_json(outlook.expected)},
            {"low", decimal_json(outlook.low)},
            {"high", decimal_json(outlook.high)},
            {"probability", decimal_json(outlook.probability)},
            {"expected_overrun", decimal_json(outlook.expected_overrun)},
            {"left_per_day", decimal_json(outlook.left_per_day)},
            {"expected_per_day", decimal_json(outlook.expected_per_day)},
            {"breached_on", date_json(outlook.breached_on)},
            {"expected_breach", date_json(outlook.expected_breach)},
            {"state", std::string(plan::name(outlook.state))}};
}

Json outlook_json(const Outlook& outlook) {
    Json object = Json::object();
    for (const auto& [name, value] : members_of(outlook)) {
        object[name] = value;
    }
    return object;
}

Json line_json(const BudgetLine& line) {
    const plan::Budget& budget = line.budget;
    Json object = outlook_json(line.outlook);
    object.update({{"budget", budget.name},
                   {"owner", budget.owner.empty() ? Json(nullptr) : Json(budget.owner)},
                   {"parent", budget.parent.empty() ? Json(nullptr) : Json(budget.parent)},
                   {"where", budget.filter},
                   {"basis", query::name(budget.basis)},
                   {"currency", budget.currency},
                   {"version", line.allotment.version},
                   {"file", budget.file},
                   {"notes", line.notes},
                   {"steps", Json::array()},
                   {"reached", Json::array()}});
    for (const app::BudgetStep& step : line.steps) {
        Json one = outlook_json(step.outlook);
        one["step"] = step.label;
        object["steps"].push_back(std::move(one));
    }
    for (const app::ReachedThreshold& reached : line.reached) {
        object["reached"].push_back({{"threshold", plan::name(reached.threshold.of)},
                                     {"share", reached.threshold.share.to_string()},
                                     {"value", decimal_json(reached.value)},
                                     {"step", reached.step.empty() ? Json(nullptr) : Json(reached.step)}});
    }
    return object;
}

/// The line that more is below of than it has. Lines are there of all excesses.
const BudgetLine& line_of(const plan::Excess& excess, const BudgetStatus& status) {
    return *std::ranges::find_if(status.lines, [&](const BudgetLine& one) { return one.budget.name == excess.parent; });
}

std::string status_json(const BudgetStatus& status) {
    Json object = {{"seen_from", period::to_string(status.today)},
                   {"budgets", Json::array()},
                   {"excesses", Json::array()},
                   {"notes", status.notes}};
    for (const BudgetLine& line : status.lines) {
        object["budgets"].push_back(line_json(line));
    }
    for (const plan::Excess& excess : status.excesses) {
        object["excesses"].push_back(
            {{"budget", excess.parent},
             {"step", excess.step ? Json(line_of(excess, status).steps[*excess.step].label) : Json(nullptr)},
             {"amount", excess.amount.to_string()},
             {"below", excess.children.to_string()}});
    }
    return json_text(object) + "\n";
}

std::string csv_of(const std::vector<std::pair<std::string, const Outlook*>>& rows, const std::string& first,
                   const std::vector<std::string>& currencies) {
    std::string text;
    for (std::size_t i = 0; i < rows.size(); ++i) {
        const auto members = members_of(*rows[i].second);
        if (i == 0) {
            text = first + ",currency";
            for (const auto& [name, value] : members) {
                text += fmt::format(",{}", name);
            }
            text += "\n";
        }
        text += base::csv_cell(rows[i].first) + "," + currencies[i];
        for (const auto& [name, value] : members) {
            text += "," + (value.is_null() ? std::string() : base::csv_cell(value.get<std::string>()));
        }
        text += "\n";
    }
    return text;
}

std::string status_csv(const BudgetStatus& status) {
    std::vector<std::pair<std::string, const Outlook*>> rows;
    std::vector<std::string> currencies;
    for (const BudgetLine& line : status.lines) {
        rows.emplace_back(line.budget.name, &line.outlook);
        currencies.push_back(line.budget.currency);
    }
    return csv_of(rows, "budget", currencies);
}

/// What a manager would say of a budget that needs a decision; empty of others.
std::string sentence_of(const BudgetLine& line) {
    const Outlook& outlook = line.outlook;
    const std::string name = report::terminal_text(line.budget.name);
    const std::string& currency = line.budget.currency;
    switch (outlook.state) {
    case State::kOver:
        return fmt::format("{} is over since {}: {} {} spent of {}, and {} expected at the end.", name,
                           day_text(outlook.breached_on), round_text(outlook.spent), currency,
                           round_text(outlook.amount), round_text(outlook.expected));
    case State::kExceeded:
        return fmt::format("{} was exceeded on {}: {} {} spent of {}.", name, day_text(outlook.breached_on),
                           round_text(outlook.spent), currency, round_text(outlook.amount));
    case State::kLikelyOver: {
        const std::string when =
            outlook.expected_breach ? fmt::format(", about {}", period::to_string(*outlook.expected_breach)) : "";
        return fmt::format("{} will likely be exceeded{}: chance {}, on average by {} {}. Staying within it leaves {} "
                           "a day; {} are expected.",
                           name, when, chance_text(outlook.probability), round_text(outlook.expected_overrun), currency,
                           round_text(outlook.left_per_day), round_text(outlook.expected_per_day));
    }
    case State::kAtRisk:
        return fmt::format("{} is at risk: chance {} of being exceeded, on average by {} {}.", name,
                           chance_text(outlook.probability), round_text(outlook.expected_overrun), currency);
    case State::kOnTrack:
    case State::kKept:
    case State::kUnknown: return "";
    }
    return "";
}

std::string excess_text(const plan::Excess& excess, const BudgetStatus& status) {
    const BudgetLine& line = line_of(excess, status);
    const std::string& currency = line.budget.currency;
    const std::string step = excess.step ? fmt::format(" in {}", line.steps[*excess.step].label) : "";
    return fmt::format("The budgets below {} come to {} {}{}; it has {}.", report::terminal_text(excess.parent),
                       amount_text(excess.children, currency), currency, step, amount_text(excess.amount, currency));
}

std::string status_table(const BudgetStatus& status, int width, bool has_colour) {
    TextPage page(width, has_colour);
    page.line(fmt::format("Budgets as of {}", period::to_string(status.today)), Style::kBold);
    report::TextTable table;
    table.columns = {
        {"budget", false, 1000},  {"period", false, 40},    {"", false, 96},           {"amount", true, 98},
        {"spent", true, 92},      {"expected", true, 95},   {"chance over", true, 97}, {"expected overrun", true, 70},
        {"left a day", true, 60}, {"over about", true, 80}, {"state", false, 99}};
    for (const BudgetLine& line : status.lines) {
        const Outlook& outlook = line.outlook;
        const std::optional<period::Day> when = outlook.breached_on ? outlook.breached_on : outlook.expected_breach;
        table.rows.push_back({{{std::string(2 * line.level, ' ') + report::terminal_text(line.budget.name)},
                               {report::terminal_text(line.budget.period_text)},
                               {line.budget.currency},
                               {round_text(outlook.amount)},
                               {round_text(outlook.spent)},
                               {round_text(outlook.expected)},
                               {chance_text(outlook.probability)},
                               {round_text(outlook.expected_overrun)},
                               {round_text(outlook.left_per_day)},
                               {day_text(when)},
                               {std::string(plan::sentence(outlook.state))}},
                              style_of(outlook.state)});
    }
    page.table(table);
    bool has_blank = false;
    const auto say = [&](const std::string& text, Style style) {
        if (text.empty()) {
            return;
        }
        if (!std::exchange(has_blank, true)) {
            page.blank();
        }
        page.paragraph(text, 0, 2, style);
    };
    for (const BudgetLine& line : status.lines) {
        say(sentence_of(line), style_of(line.outlook.state));
    }
    for (const plan::Excess& excess : status.excesses) {
        say(excess_text(excess, status), Style::kWarning);
    }
    for (const BudgetLine& line : status.lines) {
        for (const std::string& note : line.notes) {
            say(report::terminal_text(fmt::format("{}: {}", line.budget.name, note)), Style::kDim);
        }
    }
    for (const std::string& note : status.notes) {
        say(report::terminal_text(note), Style::kDim);
    }
    return page.take();
}

std::string threshold_text(const app::ReachedThreshold& reached) {
    const auto percent = [](Decimal share) { return report::percent_text(share); };
    const std::string what = reached.threshold.of == plan::Threshold::Of::kActual     ? "spent"
                             : reached.threshold.of == plan::Threshold::Of::kForecast ? "expected at the end"
                                                                                      : "chance to be exceeded";
    return fmt::format("{}{}{}, threshold {}", what, reached.step.empty() ? "" : fmt::format(" in {}", reached.step),
                       !reached.value                                              ? " of a budget of 0"
                       : reached.threshold.of == plan::Threshold::Of::kProbability ? ": " + chance_text(reached.value)
                                                                                   : ": " + percent(*reached.value),
                       percent(reached.threshold.share));
}

std::string check_text(const BudgetStatus& status) {
    std::string text;
    for (const BudgetLine& line : status.lines) {
        for (const app::ReachedThreshold& reached : line.reached) {
            text += fmt::format("{}: {}\n", report::terminal_text(line.budget.name), threshold_text(reached));
        }
    }
    for (const plan::Excess& excess : status.excesses) {
        text += excess_text(excess, status) + "\n";
    }
    if (text.empty()) {
        text = fmt::format("{}: no threshold is reached\n",
                           status.lines.size() == 1 ? "1 budget" : fmt::format("{} budgets", status.lines.size()));
    }
    return text;
}

std::string versions_text(const plan::Budget& budget, std::size_t counting, TextPage& page) {
    const auto approved = [](const std::vector<plan::Approval>& approvals) {
        std::string names;
        for (const plan::Approval& approval : approvals) {
            names += fmt::format("{}{} on {}", names.empty() ? "; approved by " : ", ",
                                 report::terminal_text(approval.by), period::to_string(approval.on));
        }
        return names.empty() ? std::string("; not approved") : names;
    };
    const auto mark = [&](std::size_t version) { return version == counting ? " (counts)" : ""; };
    page.blank();
    page.line("Versions", Style::kBold);
    page.paragraph(fmt::format("1{}: {} {}{}", mark(1), amount_text(budget.amount, budget.currency), budget.currency,
                               approved(budget.approvals)),
                   2, 4);
    for (std::size_t i = 0; i < budget.amendments.size(); ++i) {
        const plan::Amendment& one = budget.amendments[i];
        std::string change;
        switch (one.kind) {
        case plan::Amendment::Kind::kTotal: change = amount_text(one.amount, budget.currency) + " in all"; break;
        case plan::Amendment::Kind::kAdd: change = amount_text(one.amount, budget.currency) + " added"; break;
        case plan::Amendment::Kind::kSteps: change = fmt::format("{} of its steps", one.steps.size()); break;
        }
        page.paragraph(fmt::format("{}{}, from {}: {}, by {}: {}{}", i + 2, mark(i + 2), period::to_string(one.date),
                                   change, report::terminal_text(one.by), report::terminal_text(one.reason),
                                   approved(one.approvals)),
                       2, 4);
    }
    return page.take();
}

std::string show_table(const BudgetLine& line, int width, bool has_colour) {
    const plan::Budget& budget = line.budget;
    TextPage page(width, has_colour);
    page.line(fmt::format("{}: {} cost of {} in {}", report::terminal_text(budget.name), query::name(budget.basis),
                          report::terminal_text(budget.period_text), budget.currency),
              Style::kBold);
    if (!budget.description.empty()) {
        page.paragraph(report::terminal_text(budget.description), 0, 0);
    }
    report::TextTable table;
    table.columns = {{"step", false, 1000},         {"planned", true, 98},      {"spent", true, 97},
                     {"expected", true, 96},        {"8 of 10 from", true, 60}, {"to", true, 60},
                     {"over (-: under)", true, 90}, {"chance over", true, 80},  {"state", false, 95}};
    const auto add = [&](const std::string& label, const Outlook& outlook, Style style) {
        const auto over =
            outlook.expected ? outlook.expected->minus(outlook.amount) : outlook.amount.minus(outlook.amount);
        table.rows.push_back({{{label},
                               {amount_text(outlook.amount, budget.currency)},
                               {amount_text(outlook.spent, budget.currency)},
                               {amount_text(outlook.expected, budget.currency)},
                               {amount_text(outlook.low, budget.currency)},
                               {amount_text(outlook.high, budget.currency)},
                               {outlook.expected && over.ok() ? amount_text(*over, budget.currency) : kNothing},
                               {chance_text(outlook.probability)},
                               {std::string(plan::sentence(outlook.state))}},
                              style});
    };
    for (const app::BudgetStep& step : line.steps) {
        add(step.label, step.outlook, style_of(step.outlook.state));
    }
    add("whole", line.outlook, Style::kBold);
    page.table(table);
    for (const std::string& note : line.notes) {
        page.paragraph(report::terminal_text(note), 0, 2, Style::kDim);
    }
    if (budget.rolls_up) {
        page.paragraph("It rolls up: its amount is the sum of the budgets below it.", 0, 2, Style::kDim);
        return page.take();
    }
    return versions_text(budget, line.allotment.version, page);
}

std::string show_csv(const BudgetLine& line) {
    std::vector<std::pair<std::string, const Outlook*>> rows;
    for (const app::BudgetStep& step : line.steps) {
        rows.emplace_back(step.label, &step.outlook);
    }
    return csv_of(rows, "step", std::vector<std::string>(rows.size(), line.budget.currency));
}

} // namespace

base::Result<int> run_budget(Session& session, const BudgetCommand& command) {
    using Action = BudgetCommand::Action;
    FLORIN_TRY_ASSIGN(app::Workspace workspace, session.open_workspace());
    if (command.action == Action::kAmend) {
        return amend_budget(session, workspace, command);
    }
    FLORIN_TRY(check_folder_of("--out", command.out));
    app::BudgetRequest request;
    const bool is_show = command.action == Action::kShow;
    request.names = is_show ? std::vector{command.name} : command.names;
    request.only_named = is_show;
    FLORIN_TRY_ASSIGN(request.as_of, parse_as_of(command.as_of));
    request.running = Session::interruptible();
    FLORIN_TRY_ASSIGN(const BudgetStatus status, app::budget_status(workspace, request));
    const BudgetLine& first = status.lines.front();
    const int width = session.terminal().width;
    const bool has_colour = session.terminal().has_colour && command.out.empty();
    std::string text;
    if (command.format == "json") {
        text = is_show ? json_text(line_json(first)) + "\n" : status_json(status);
    } else if (command.format == "csv") {
        text = is_show ? show_csv(first) : status_csv(status);
    } else if (command.action == Action::kCheck) {
        text = check_text(status);
    } else {
        text = is_show ? show_table(first, width, has_colour) : status_table(status, width, has_colour);
    }
    FLORIN_TRY(session.put(text, command.out));
    const bool is_reached = !status.excesses.empty() || std::ranges::any_of(status.lines, [](const BudgetLine& one) {
        return !one.reached.empty();
    });
    return command.action == Action::kCheck && is_reached ? 1 : 0;
}

} // namespace florin::cli
