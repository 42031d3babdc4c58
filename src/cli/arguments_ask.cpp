#include "cli/arguments_ask.hpp"

#include "cli/add_command.hpp"

#include <CLI/CLI.hpp>

namespace florin::cli {

void define_query(CLI::App& app, QueryCommand& target) {
    CLI::App* query = add_command(
        app, "query", "Ask a question of everything that counts",
        "  florin query --measure effective_cost --by service_category\n"
        "  florin query -m billed_cost -m savings --by account --period 2024-09 --top 10\n"
        "  florin query -m cost --by tag.team --where \"service_category = 'Compute' and tag.env in ('prod')\"\n"
        "  florin query -m cost --grain month --period last-12-months --compare previous\n"
        "  florin query -m cost --by region --as-of 2024-10-03 --format json");
    query
        ->add_option("--measure,-m", target.measures, "What is summed, one or several: cost, billed_cost, savings, ...")
        ->delimiter(',')
        ->type_name("NAME");
    query
        ->add_option("--by", target.dimensions,
                     "What it is split by, one or several: service_name, account, tag.KEY, ...")
        ->delimiter(',')
        ->type_name("NAME");
    query
        ->add_option("--where", target.filter,
                     "Which charges, as in: service_category = 'Compute' and tag.env = 'prod'")
        ->type_name("FILTER");
    query->add_option("--period", target.period,
                      "When: 2024-09, 2024-Q3, FY2024, 2024-09-01..2024-09-15, last-month, ...");
    query->add_option("--period-kind", target.period_kind, "charge (when it was used) or billing (when it is billed)")
        ->capture_default_str();
    query
        ->add_option("--grain", target.grain,
                     "none, day, week, month, quarter, year, fiscal-month, fiscal-quarter, fiscal-year")
        ->capture_default_str();
    query->add_option("--basis", target.basis, "What `cost` means: effective, billed, list, contracted")
        ->capture_default_str();
    query->add_option("--compare", target.compare, "none, previous (period) or year (earlier)")->capture_default_str();
    query->add_option("--order", target.order,
                      "A measure or dimension, with `:asc` or `:desc`; by default the first measure");
    query->add_option("--currency", target.currency,
                      "Convert amounts to it day by day, as in EUR; `reporting` is that of florin.yaml");
    query->add_option("--rate-type", target.rate_type,
                      "By which rate: transaction-day (by default), month-average, budget");
    query->add_option("--top", target.top, "Only so many rows per currency, the others as one")->check(whole_number(1));
    query->add_option("--as-of", target.as_of, "Only what was received by the end of that day")->type_name("DATE");
    query
        ->add_option("--owners-on", target.owners_on,
                     "Owners as they are on that day, as in today; by default as they were on each day")
        ->type_name("DATE");
    add_format(*query, target.format, {"table", "csv", "json", "parquet"});
    query->add_option("--out", target.out, "Write to this file instead of the terminal")->type_name("FILE");
    query->add_flag("--charges", target.charges_only, "Read the charges even where daily sums would do");
    query->add_flag("--explain-sql", target.explain_sql, "Show the statements instead of running them");
}

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
    add_format(*commitments, command.format, {"table", "csv", "json"});
    commitments->add_option("--out", command.out, "Write to this file")->type_name("FILE");
}

void define_fx(CLI::App& app, FxCommand& target) {
    CLI::App* fx = add_command(app, "fx", "Exchange rates, from the files in fx/",
                               "  florin fx list\n  florin fx rate USD EUR --on 2024-09-10");
    fx->require_subcommand(1);
    add_command(*fx, "list", "The pairs there are, with their days and files", "  florin fx list");
    CLI::App* rate = add_command(*fx, "rate", "The rate that counts on a day, and how it comes about",
                                 "  florin fx rate USD EUR --on 2024-09-10\n"
                                 "  florin fx rate JPY CHF --on 2024-09-10 --rate-type month-average");
    rate->add_option("from", target.from, "The currency of the amount, such as USD")->required();
    rate->add_option("to", target.to, "The currency it is converted to")->required();
    rate->add_option("--on", target.on, "The day of the charge")->required()->type_name("DATE");
    rate->add_option("--rate-type", target.rate_type, "transaction-day (by default), month-average, budget");
    rate->callback([&target] { target.action = FxCommand::Action::kRate; });
}

