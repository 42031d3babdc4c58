#include "cli/arguments_intake.hpp"

#include <CLI/CLI.hpp>

namespace florin::cli {

void define_ingest(CLI::App& app, IngestCommand& command) {
    CLI::App* ingest = app.add_subcommand("ingest", "Take bills in: files, folders or patterns");
    ingest->footer("Examples:\n"
                   "  florin ingest focus-2024-09.csv.gz\n"
                   "  florin ingest ~/bills/ --received 2024-10-03\n"
                   "  florin ingest 'bills/*.parquet' --strict\n"
                   "  florin ingest bill.csv --quarantine bad-rows.csv\n"
                   "  florin ingest --watch ~/bills/ --every 1m");
    ingest->add_option("paths", command.paths, "CSV, Parquet or JSON lines, plain, .gz or .zst; folders; patterns")
        ->required()
        ->type_name("PATH");
    ingest->add_option("--source", command.source,
                       "Whose format the bills are in (`florin sources`); another name is that of a FOCUS feed");
    ingest->add_option("--constants", command.constants, "A side-car, sources/NAME.yaml, for columns FOCUS files lack")
        ->type_name("NAME");
    CLI::Option* received =
        ingest->add_option("--received", command.received, "When they were received, for history that is loaded later")
            ->type_name("DATE");
    CLI::Option* quarantine = ingest
                                  ->add_option("--quarantine", command.quarantine,
                                               "Set bad rows aside in this file instead of refusing the bill")
                                  ->type_name("FILE");
    ingest->add_flag("--strict", command.strict, "Refuse what is odd but readable, too");
    CLI::Option* dry_run = ingest->add_flag("--dry-run", command.dry_run, "Read and check, change nothing");
    ingest->add_flag("--verbose,-v", command.verbose, "Show the reconciliation and the findings of every delivery");
    CLI::Option* watch =
        ingest->add_flag("--watch", command.watch, "Go on taking in what the folders get, until interrupted")
            ->excludes(received)
            ->excludes(quarantine)
            ->excludes(dry_run);
    ingest->add_option("--every", command.every, "How often to look: 30s, 5m, 1h")
        ->needs(watch)
        ->type_name("TIME")
        ->capture_default_str();
    ingest->add_option("--settle", command.settle, "How long all files of a folder must have stayed as they are")
        ->needs(watch)
        ->type_name("TIME")
        ->capture_default_str();
    ingest->add_flag("--once", command.once, "Take in what has settled, and end")->needs(watch);
}

void define_fetch(CLI::App& app, FetchCommand& command) {
    CLI::App* fetch = app.add_subcommand("fetch", "Bring new bills by the commands in feeds/, and take them in");
    fetch->footer("Examples:\n"
                  "  florin fetch\n"
                  "  florin fetch aws\n"
                  "  florin fetch --list");
    fetch->add_option("names", command.names, "These feeds, due or not; by default all that are due")
        ->type_name("NAME");
    fetch->add_flag("--list", command.list, "Show the feeds and when each is due, and fetch nothing");
}

} // namespace florin::cli
