#include "cli/arguments_explain.hpp"

#include "cli/add_command.hpp"

#include <CLI/CLI.hpp>

namespace florin::cli {
namespace {

/// Each is asked for by itself, and its row looked for in the bills.
constexpr std::uint64_t kChargesMax = 1000;

} // namespace

void define_explain(CLI::App& app, ExplainCommand& target) {
    CLI::App* explain = add_command(
        app, "explain", "Take one number apart: terms, deliveries, tuples, charges, and their rows in the bills",
        "  florin explain -m cost --period 2024-09 --row service_category=Compute\n"
        "  florin explain -m billed_cost --row 'account=web-prod,tag.team=(none)' --charges 10\n"
        "  florin explain -m effective_savings_rate --period last-month\n"
        "  florin explain -m cost --where \"resource_id = 'i-0a1'\" --period 2024-09 --format json");
    explain->add_option("--measure,-m", target.measure, "Which number: cost, billed_cost, savings, ...")
        ->type_name("NAME")
        ->capture_default_str();
    explain->add_option("--row", target.row, "The row of an answer, as in service_category=Compute,region=(none)")
        ->type_name("NAME=VALUE,...");
    explain
        ->add_option("--where", target.filter,
                     "Which charges, as in: service_category = 'Compute' and tag.env = 'prod'")
        ->type_name("FILTER");
    explain->add_option("--period", target.period,
                        "When: 2024-09, 2024-Q3, FY2024, 2024-09-01..2024-09-15, last-month, ...");
    explain->add_option("--period-kind", target.period_kind, "charge (when it was used) or billing (when it is billed)")
        ->capture_default_str();
    explain->add_option("--basis", target.basis, "What `cost` means: effective, billed, list, contracted")
        ->capture_default_str();
    explain->add_option("--as-of", target.as_of, "Only what was received by the end of that day")->type_name("DATE");
    explain->add_option("--tuples", target.tuples, "So many of the largest tuples, the others as one line")
        ->check(whole_number(1))
        ->capture_default_str();
    explain->add_option("--charges", target.charges, "So many of the largest charges, the others as one line")
        ->check(whole_number(1, kChargesMax))
        ->capture_default_str();
    add_format(*explain, target.format, {"table", "json"});
    explain->add_option("--out", target.out, "Write to this file instead of the terminal")->type_name("FILE");
}

} // namespace florin::cli
