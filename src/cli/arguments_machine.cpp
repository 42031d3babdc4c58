#include "cli/arguments_machine.hpp"

#include "cli/add_command.hpp"

#include <CLI/CLI.hpp>

namespace florin::cli {

void define_demo(CLI::App& app, DemoCommand& target) {
    CLI::App* demo =
        add_command(app, "demo", "Bills of an invented company", "  florin demo generate --rows 100000 --out bills");
    demo->require_subcommand(1);
    CLI::App* generate =
        add_command(*demo, "generate", "Write a company's bills in FOCUS 1.4, with their exact sums in truth.json",
                    "  florin demo generate --rows 1000000 --months 13 --seed 1 --out bills\n"
                    "  florin demo generate --as aws-cur,gcp --rows 20000 --month 2024-09 --out bills");
    generate
        ->add_option("--rows", target.rows, "Charges in all, or line items in each --as; by default 1000000, or 20000")
        ->check(whole_number(1));
    CLI::Option* months = generate->add_option("--months", target.months, "Months, ending with --last-month")
                              ->check(whole_number(1))
                              ->capture_default_str();
    generate->add_option("--seed", target.seed, "The same seed gives the same bytes")
        ->check(whole_number(0))
        ->capture_default_str();
    generate->add_option("--last-month,--month", target.last_month, "As YYYY-MM; by default the month before this one");
    generate->add_option("--out", target.out, "The folder, empty or not there yet")->required()->type_name("DIR");
    add_format(*generate, target.format, {"csv", "parquet"});
    generate->add_flag("--gzip", target.gzip, "Compress the CSV files");
    CLI::Option* single =
        generate->add_flag("--single-file", target.single_file, "One file of one billing account and month");
    generate
        ->add_option("--as", target.native,
                     "In the providers' formats: aws-cur, aws-cur2, azure-ea, azure-mca, gcp, oci, or all")
        ->delimiter(',')
        ->type_name("FORMAT,...")
        ->excludes(months)
        ->excludes(single);
    generate->callback([&target] { target.action = DemoCommand::Action::kGenerate; });
    CLI::App* broken =
        add_command(*demo, "break", "Write broken bills, each with one known defect",
                    "  florin demo break --out broken\n  florin demo break --out broken truncated-gzip nul-byte");
    broken->add_option("defects", target.defects, "Which; by default all");
    broken->add_option("--out", target.out, "The folder")->required()->type_name("DIR");
    broken->callback([&target] { target.action = DemoCommand::Action::kBreak; });
}

void define_bench(CLI::App& app, BenchCommand& target) {
    CLI::App* bench = add_command(app, "bench", "Measure ingest and questions on this machine, beside plain DuckDB",
                                  "  florin bench\n  florin bench --rows 5000000 --runs 5 --format json");
    bench->add_option("--rows", target.rows, "Charges in the bill that is made for it")
        ->check(whole_number(1))
        ->capture_default_str();
    bench->add_option("--runs", target.runs, "Alternating runs; medians are shown")
        ->check(CLI::Range(1, 100))
        ->capture_default_str();
    bench->add_option("--dir", target.folder, "Where to work; by default a new folder among the temporary ones")
        ->type_name("DIR");
    add_format(*bench, target.format, {"table", "json"});
}

void define_completion(CLI::App& app, CompletionCommand& target) {
    CLI::App* completion = add_command(app, "completion", "A completion script for your shell",
                                       "  source <(florin completion bash)\n  florin completion fish | source");
    completion->add_option("shell", target.shell, "bash, zsh or fish")->capture_default_str();
}

} // namespace florin::cli
