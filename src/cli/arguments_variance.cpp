#include "cli/arguments_variance.hpp"

#include "cli/add_command.hpp"

#include <CLI/CLI.hpp>

namespace florin::cli {

void define_variance(CLI::App& app, VarianceCommand& command) {
    CLI::App* variance = add_command(app, "variance", "Why a period costs more or less than another",
                                     "  florin variance\n"
                                     "  florin variance 2026-09 2026-10 --by service,account --top 20\n"
                                     "  florin variance 2025-Q3 2026-Q3 --where \"tag.env = 'prod'\"\n"
                                     "  florin variance 2026-10 --currency EUR\n"
                                     "  florin variance 2026-09 2026-10 --format html --out variance.html");
    variance
        ->add_option("periods", command.periods,
                     "What is compared with, then what is; one alone: with the one before; by default months")
        ->expected(0, 2)
        ->type_name("PERIOD");
    variance->add_option("--by", command.dimensions, "What rows are of: service_name, account, tag.KEY, ...; or none")
        ->delimiter(',')
        ->type_name("NAME")
        ->default_str("service_category,account");
    variance->add_option("--where", command.filter, "Which charges, as in: service_category = 'Compute'")
        ->type_name("FILTER");
    variance->add_option("--basis", command.basis, "Which cost: effective, billed, list, contracted")
        ->capture_default_str();
    variance->add_option("--currency", command.currency,
                         "Convert amounts to it, as in EUR; `reporting` is that of florin.yaml. Needs budget rates");
    variance->add_option("--rate-type", command.rate_type,
                         "By which rate: transaction-day (by default), month-average, budget");
    variance->add_option("--top", command.top, "So many rows per currency, the others as one")
        ->check(whole_number(1))
        ->capture_default_str();
    variance->add_option("--as-of", command.as_of, "Only what was received by the end of that day")->type_name("DATE");
    add_format(*variance, command.format, {"table", "csv", "json", "html"});
    variance->add_option("--out", command.out, "Write to this file instead of the terminal")->type_name("FILE");
}

} // namespace florin::cli
