#include "cli/arguments.hpp"

#include "cli/arguments_intake.hpp"
#include "cli/arguments_reconcile.hpp"
#include "cli/define_commitments.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <memory>

namespace florin::cli {
namespace {

constexpr const char* kVersion = FLORIN_VERSION;

/// CLI11 by itself lets -1 wrap round to a huge number, and tells its range in doubles.
CLI::Validator whole_number(std::uint64_t least) {
    return {[least](std::string& text) {
                std::uint64_t number = 0;
                const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
                const bool is_number = error == std::errc() && end == text.data() + text.size();
                return is_number && number >= least
                           ? std::string()
                           : fmt::format("expected a whole number from {}, not {}", least, text);
            },
            ""};
}

/// The commands and where their options go.
class Definition {
public:
    Definition();
    CLI::App& app() { return app_; }
    Arguments take();

private:
    void define_init();
    void define_deliveries();
    void define_period();
    void define_query();
    void define_fx();
    void define_report();
    void define_export();
    void define_sql();
    void define_validate();
    void define_demo();
    void define_rest();
    CLI::App* command(CLI::App& parent, const std::string& name, const std::string& what, const std::string& examples);
    CLI::App* deliveries_action(const std::string& name, const std::string& what, const std::string& examples,
                                DeliveriesCommand::Action action);

