#include "cli/arguments_lake.hpp"

#include "cli/add_command.hpp"

#include <CLI/CLI.hpp>

namespace florin::cli {

void define_init(CLI::App& app, InitCommand& target) {
    CLI::App* init = add_command(app, "init", "Make a workspace: a folder with florin.yaml and the lake",
                                 "  florin init my-company\n  florin init . --name \"Example Corp\"");
    init->add_option("folder", target.folder, "The folder, made if need be")->type_name("DIR")->capture_default_str();
    init->add_option("--name", target.name, "The company, as reports call it; by default the folder's name");
}

void define_deliveries(CLI::App& app, DeliveriesCommand& target) {
    using Action = DeliveriesCommand::Action;
    CLI::App* deliveries =
        add_command(app, "deliveries", "What was received: list, late, show, diff, release, withdraw, restore, prune",
                    "  florin deliveries\n  florin deliveries show 3\n  florin deliveries diff 3 7\n"
                    "  florin deliveries release 7\n  florin deliveries withdraw 7 --reason \"wrong export\"");
    deliveries->require_subcommand(0, 1);
    const auto action = [&](const std::string& name, const std::string& what, const std::string& examples,
                            Action which) {
        CLI::App* sub = add_command(*deliveries, name, what, examples);
        sub->callback([&target, which] { target.action = which; });
        return sub;
    };
    const auto format = [&target](CLI::App* sub) { add_format(*sub, target.format, {"table", "json"}); };
    const auto id = [&target](CLI::App* sub) {
        sub->add_option("id", target.id, "The delivery's number")->required()->check(whole_number(1));
    };
    format(deliveries);
    format(action("list", "All deliveries and what counts of them", "  florin deliveries list --format json",
                  Action::kList));
    format(action("late", "How often each feed delivers, and which is late by that", "  florin deliveries late",
                  Action::kLate));
    CLI::App* show = action("show", "One delivery: files, scopes, sums, findings, reconciliation",
                            "  florin deliveries show 3", Action::kShow);
    id(show);
    format(show);
    CLI::App* diff = action("diff", "Rows and money that differ between two deliveries, by dimension",
                            "  florin deliveries diff 3 7", Action::kDiff);
    id(diff);
    diff->add_option("other", target.other, "The delivery it is compared with")->required()->check(whole_number(1));
    format(diff);
    CLI::App* release = action("release", "Let a pending delivery, or one scope of it, count",
                               "  florin deliveries release 7", Action::kRelease);
    id(release);
    release->add_option("--scope", target.scope, "Only this scope, as `deliveries show` names it");
    CLI::App* withdraw = action("withdraw", "Let a delivery count no longer; its files are kept",
                                "  florin deliveries withdraw 7 --reason \"wrong export\"", Action::kWithdraw);
    id(withdraw);
    withdraw->add_option("--reason", target.reason, "Why")->required();
    CLI::App* restore =
        action("restore", "Let a withdrawn delivery count again", "  florin deliveries restore 7", Action::kRestore);
    id(restore);
    CLI::App* prune = action("prune", "Remove the files of deliveries that have not counted for long",
                             "  florin deliveries prune --dry-run", Action::kPrune);
    prune->add_flag("--dry-run", target.dry_run, "Only say what would be removed");
}

void define_period(CLI::App& app, PeriodCommand& target) {
    using Action = PeriodCommand::Action;
    CLI::App* period = add_command(app, "period", "Months of bills: close and reopen them, and what moved since",
                                   "  florin period list\n"
                                   "  florin period close 2024-09 --by \"controller\" --reason \"books of September\"\n"
                                   "  florin period restatements 2024-09");
    period->require_subcommand(1);
    const auto action = [&](const std::string& name, const std::string& what, const std::string& examples,
                            Action which) {
        CLI::App* sub = add_command(*period, name, what, examples);
        sub->callback([&target, which] { target.action = which; });
        return sub;
    };
    const auto format = [&target](CLI::App* sub) { add_format(*sub, target.format, {"table", "json"}); };
    const auto named = [&target](CLI::App* sub) {
        sub->add_option("month", target.month, "The month, as 2024-09 or last-month")->required();
        sub->add_option("--by", target.by, "Who decides it")->required()->type_name("NAME");
        sub->add_option("--reason", target.reason, "Why")->required();
    };
    format(action("list", "Every month: what providers say, the company's close, totals then and now",
                  "  florin period list --format json", Action::kList));
    named(action("close", "Close a month for the company with what counts now; later changes of it wait",
                 "  florin period close 2024-09 --by \"controller\" --reason \"books of September\"", Action::kClose));
    named(action("reopen", "Open a closed month again",
                 "  florin period reopen 2024-09 --by \"controller\" --reason \"a bill was missing\"",
                 Action::kReopen));
    CLI::App* restatements = action(
        "restatements", "What moved in closed months since, by account, service, category and team",
        "  florin period restatements\n  florin period restatements 2024-09 --format json", Action::kRestatements);
    restatements->add_option("month", target.month, "Only this month");
    format(restatements);
}

void define_doctor(CLI::App& app, DoctorCommand& target) {
    CLI::App* doctor = add_command(app, "doctor", "Check the lake: catalog, files, sums, what a crash left behind",
                                   "  florin doctor\n  florin doctor --repair");
    doctor->add_flag("--repair", target.repair, "Remove what belongs to nothing");
}

void define_compact(CLI::App& app, CompactCommand&) {
    add_command(app, "compact", "Put the daily sums of many small scopes in a few files, so that questions are faster",
                "  florin compact");
}

} // namespace florin::cli
