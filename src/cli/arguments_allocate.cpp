#include "cli/arguments_allocate.hpp"

#include "cli/add_command.hpp"

#include <CLI/CLI.hpp>

namespace florin::cli {
namespace {

void add_restate(CLI::App* sub, AllocateCommand& target) {
    sub->add_option("--restate", target.restate, "Closed months that the change reaches into, as 2024-09 or 2024-Q3")
        ->type_name("PERIOD");
}

void add_decision(CLI::App* sub, AllocateCommand& target) {
    sub->add_option("--by", target.by, "Who decides it")->required()->type_name("NAME");
    sub->add_option("--reason", target.reason, "Why")->required();
    add_restate(sub, target);
}

} // namespace

void define_allocate(CLI::App& app, AllocateCommand& target) {
    using Action = AllocateCommand::Action;
    CLI::App* allocate =
        add_command(app, "allocate", "Rules that say whose cost it is: check, plan, apply, history, rollback, verify",
                    "  florin allocate plan\n  florin allocate apply --by \"controller\" --reason \"teams of 2025\"\n"
                    "  florin allocate verify\n  florin query --by team --period last-month");
    allocate->require_subcommand(1);
    const auto action = [&](const std::string& name, const std::string& what, const std::string& examples,
                            Action which) {
        CLI::App* sub = add_command(*allocate, name, what, examples);
        sub->callback([&target, which] { target.action = which; });
        return sub;
    };
    action("check", "Read the files in allocation/ alone, without any bill", "  florin allocate check", Action::kCheck);
    CLI::App* plan = action("plan",
                            "What the files in allocation/ would move against what is in force; exit code 1 where "
                            "money moves",
                            "  florin allocate plan\n  florin allocate plan --format markdown --out plan.md\n"
                            "  florin allocate plan --restate 2024-09",
                            Action::kPlan);
    add_restate(plan, target);
    plan->add_option("--basis", target.basis, "Which cost: billed, effective, list, contracted")
        ->check(CLI::IsMember({"billed", "effective", "list", "contracted"}))
        ->capture_default_str();
    add_format(*plan, target.format, {"table", "json", "markdown"});
    plan->add_option("--out", target.out, "Write to this file instead of the terminal")->type_name("FILE");
    CLI::App* apply = action("apply", "Put the files in allocation/ into force, with a certificate of what they give",
                             "  florin allocate apply --by \"controller\" --reason \"teams of 2025\"", Action::kApply);
    add_decision(apply, target);
    add_format(*apply, target.format, {"table", "json"});
    add_format(*action("history", "Who applied which rules when, and since when they are in force",
                       "  florin allocate history", Action::kHistory),
               target.format, {"table", "json"});
    CLI::App* rollback = action("rollback", "Put the rules of an earlier state into force again",
                                "  florin allocate rollback 3 --by \"controller\" --reason \"wrong split of support\"",
                                Action::kRollback);
    rollback->add_option("state", target.state, "The state's number in the history")
        ->required()
        ->check(whole_number(1));
    add_decision(rollback, target);
    add_format(*rollback, target.format, {"table", "json"});
    CLI::App* verify = action("verify", "Prove the certificates of what was applied, by other code than made them",
                              "  florin allocate verify\n  florin allocate verify 3", Action::kVerify);
    verify->add_option("state", target.state, "The state's number in the history; by default the latest")
        ->check(whole_number(1));
    add_format(*verify, target.format, {"table", "json"});
}

} // namespace florin::cli