    CLI::App app_{"Florin: from your cloud bills to an exact number you can explain.", "florin"};
    Arguments common_;
    InitCommand init_;
    IngestCommand ingest_;
    FetchCommand fetch_;
    DeliveriesCommand deliveries_;
    PeriodCommand period_;
    QueryCommand query_;
    CommitmentsCommand commitments_;
    FxCommand fx_;
    ReportCommand report_;
    ExportCommand export_;
    SqlCommand sql_;
    ValidateCommand validate_;
    ReconcileCommand reconcile_;
    DemoCommand demo_;
    SourcesCommand sources_;
    DoctorCommand doctor_;
    BenchCommand bench_;
    CompletionCommand completion_;
    CLI::App* deliveries_app_ = nullptr;
};

CLI::App* Definition::command(CLI::App& parent, const std::string& name, const std::string& what,
                              const std::string& examples) {
    CLI::App* command = parent.add_subcommand(name, what);
    if (!examples.empty()) {
        command->footer("Examples:\n" + examples);
    }
    return command;
}

Definition::Definition() {
    app_.set_version_flag("--version", std::string("florin ") + kVersion);
    app_.add_option("--workspace,-w", common_.workspace,
                    "The workspace's folder; by default the nearest florin.yaml upward")
        ->envname("FLORIN_WORKSPACE")
        ->type_name("DIR");
    app_.add_flag("--quiet,-q", common_.quiet, "No progress and no remarks on the error stream");
    app_.require_subcommand(1);
    app_.fallthrough();
    app_.footer(
        "Examples:\n"
        "  florin init my-company && cd my-company\n"
        "  florin ingest ~/bills/\n"
        "  florin query --measure effective_cost --by service_category --period last-month\n"
        "  florin report summary --html report.html\n"
        "\nExit codes: 0 done, 1 the answer is no, 2 the command is wrong, 3 a bill is wrong, 4 it conflicts with\n"
        "the lake, 5 the machine refused, 70 a bug of Florin's, 130 interrupted.");
    define_init();
    define_ingest(app_, ingest_);
    define_fetch(app_, fetch_);
    define_deliveries();
    define_period();
    define_query();
    define_commitments(app_, commitments_);
    define_fx();
    define_report();
    define_export();
    define_sql();
    define_validate();
    define_reconcile(
        *command(app_, "reconcile", "Hold a delivery's source, or an invoice, against the ledger", kReconcileExamples),
        reconcile_);
    define_demo();
    define_rest();
}

void Definition::define_init() {
    CLI::App* init = command(app_, "init", "Make a workspace: a folder with florin.yaml and the lake",
                             "  florin init my-company\n  florin init . --name \"Example Corp\"");
    init->add_option("folder", init_.folder, "The folder, made if need be")->type_name("DIR")->capture_default_str();
    init->add_option("--name", init_.name, "The company, as reports call it; by default the folder's name");
}

CLI::App* Definition::deliveries_action(const std::string& name, const std::string& what, const std::string& examples,
                                        DeliveriesCommand::Action action) {
    CLI::App* sub = command(*deliveries_app_, name, what, examples);
    sub->callback([this, action] { deliveries_.action = action; });
    return sub;
}

void Definition::define_deliveries() {
    using Action = DeliveriesCommand::Action;
    deliveries_app_ =
        command(app_, "deliveries", "What was received: list, late, show, diff, release, withdraw, restore, prune",
                "  florin deliveries\n  florin deliveries show 3\n  florin deliveries diff 3 7\n"
                "  florin deliveries release 7\n  florin deliveries withdraw 7 --reason \"wrong export\"");
    deliveries_app_->require_subcommand(0, 1);
    const auto format = [this](CLI::App* sub) {
        sub->add_option("--format", deliveries_.format, "table or json")
            ->check(CLI::IsMember({"table", "json"}))
            ->capture_default_str();
    };
    const auto id = [this](CLI::App* sub) {
        sub->add_option("id", deliveries_.id, "The delivery's number")->required()->check(whole_number(1));
    };
    format(deliveries_app_);
    format(deliveries_action("list", "All deliveries and what counts of them", "  florin deliveries list --format json",
                             Action::kList));
    format(deliveries_action("late", "How often each feed delivers, and which is late by that",
                             "  florin deliveries late", Action::kLate));
    CLI::App* show = deliveries_action("show", "One delivery: files, scopes, sums, findings, reconciliation",
                                       "  florin deliveries show 3", Action::kShow);
    id(show);
    format(show);
    CLI::App* diff = deliveries_action("diff", "Rows and money that differ between two deliveries, by dimension",
                                       "  florin deliveries diff 3 7", Action::kDiff);
    id(diff);
    diff->add_option("other", deliveries_.other, "The delivery it is compared with")
        ->required()
        ->check(whole_number(1));
    format(diff);
    CLI::App* release = deliveries_action("release", "Let a pending delivery, or one scope of it, count",
                                          "  florin deliveries release 7", Action::kRelease);
    id(release);
    release->add_option("--scope", deliveries_.scope, "Only this scope, as `deliveries show` names it");
    CLI::App* withdraw =
        deliveries_action("withdraw", "Let a delivery count no longer; its files are kept",
                          "  florin deliveries withdraw 7 --reason \"wrong export\"", Action::kWithdraw);
    id(withdraw);
    withdraw->add_option("--reason", deliveries_.reason, "Why")->required();
    CLI::App* restore = deliveries_action("restore", "Let a withdrawn delivery count again",
                                          "  florin deliveries restore 7", Action::kRestore);
    id(restore);
    CLI::App* prune = deliveries_action("prune", "Remove the files of deliveries that have not counted for long",
                                        "  florin deliveries prune --dry-run", Action::kPrune);
    prune->add_flag("--dry-run", deliveries_.dry_run, "Only say what would be removed");
}

void Definition::define_period() {
    using Action = PeriodCommand::Action;
    CLI::App* period = command(app_, "period", "Months of bills: close and reopen them, and what moved since",
                               "  florin period list\n"
                               "  florin period close 2024-09 --by \"controller\" --reason \"books of September\"\n"
                               "  florin period restatements 2024-09");
    period->require_subcommand(1);
    const auto action = [&](const std::string& name, const std::string& what, const std::string& examples,
                            Action which) {
        CLI::App* sub = command(*period, name, what, examples);
        sub->callback([this, which] { period_.action = which; });
        return sub;
    };
    const auto format = [this](CLI::App* sub) {
        sub->add_option("--format", period_.format, "table or json")
            ->check(CLI::IsMember({"table", "json"}))
            ->capture_default_str();
    };
    const auto named = [this](CLI::App* sub) {
        sub->add_option("month", period_.month, "The month, as 2024-09 or last-month")->required();
        sub->add_option("--by", period_.by, "Who decides it")->required()->type_name("NAME");
        sub->add_option("--reason", period_.reason, "Why")->required();
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
    restatements->add_option("month", period_.month, "Only this month");
    format(restatements);
}

void Definition::define_query() {
    CLI::App* query = command(
        app_, "query", "Ask a question of everything that counts",
        "  florin query --measure effective_cost --by service_category\n"
        "  florin query -m billed_cost -m savings --by account --period 2024-09 --top 10\n"
        "  florin query -m cost --by tag.team --where \"service_category = 'Compute' and tag.env in ('prod')\"\n"
        "  florin query -m cost --grain month --period last-12-months --compare previous\n"
        "  florin query -m cost --by region --as-of 2024-10-03 --format json");
    query
        ->add_option("--measure,-m", query_.measures, "What is summed, one or several: cost, billed_cost, savings, ...")
        ->delimiter(',')
        ->type_name("NAME");
    query
        ->add_option("--by", query_.dimensions,
                     "What it is split by, one or several: service_name, account, tag.KEY, ...")
        ->delimiter(',')
        ->type_name("NAME");
    query
        ->add_option("--where", query_.filter,
                     "Which charges, as in: service_category = 'Compute' and tag.env = 'prod'")
        ->type_name("FILTER");
    query->add_option("--period", query_.period,
                      "When: 2024-09, 2024-Q3, FY2024, 2024-09-01..2024-09-15, last-month, ...");
    query->add_option("--period-kind", query_.period_kind, "charge (when it was used) or billing (when it is billed)")
        ->capture_default_str();
    query
        ->add_option("--grain", query_.grain,
                     "none, day, week, month, quarter, year, fiscal-month, fiscal-quarter, fiscal-year")
        ->capture_default_str();
    query->add_option("--basis", query_.basis, "What `cost` means: effective, billed, list, contracted")
        ->capture_default_str();
    query->add_option("--compare", query_.compare, "none, previous (period) or year (earlier)")->capture_default_str();
    query->add_option("--order", query_.order,
                      "A measure or dimension, with `:asc` or `:desc`; by default the first measure");
    query->add_option("--currency", query_.currency,
                      "Convert amounts to it day by day, as in EUR; `reporting` is that of florin.yaml");
    query->add_option("--rate-type", query_.rate_type,
                      "By which rate: transaction-day (by default), month-average, budget");
    query->add_option("--top", query_.top, "Only so many rows per currency, the others as one")->check(whole_number(1));
    query->add_option("--as-of", query_.as_of, "Only what was received by the end of that day")->type_name("DATE");
    query->add_option("--format", query_.format, "table, csv, json or parquet")
        ->check(CLI::IsMember({"table", "csv", "json", "parquet"}))
        ->capture_default_str();
    query->add_option("--out", query_.out, "Write to this file instead of the terminal")->type_name("FILE");
    query->add_flag("--charges", query_.charges_only, "Read the charges even where daily sums would do");
    query->add_flag("--explain-sql", query_.explain_sql, "Show the statements instead of running them");
}

void Definition::define_fx() {
    CLI::App* fx = command(app_, "fx", "Exchange rates, from the files in fx/",
                           "  florin fx list\n  florin fx rate USD EUR --on 2024-09-10");
    fx->require_subcommand(1);
    command(*fx, "list", "The pairs there are, with their days and files", "  florin fx list");
    CLI::App* rate = command(*fx, "rate", "The rate that counts on a day, and how it comes about",
                             "  florin fx rate USD EUR --on 2024-09-10\n"
                             "  florin fx rate JPY CHF --on 2024-09-10 --rate-type month-average");
    rate->add_option("from", fx_.from, "The currency of the amount, such as USD")->required();
    rate->add_option("to", fx_.to, "The currency it is converted to")->required();
    rate->add_option("--on", fx_.on, "The day of the charge")->required()->type_name("DATE");
    rate->add_option("--rate-type", fx_.rate_type, "transaction-day (by default), month-average, budget");
    rate->callback([this] { fx_.action = FxCommand::Action::kRate; });
}

void Definition::define_report() {
    CLI::App* report = command(app_, "report", "Reports", "  florin report summary --html report.html");
    report->require_subcommand(1);
    CLI::App* summary = command(*report, "summary", "Spend to date, trend, movers, tags, savings and freshness",
                                "  florin report summary\n  florin report summary --period 2024-09 --html report.html");
    summary->add_option("--period", report_.period, "When; by default the month of the latest charge");
    summary->add_option("--basis", report_.basis, "effective, billed, list, contracted")->capture_default_str();
    summary->add_option("--as-of", report_.as_of, "Only what was received by the end of that day")->type_name("DATE");
    summary->add_option("--html", report_.html, "Write it as one HTML page, too")->type_name("FILE");
}

void Definition::define_export() {
    CLI::App* exported =
        command(app_, "export", "Hand the ledger out", "  florin export focus --version 1.2 --out ledger.csv");
    exported->require_subcommand(1);
    CLI::App* focus =
        command(*exported, "focus", "Everything that counts as one FOCUS file",
                "  florin export focus --out ledger.csv\n"
                "  florin export focus --version 1.2 --format parquet --period 2024-09 --out september.parquet");
    focus->add_option("--version", export_.version, "1.0, 1.1, 1.2, 1.3 or 1.4")->capture_default_str();
    focus->add_option("--format", export_.format, "csv or parquet")
        ->check(CLI::IsMember({"csv", "parquet"}))
        ->capture_default_str();
    focus->add_option("--out", export_.out, "The file to write")->required()->type_name("FILE");
    focus->add_option("--period", export_.period, "Only charges of this period");
    focus->add_option("--as-of", export_.as_of, "Only what was received by the end of that day")->type_name("DATE");
}

void Definition::define_sql() {
    CLI::App* sql =
        command(app_, "sql", "One SELECT over the views `charges` and `daily`",
                "  florin sql \"SELECT ServiceName, sum(BilledCost) FROM charges GROUP BY ALL ORDER BY 2 DESC\"\n"
                "  florin sql \"SELECT Day, sum(EffectiveCost) FROM daily GROUP BY ALL\" --format csv");
    sql->add_option("statement", sql_.statement, "The SELECT")->required()->type_name("SQL");
    sql->add_option("--format", sql_.format, "table, csv or json")
        ->check(CLI::IsMember({"table", "csv", "json"}))
        ->capture_default_str();
    sql->add_option("--as-of", sql_.as_of, "Only what was received by the end of that day")->type_name("DATE");
    sql->add_option("--seconds", sql_.seconds_max, "Stop after so long")
        ->check(CLI::Range(1, 86'400))
        ->capture_default_str();
}

void Definition::define_validate() {
    CLI::App* validate = command(app_, "validate", "Hold FOCUS files against the rules of the specification",
                                 "  florin validate focus-2024-09.csv.gz\n"
                                 "  florin validate bills/ --focus-version 1.2 --level must\n"
                                 "  florin validate bill.parquet --rule BilledCost --rule ListCost-C-004-M\n"
                                 "  florin validate bill.csv --format junit --out focus.xml");
    validate->add_option("paths", validate_.paths, "CSV, Parquet or JSON lines, all together one dataset")
        ->required()
        ->type_name("PATH");
    validate->add_option("--focus-version", validate_.version, "1.0 to 1.4; by default what the columns are of")
        ->type_name("VERSION");
    validate->add_option("--rule", validate_.rules, "Only this rule, or those whose ids begin so; may be repeated")
        ->type_name("ID");
    validate->add_option("--level", validate_.level, "must: leave out what the specification only recommends")
        ->check(CLI::IsMember({"must", "should"}))
        ->capture_default_str();
    validate
        ->add_option("--supports", validate_.supports,
                     "What the provider supports, as rules ask for it; all is everything")
        ->type_name("NAME")
        ->delimiter(',');
    validate->add_option("--invoices", validate_.invoices, "A FOCUS InvoiceDetail file to hold the charges against")
        ->type_name("FILE");
    validate->add_option("--format", validate_.format, "table, json, junit or html")
        ->check(CLI::IsMember({"table", "json", "junit", "html"}))
        ->capture_default_str();
    validate->add_option("--out", validate_.out, "Write to this file")->type_name("FILE");
}

void Definition::define_demo() {
    CLI::App* demo =
        command(app_, "demo", "Bills of an invented company", "  florin demo generate --rows 100000 --out bills");
    demo->require_subcommand(1);
    CLI::App* generate =
        command(*demo, "generate", "Write a company's bills in FOCUS 1.4, with their exact sums in truth.json",
                "  florin demo generate --rows 1000000 --months 13 --seed 1 --out bills\n"
                "  florin demo generate --as aws-cur,gcp --rows 20000 --month 2024-09 --out bills");
    generate
        ->add_option("--rows", demo_.rows, "Charges in all, or line items in each --as; by default 1000000, or 20000")
        ->check(whole_number(1));
    CLI::Option* months = generate->add_option("--months", demo_.months, "Months, ending with --last-month")
                              ->check(whole_number(1))
                              ->capture_default_str();
    generate->add_option("--seed", demo_.seed, "The same seed gives the same bytes")
        ->check(whole_number(0))
        ->capture_default_str();
    generate->add_option("--last-month,--month", demo_.last_month, "As YYYY-MM; by default the month before this one");
    generate->add_option("--out", demo_.out, "The folder, empty or not there yet")->required()->type_name("DIR");
    generate->add_option("--format", demo_.format, "csv or parquet")
        ->check(CLI::IsMember({"csv", "parquet"}))
        ->capture_default_str();
    generate->add_flag("--gzip", demo_.gzip, "Compress the CSV files");
    CLI::Option* single =
        generate->add_flag("--single-file", demo_.single_file, "One file of one billing account and month");
    generate
        ->add_option("--as", demo_.native,
                     "In the providers' formats: aws-cur, aws-cur2, azure-ea, azure-mca, gcp, oci, or all")
        ->delimiter(',')
        ->type_name("FORMAT,...")
        ->excludes(months)
        ->excludes(single);
    generate->callback([this] { demo_.action = DemoCommand::Action::kGenerate; });
    CLI::App* broken =
        command(*demo, "break", "Write broken bills, each with one known defect",
                "  florin demo break --out broken\n  florin demo break --out broken truncated-gzip nul-byte");
    broken->add_option("defects", demo_.defects, "Which; by default all");
    broken->add_option("--out", demo_.out, "The folder")->required()->type_name("DIR");
    broken->callback([this] { demo_.action = DemoCommand::Action::kBreak; });
}

void Definition::define_rest() {
    CLI::App* sources = command(app_, "sources", "Which bills are read, and by which rules they become FOCUS",
                                "  florin sources\n  florin sources aws-cur\n  florin sources try acme-2026-11.csv");
    sources->require_subcommand(0, 1);
    sources->add_option("name", sources_.name, "One source, with its rules")->type_name("NAME");
    sources->add_option("--format", sources_.format, "table or json")
        ->check(CLI::IsMember({"table", "json"}))
        ->capture_default_str();
    CLI::App* attempt = command(*sources, "try", "Show what a file would become, without taking it in",
                                "  florin sources try acme-2026-11.csv --source acme-seats");
    attempt->add_option("file", sources_.file, "CSV, Parquet or JSON lines")->required()->type_name("FILE");
    attempt->add_option("--source", sources_.name, "Whose format it is in; found out without it")->type_name("NAME");
    attempt->add_option("--rows", sources_.rows, "How many charges to show, at most 1000; by default 5")
        ->check(CLI::Range(1, 1000));
    attempt->callback([this] { sources_.action = SourcesCommand::Action::kTry; });
    CLI::App* doctor = command(app_, "doctor", "Check the lake: catalog, files, sums, what a crash left behind",
                               "  florin doctor\n  florin doctor --repair");
    doctor->add_flag("--repair", doctor_.repair, "Remove what belongs to nothing");
    command(app_, "compact", "Put the daily sums of many small scopes in a few files, so that questions are faster",
            "  florin compact");
    CLI::App* bench = command(app_, "bench", "Measure ingest and questions on this machine, beside plain DuckDB",
                              "  florin bench\n  florin bench --rows 5000000 --runs 5 --format json");
    bench->add_option("--rows", bench_.rows, "Charges in the bill that is made for it")
        ->check(whole_number(1))
        ->capture_default_str();
    bench->add_option("--runs", bench_.runs, "Alternating runs; medians are shown")
        ->check(CLI::Range(1, 100))
        ->capture_default_str();
    bench->add_option("--dir", bench_.folder, "Where to work; by default a new folder among the temporary ones")
        ->type_name("DIR");
    bench->add_option("--format", bench_.format, "table or json")
        ->check(CLI::IsMember({"table", "json"}))
        ->capture_default_str();
    CLI::App* completion = command(app_, "completion", "A completion script for your shell",
                                   "  source <(florin completion bash)\n  florin completion fish | source");
    completion->add_option("shell", completion_.shell, "bash, zsh or fish")->capture_default_str();
}

Arguments Definition::take() {
    const std::string name = app_.get_subcommands().front()->get_name();
    if (name == "init") {
        common_.command = init_;
    } else if (name == "ingest") {
        common_.command = ingest_;
    } else if (name == "fetch") {
        common_.command = fetch_;
    } else if (name == "deliveries") {
        common_.command = deliveries_;
    } else if (name == "period") {
        common_.command = period_;
    } else if (name == "query") {
        common_.command = query_;
    } else if (name == "commitments") {
        common_.command = commitments_;
    } else if (name == "fx") {
        common_.command = fx_;
    } else if (name == "report") {
        common_.command = report_;
    } else if (name == "export") {
        common_.command = export_;
    } else if (name == "sql") {
        common_.command = sql_;
    } else if (name == "validate") {
        common_.command = validate_;
    } else if (name == "reconcile") {
        common_.command = reconcile_;
    } else if (name == "demo") {
        common_.command = demo_;
    } else if (name == "sources") {
        common_.command = sources_;
    } else if (name == "doctor") {
        common_.command = doctor_;
    } else if (name == "compact") {
        common_.command = CompactCommand{};
    } else if (name == "bench") {
        common_.command = bench_;
    } else {
        common_.command = completion_;
    }
    return common_;
}

/// The innermost command that was named, for its help, and the words before it.
struct Named {
    CLI::App* command;
    std::string before;
    std::string path() const { return (before.empty() ? "" : before + " ") + command->get_name(); }
};

Named innermost(const Named& outer) {
    const auto named = outer.command->get_subcommands();
    return named.empty() ? outer : innermost({named.front(), outer.path()});
}

/// In our words where a word of the command is unknown or missing: CLI11 does not name it, or in the wrong order.
std::string what_is_wrong(const CLI::ParseError& error, const CLI::App& app, const Named& named) {
    const bool takes_command = !named.command->get_subcommands([](const CLI::App*) { return true; }).empty();
    if (dynamic_cast<const CLI::ExtrasError*>(&error) == nullptr &&
        dynamic_cast<const CLI::RequiredError*>(&error) == nullptr) {
        return error.what();
    }
    const std::vector<std::string> unknown = app.remaining(true);
    const auto option = std::ranges::find_if(unknown, [](const std::string& word) { return word.starts_with('-'); });
    if (option != unknown.end()) {
        return fmt::format("there is no option {}", *option);
    }
    if (takes_command && unknown.empty()) {
        return "a command is missing";
    }
    return takes_command ? fmt::format("there is no command `{} {}`", named.path(), unknown.front()) : error.what();
}

void list_words(CLI::App& app, const std::string& path, std::string& lines) {
    std::string words;
    for (const CLI::App* sub : app.get_subcommands([](const CLI::App*) { return true; })) {
        words += sub->get_name() + " ";
    }
    for (const CLI::Option* option : app.get_options()) {
        for (const std::string& name : option->get_lnames()) {
            words += "--" + name + " ";
        }
    }
    lines += fmt::format("    \"{}\") words=\"{}\" ;;\n", path, words);
    for (CLI::App* sub : app.get_subcommands([](const CLI::App*) { return true; })) {
        list_words(*sub, path.empty() ? sub->get_name() : path + " " + sub->get_name(), lines);
    }
}

} // namespace

base::Result<Parsed> parse_arguments(const std::vector<std::string>& arguments) {
    Definition definition;
    Parsed parsed;
    try {
        // CLI11 takes them from the back.
        definition.app().parse(std::vector<std::string>(arguments.rbegin(), arguments.rend()));
    } catch (const CLI::CallForHelp&) {
        const Named named = innermost({&definition.app(), ""});
        parsed.text = named.command->help(named.before);
        return parsed;
    } catch (const CLI::CallForAllHelp&) {
        parsed.text = definition.app().help("", CLI::AppFormatMode::All);
        return parsed;
    } catch (const CLI::CallForVersion& version) {
        parsed.text = std::string(version.what()) + "\n";
        return parsed;
    } catch (const CLI::ParseError& error) {
        const Named named = innermost({&definition.app(), ""});
        return base::user_error("usage", what_is_wrong(error, definition.app(), named))
            .with_remedy(fmt::format("see `{} --help`", named.path()));
    }
    parsed.arguments = definition.take();
    return parsed;
}

base::Result<std::string> completion_script(const std::string& shell) {
    Definition definition;
    std::string lines;
    list_words(definition.app(), "", lines);
    const std::string body = fmt::format(R"sh(_florin() {{
  local path="" word words
  local i
  for ((i = 1; i < COMP_CWORD; ++i)); do
    word="${{COMP_WORDS[i]}}"
    [[ $word == [a-z]* && ${{COMP_WORDS[i-1]}} != -* ]] && path="${{path:+$path }}$word"
  done
  case "$path" in
{}    *) words="" ;;
  esac
  COMPREPLY=($(compgen -W "$words" -- "${{COMP_WORDS[COMP_CWORD]}}"))
}}
complete -o default -F _florin florin
)sh",
                                         lines);
    if (shell == "bash") {
        return body;
    }
    if (shell == "zsh") {
        return "autoload -U +X bashcompinit && bashcompinit\n" + body;
    }
    if (shell == "fish") {
        std::string script;
        for (const CLI::App* sub : definition.app().get_subcommands([](const CLI::App*) { return true; })) {
            script += fmt::format("complete -c florin -n __fish_use_subcommand -a {} -d '{}'\n", sub->get_name(),
                                  sub->get_description());
            for (const CLI::Option* option : sub->get_options()) {
                for (const std::string& name : option->get_lnames()) {
                    script += fmt::format("complete -c florin -n '__fish_seen_subcommand_from {}' -l {}\n",
                                          sub->get_name(), name);
                }
            }
        }
        return script;
    }
    return base::user_error("usage", fmt::format("there is no completion for {}", shell))
        .with_remedy("bash, zsh or fish");
}

} // namespace florin::cli
