#include "cli/arguments_intake.hpp"

#include "cli/add_command.hpp"

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

void define_sources(CLI::App& app, SourcesCommand& target) {
    CLI::App* sources =
        add_command(app, "sources", "Which bills are read, and by which rules they become FOCUS",
                    "  florin sources\n  florin sources aws-cur\n  florin sources try acme-2026-11.csv");
    sources->require_subcommand(0, 1);
    sources->add_option("name", target.name, "One source, with its rules")->type_name("NAME");
    add_format(*sources, target.format, {"table", "json"});
    CLI::App* attempt = add_command(*sources, "try", "Show what a file would become, without taking it in",
                                    "  florin sources try acme-2026-11.csv --source acme-seats");
    attempt->add_option("file", target.file, "CSV, Parquet or JSON lines")->required()->type_name("FILE");
    attempt->add_option("--source", target.name, "Whose format it is in; found out without it")->type_name("NAME");
    attempt->add_option("--rows", target.rows, "How many charges to show, at most 1000; by default 5")
        ->check(CLI::Range(1, 1000));
    attempt->callback([&target] { target.action = SourcesCommand::Action::kTry; });
}

void define_validate(CLI::App& app, ValidateCommand& target) {
    CLI::App* validate = add_command(app, "validate", "Hold FOCUS files against the rules of the specification",
                                     "  florin validate focus-2024-09.csv.gz\n"
                                     "  florin validate bills/ --focus-version 1.2 --level must\n"
                                     "  florin validate bill.parquet --rule BilledCost --rule ListCost-C-004-M\n"
                                     "  florin validate bill.csv --format junit --out focus.xml");
    validate->add_option("paths", target.paths, "CSV, Parquet or JSON lines, all together one dataset")
        ->required()
        ->type_name("PATH");
    validate->add_option("--focus-version", target.version, "1.0 to 1.4; by default what the columns are of")
        ->type_name("VERSION");
    validate->add_option("--rule", target.rules, "Only this rule, or those whose ids begin so; may be repeated")
        ->type_name("ID");
    validate->add_option("--level", target.level, "must: leave out what the specification only recommends")
        ->check(CLI::IsMember({"must", "should"}))
        ->capture_default_str();
    validate
        ->add_option("--supports", target.supports,
                     "What the provider supports, as rules ask for it; all is everything")
        ->type_name("NAME")
        ->delimiter(',');
    validate->add_option("--invoices", target.invoices, "A FOCUS InvoiceDetail file to hold the charges against")
        ->type_name("FILE");
    add_format(*validate, target.format, {"table", "json", "junit", "html"});
    validate->add_option("--out", target.out, "Write to this file")->type_name("FILE");
}

} // namespace florin::cli
