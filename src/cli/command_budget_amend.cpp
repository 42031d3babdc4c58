// A change of a budget, written into its file.
#include "cli/command_budget.hpp"

#include "app/amend_budget.hpp"

#include <fmt/format.h>

namespace florin::cli {
namespace {

base::Result<app::AmendRequest> request_of(const BudgetCommand& command, const app::Workspace& workspace) {
    if (command.amount.empty() && command.add.empty() && command.steps.empty()) {
        return base::user_error("usage", "an amendment has --amount, --add or --step")
            .with_remedy("see `florin budget amend --help`");
    }
    app::AmendRequest request{.budget = command.name,
                              .amount = command.amount,
                              .add = command.add,
                              .steps = command.steps,
                              .spread = command.spread,
                              .date = workspace.today(),
                              .reason = command.reason,
                              .by = command.by,
                              .approved_by = command.approved_by,
                              .dry_run = command.dry_run};
    if (!command.date.empty()) {
        FLORIN_TRY_ASSIGN(const period::ParsedInstant date, parse_time_option("--date", command.date));
        request.date = period::day_of(date.instant);
    }
    return request;
}

} // namespace

base::Result<int> amend_budget(Session& session, app::Workspace& workspace, const BudgetCommand& command) {
    FLORIN_TRY_ASSIGN(const app::AmendRequest request, request_of(command, workspace));
    FLORIN_TRY_ASSIGN(const app::AmendedBudget amended, app::amend_budget(workspace, request));
    session.terminal().out << amended.patch;
    if (request.dry_run) {
        session.say("nothing was written");
    } else {
        session.say(fmt::format("written: {}, version {}; commit it with git", amended.file, amended.version));
    }
    return 0;
}

} // namespace florin::cli
