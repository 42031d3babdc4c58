#include "cli/arguments_budget.hpp"

#include "cli/add_command.hpp"

#include <CLI/CLI.hpp>

namespace florin::cli {
namespace {

void add_output(CLI::App& command, std::string& format, std::string& out) {
    add_format(command, format, {"table", "csv", "json"});
    command.add_option("--out", out, "Write to this file instead of the terminal")->type_name("FILE");
}

void add_as_of(CLI::App& command, std::string& as_of) {
    command.add_option("--as-of", as_of, "Only what was received by then, as in 2026-10-03")->type_name("TIME");
}

CLI::App& add_action(CLI::App& budget, const std::string& name, const std::string& what, const std::string& examples,
                     BudgetCommand& target, BudgetCommand::Action action) {
    CLI::App& command = *add_command(budget, name, what, examples);
    command.callback([&target, action] { target.action = action; });
    return command;
}

void define_amend(CLI::App& amend, BudgetCommand& target) {
    amend.add_option("name", target.name, "The budget")->required();
    CLI::Option* amount = amend.add_option("--amount", target.amount, "The new whole, as in 1300000 or 1,300,000");
    CLI::Option* add = amend.add_option("--add", target.add, "What is added to the whole; negative to take from it");
    CLI::Option* step = amend.add_option("--step", target.steps, "A new amount for a step: 2026-09=120000; repeatable")
                            ->type_name("STEP=AMOUNT");
    amount->excludes(add)->excludes(step);
    add->excludes(step);
    amend
        .add_option("--spread", target.spread,
                    "How what is left is spread over the steps to come: even, days or last-year; by default as it was")
        ->check(CLI::IsMember({"even", "days", "last-year"}))
        ->excludes(step);
    amend.add_option("--date", target.date, "The day from which it counts; by default today")->type_name("DATE");
    amend.add_option("--reason", target.reason, "Why")->required()->type_name("TEXT");
    amend.add_option("--by", target.by, "Who amends it")->required()->type_name("NAME");
    amend.add_option("--approved-by", target.approved_by, "Who agreed, today")->type_name("NAME");
    amend.add_flag("--dry-run", target.dry_run, "Only print the patch");
}

} // namespace

void define_budget(CLI::App& app, BudgetCommand& target) {
    using Action = BudgetCommand::Action;
    CLI::App& budget =
        *add_command(app, "budget", "What was planned: status, check, show, amend",
                     "  florin budget status\n"
                     "  florin budget check --format json\n"
                     "  florin budget amend storefront-2026 --add 50000 --reason \"two more regions\" --by Finance");
    budget.require_subcommand(1);
    CLI::App& status = add_action(budget, "status", "How each budget stands, and how likely it will be exceeded",
                                  "  florin budget status\n"
                                  "  florin budget status cloud --as-of 2026-10-03 --format csv",
                                  target, Action::kStatus);
    CLI::App& check =
        add_action(budget, "check", "Whether a threshold is reached: exit code 1 where one is, for pipelines",
                   "  florin budget check || notify-send \"a budget needs a decision\"\n"
                   "  florin budget check ai-2026",
                   target, Action::kCheck);
    for (CLI::App* command : {&status, &check}) {
        command->add_option("names", target.names, "Budgets, and those below them; all unless some are named");
        add_as_of(*command, target.as_of);
        add_output(*command, target.format, target.out);
    }
    CLI::App& show = add_action(budget, "show", "One budget step by step: planned, spent, expected; its versions",
                                "  florin budget show storefront-2026", target, Action::kShow);
    show.add_option("name", target.name, "The budget")->required();
    add_as_of(show, target.as_of);
    add_output(show, target.format, target.out);
    define_amend(add_action(budget, "amend", "Write a change of a budget into its file, and print the patch",
                            "  florin budget amend storefront-2026 --amount 1300000 --reason \"a new market\" --by "
                            "Finance\n"
                            "  florin budget amend storefront-2026 --step 2026-11=150000 --reason \"the sale\" --by "
                            "Finance --dry-run",
                            target, Action::kAmend),
                 target);
}

void define_accrual(CLI::App& app, AccrualCommand& target) {
    CLI::App& accrual =
        *add_command(app, "accrual", "What to book for a month before its bill is final: billed, and the expected rest",
                     "  florin accrual --period 2026-10 --by tag.cost_center\n"
                     "  florin accrual --period 2026-10 --by service_provider_name --book\n"
                     "  florin accrual --period 2026-10 --compare");
    accrual.add_option("--period", target.period, "The month, as in 2026-10")->capture_default_str();
    accrual.add_option("--by", target.by, "Dimensions, apart by commas, as in tag.cost_center")->delimiter(',');
    accrual.add_option("--where", target.filter, "Which charges, as a filter");
    accrual.add_option("--basis", target.basis, "effective, billed, list or contracted")
        ->check(CLI::IsMember({"billed", "effective", "list", "contracted"}))
        ->capture_default_str();
    accrual.add_option("--currency", target.currency, "Convert to it, as in EUR")->type_name("CODE");
    add_as_of(accrual, target.as_of);
    CLI::Option* book = accrual.add_flag("--book", target.book, "Keep it in the lake, to be compared with the bill");
    accrual.add_flag("--compare", target.compare, "Instead: what was booked, against what the bill says now")
        ->excludes(book);
    add_output(accrual, target.format, target.out);
}

} // namespace florin::cli