void define_report(CLI::App& app, ReportCommand& target) {
    CLI::App* report = add_command(app, "report", "Reports", "  florin report summary --html report.html");
    report->require_subcommand(1);
    CLI::App* summary =
        add_command(*report, "summary", "Spend to date, trend, movers, tags, savings and freshness",
                    "  florin report summary\n  florin report summary --period 2024-09 --html report.html");
    summary->add_option("--period", target.period, "When; by default the month of the latest charge");
    summary->add_option("--basis", target.basis, "effective, billed, list, contracted")->capture_default_str();
    summary->add_option("--as-of", target.as_of, "Only what was received by the end of that day")->type_name("DATE");
    summary->add_option("--html", target.html, "Write it as one HTML page, too")->type_name("FILE");
    CLI::App* tags = add_command(*report, "tags", "Tag coverage: by key, over time, and where most is left untagged",
                                 "  florin report tags\n  florin report tags --key team --key env --period 2024-09\n"
                                 "  florin report tags --period last-month --format json");
    tags->callback([&target] { target.action = ReportCommand::Action::kTags; });
    tags->add_option("--key", target.keys, "Which tags, the main one first; by default the team's and the commonest")
        ->delimiter(',')
        ->type_name("KEY");
    tags->add_option("--period", target.period, "When; by default the month of the latest charge");
    tags->add_option("--basis", target.basis, "effective, billed, list, contracted")->capture_default_str();
    tags->add_option("--as-of", target.as_of, "Only what was received by the end of that day")->type_name("DATE");
    tags->add_option("--top", target.top, "So many accounts and services with the most untagged cost")
        ->check(whole_number(1))
        ->capture_default_str();
    add_format(*tags, target.format, {"table", "csv", "json"});
    tags->add_option("--out", target.out, "Write to this file instead of the terminal")->type_name("FILE");
}

void define_export(CLI::App& app, ExportCommand& target) {
    CLI::App* exported =
        add_command(app, "export", "Hand the ledger out", "  florin export focus --version 1.2 --out ledger.csv");
    exported->require_subcommand(1);
    CLI::App* focus =
        add_command(*exported, "focus", "Everything that counts as one FOCUS file",
                    "  florin export focus --out ledger.csv\n"
                    "  florin export focus --version 1.2 --format parquet --period 2024-09 --out september.parquet");
    focus->add_option("--version", target.version, "1.0, 1.1, 1.2, 1.3 or 1.4")->capture_default_str();
    add_format(*focus, target.format, {"csv", "parquet"});
    focus->add_option("--out", target.out, "The file to write")->required()->type_name("FILE");
    focus->add_option("--period", target.period, "Only charges of this period");
    focus->add_option("--as-of", target.as_of, "Only what was received by the end of that day")->type_name("DATE");
}

void define_sql(CLI::App& app, SqlCommand& target) {
    CLI::App* sql =
        add_command(app, "sql", "One SELECT over the views `charges` and `daily`",
                    "  florin sql \"SELECT ServiceName, sum(BilledCost) FROM charges GROUP BY ALL ORDER BY 2 DESC\"\n"
                    "  florin sql \"SELECT Day, sum(EffectiveCost) FROM daily GROUP BY ALL\" --format csv");
    sql->add_option("statement", target.statement, "The SELECT")->required()->type_name("SQL");
    add_format(*sql, target.format, {"table", "csv", "json"});
    sql->add_option("--as-of", target.as_of, "Only what was received by the end of that day")->type_name("DATE");
    sql->add_option("--seconds", target.seconds_max, "Stop after so long")
        ->check(CLI::Range(1, 86'400))
        ->capture_default_str();
}

} // namespace florin::cli
