#include "cli/define_commitments.hpp"

#include <CLI/CLI.hpp>

namespace florin::cli {

void define_commitments(CLI::App& app, CommitmentsCommand& command) {
    CLI::App* commitments =
        app.add_subcommand("commitments", "Commitment discounts: cost, use, coverage and when they end");
    commitments->footer("Examples:\n"
                        "  florin commitments\n"
                        "  florin commitments --by type --period last-3-months\n"
                        "  florin commitments --format csv --out commitments.csv");
    commitments->add_option("--by", command.by, "commitment, provider, type or account")
        ->check(CLI::IsMember({"commitment", "provider", "type", "account"}))
        ->capture_default_str();
    commitments->add_option("--period", command.period, "When; by default the month of the latest charge")
        ->type_name("PERIOD");
    commitments->add_option("--as-of", command.as_of, "Only what was received by the end of that day")
        ->type_name("DATE");
    commitments->add_option("--format", command.format, "table, csv or json")
        ->check(CLI::IsMember({"table", "csv", "json"}))
        ->capture_default_str();
    commitments->add_option("--out", command.out, "Write to this file")->type_name("FILE");
}

} // namespace florin::cli
