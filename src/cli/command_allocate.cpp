#include "cli/allocation_plan.hpp"
#include "cli/delivery_json.hpp"
#include "cli/session.hpp"

#include "app/allocation_rules.hpp"
#include "app/applied_rules.hpp"
#include "app/plan_allocation.hpp"
#include "report/text.hpp"
#include "report/text_table.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

namespace florin::cli {
namespace {

using nlohmann::json;
using report::Style;
using report::TextPage;

base::Result<std::vector<period::Period>> restated_periods(const app::Workspace& workspace,
                                                           const AllocateCommand& command) {
    std::vector<period::Period> periods;
    for (const std::string& text : command.restate) {
        FLORIN_TRY_ASSIGN(const period::Period period,
                          period::parse_period(text, workspace.today(), workspace.configuration().fiscal_calendar));
        periods.push_back(period);
    }
    return periods;
}

allocate::Basis basis_named(const std::string& text) {
    for (const allocate::Basis basis :
         {allocate::Basis::kBilled, allocate::Basis::kList, allocate::Basis::kContracted}) {
        if (allocate::name(basis) == text) {
            return basis;
        }
    }
    return allocate::Basis::kEffective;
}

std::string count_of(std::size_t count, std::string_view one, std::string_view many) {
    return fmt::format("{} {}", count, count == 1 ? one : many);
}

base::Result<int> check_files(Session& session) {
    FLORIN_TRY_ASSIGN(const base::Path folder, session.workspace_folder());
    FLORIN_TRY_ASSIGN(const std::vector<allocate::RuleText> texts, app::read_rule_texts(folder));
    FLORIN_TRY_ASSIGN(const allocate::RuleSet set, allocate::read_rule_set(texts));
    for (const auto& dimension : set.dimensions) {
        const auto shared = set.find_shared_cost(dimension->name);
        session.terminal().out << fmt::format("{}: {}, {}\n", report::terminal_text(dimension->name),
                                              count_of(dimension->rules.size(), "rule", "rules"),
                                              count_of(shared ? shared->pools.size() : 0, "pool", "pools"));
    }
    session.say(fmt::format("{} read without an error", count_of(texts.size(), "file", "files")));
    return 0;
}

base::Result<int> show_plan(Session& session, app::Workspace& workspace, const AllocateCommand& command) {
    FLORIN_TRY(check_folder_of("--out", command.out));
    FLORIN_TRY_ASSIGN(const std::vector<period::Period> restate, restated_periods(workspace, command));
    FLORIN_TRY_ASSIGN(const app::RulesChange change, app::change_to_files(workspace, restate));
    FLORIN_TRY_ASSIGN(const app::AllocationPlan plan,
                      app::plan_allocation(workspace, change, basis_named(command.basis)));
    const Terminal& terminal = session.terminal();
    const std::string text = command.format == "json" ? json_text(plan_json(plan)) + "\n"
                             : command.format == "markdown"
                                 ? plan_markdown(plan)
                                 : plan_table(plan, terminal.width, terminal.has_colour && command.out.empty());
    FLORIN_TRY(session.put(text, command.out));
    return plan.moves() ? 1 : 0;
}

json certificates_json(const std::vector<app::CertificateSummary>& certificates) {
    json out = json::array();
    for (const app::CertificateSummary& one : certificates) {
        out.push_back({{"dimension", one.dimension},
                       {"file", "lake/" + one.path},
                       {"sha256", one.sha256},
                       {"months", one.months},
                       {"provisional_months", one.provisional_months},
                       {"cells", one.cells},
                       {"days", one.days}});
    }
    return out;
}

json state_json(const lake::AllocationState& state) {
    json timeline = json::array();
    for (const auto& [from, hash] : state.timeline) {
        timeline.push_back({{"from", from == allocate::kAlways.start ? json() : json(period::to_string(from))},
                            {"rules_sha256", hash}});
    }
    json restated = json::array();
    for (const period::Day month : state.restated) {
        restated.push_back(lake::month_name(month));
    }
    json certificates = json::array();
    for (const lake::AppliedCertificate& one : state.certificates) {
        certificates.push_back({{"dimension", one.dimension}, {"file", "lake/" + one.path}, {"sha256", one.sha256}});
    }
    return {{"state", state.id},
            {"restored", state.restored ? json(*state.restored) : json()},
            {"applied_at", period::to_string(state.applied_at)},
            {"applied_by", state.applied_by},
            {"reason", state.reason},
            {"from", state.from == allocate::kAlways.start ? json() : json(period::to_string(state.from))},
            {"restated", std::move(restated)},
            {"in_force", std::move(timeline)},
            {"parts", state.parts.size()},
            {"certificates", std::move(certificates)}};
}

std::string certificate_line(const app::CertificateSummary& one) {
    const std::string provisional =
        one.provisional_months == 0 ? "" : fmt::format(", {} of them provisional", one.provisional_months);
    return fmt::format("{}: {}{}, {}, {}: lake/{}", report::terminal_text(one.dimension),
                       count_of(one.months, "month", "months"), provisional,
                       count_of(one.cells, "daily sum", "daily sums"),
                       count_of(one.days, "day's total", "days' totals"), one.path);
}

base::Result<int> apply_change(Session& session, app::Workspace& workspace, const AllocateCommand& command,
                               app::RulesChange change) {
    if (!change.changes_something) {
        session.say("nothing to apply: these rules are in force");
        return 0;
    }
    FLORIN_TRY_ASSIGN(const app::AppliedRules applied,
                      app::apply_rules(workspace, std::move(change), command.by, command.reason));
    if (command.format == "json") {
        json out = state_json(applied.state);
        out["certificates"] = certificates_json(applied.certificates);
        session.terminal().out << json_text(out) << "\n";
        return 0;
    }
    const lake::AllocationState& state = applied.state;
    session.terminal().out << fmt::format("State {}: {} {}, by {}\n", state.id,
                                          state.restored ? fmt::format("the rules of state {}", *state.restored)
                                                         : std::string("the files in allocation/"),
                                          since_text(state.from), report::terminal_text(state.applied_by));
    for (const app::CertificateSummary& one : applied.certificates) {
        session.terminal().out << "  " << certificate_line(one) << "\n";
    }
    return 0;
}

base::Result<int> apply_files(Session& session, app::Workspace& workspace, const AllocateCommand& command) {
    FLORIN_TRY_ASSIGN(const std::vector<period::Period> restate, restated_periods(workspace, command));
    FLORIN_TRY_ASSIGN(app::RulesChange change, app::change_to_files(workspace, restate));
    return apply_change(session, workspace, command, std::move(change));
}

base::Result<int> roll_back(Session& session, app::Workspace& workspace, const AllocateCommand& command) {
    FLORIN_TRY_ASSIGN(const std::vector<period::Period> restate, restated_periods(workspace, command));
    FLORIN_TRY_ASSIGN(app::RulesChange change, app::change_to_state(workspace, command.state, restate));
    return apply_change(session, workspace, command, std::move(change));
}

base::Result<int> show_history(Session& session, app::Workspace& workspace, const AllocateCommand& command) {
    FLORIN_TRY_ASSIGN(const std::vector<lake::AllocationState> states, workspace.lake().catalog().allocation_states());
    if (command.format == "json") {
        json out = json::array();
        for (const lake::AllocationState& state : states) {
            out.push_back(state_json(state));
        }
        session.terminal().out << json_text(out) << "\n";
        return 0;
    }
    if (states.empty()) {
        session.say("no rules were applied yet: `florin allocate plan` shows what the files would move");
        return 0;
    }
    report::TextTable table;
    table.columns = {{"state", true},     {"applied", false}, {"by", false},
                     {"in force", false}, {"rules", false},   {"reason", false}};
    table.keeps_all = true;
    for (const lake::AllocationState& state : states) {
        std::string what =
            state.restored ? fmt::format("of state {}", *state.restored) : state.timeline.back().second.substr(0, 12);
        std::string restated;
        for (const period::Day month : state.restated) {
            restated += (restated.empty() ? ", restates " : " ") + lake::month_name(month);
        }
        table.rows.push_back({{{std::to_string(state.id)},
                               {minute_text(state.applied_at)},
                               {report::terminal_text(state.applied_by)},
                               {since_text(state.from) + restated},
                               {std::move(what)},
                               {report::terminal_text(state.reason)}}});
    }
    TextPage page(session.terminal().width, session.terminal().has_colour);
    page.table(table);
    session.terminal().out << page.take();
    return 0;
}

base::Result<int> verify(Session& session, app::Workspace& workspace, const AllocateCommand& command) {
    FLORIN_TRY_ASSIGN(const app::VerifiedState verified,
                      app::verify_rules(workspace, command.state == 0 ? std::nullopt : std::optional(command.state)));
    std::vector<std::string> moved;
    for (const period::Day month : verified.moved_months) {
        moved.push_back(lake::month_name(month));
    }
    if (command.format == "json") {
        session.terminal().out << json_text({{"state", verified.state.id},
                                             {"verified", true},
                                             {"certificates", certificates_json(verified.certificates)},
                                             {"months_with_other_bills", moved}})
                               << "\n";
        return 0;
    }
    session.terminal().out << fmt::format("State {} is verified: what came in came out, to the last digit\n",
                                          verified.state.id);
    for (const app::CertificateSummary& one : verified.certificates) {
        session.terminal().out << "  " << certificate_line(one) << "\n";
    }
    if (!moved.empty()) {
        session.say(fmt::format("other bills count in {} by now; the certificate is of those that counted then",
                                fmt::join(moved, ", ")));
    }
    return 0;
}

} // namespace

base::Result<int> run_allocate(Session& session, const AllocateCommand& command) {
    if (command.action == AllocateCommand::Action::kCheck) {
        return check_files(session);
    }
    FLORIN_TRY_ASSIGN(app::Workspace workspace, session.open_workspace());
    switch (command.action) {
    case AllocateCommand::Action::kCheck: break;
    case AllocateCommand::Action::kPlan: return show_plan(session, workspace, command);
    case AllocateCommand::Action::kApply: return apply_files(session, workspace, command);
    case AllocateCommand::Action::kHistory: return show_history(session, workspace, command);
    case AllocateCommand::Action::kRollback: return roll_back(session, workspace, command);
    case AllocateCommand::Action::kVerify: return verify(session, workspace, command);
    }
    return 0;
}

} // namespace florin::cli
