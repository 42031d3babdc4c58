// What a person typed, as values. The commands are defined in arguments_*.cpp, and listed in arguments.cpp.
#pragma once

#include "base/result.hpp"
#include "cli/arguments_allocate.hpp"
#include "cli/arguments_budget.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace florin::cli {

struct InitCommand {
    std::string folder = ".";
    std::string name;
};
struct IngestCommand {
    std::vector<std::string> paths;
    std::string source;
    std::string constants;
    std::string received;
    std::string quarantine;
    bool strict = false;
    bool dry_run = false;
    bool verbose = false;
    bool watch = false;
    bool once = false;
    std::string every = "30s";
    std::string settle = "10s";
};
struct FetchCommand {
    std::vector<std::string> names; ///< empty: all that are due
    bool list = false;
};
struct DeliveriesCommand {
    enum class Action : std::uint8_t { kList, kLate, kShow, kDiff, kRelease, kWithdraw, kRestore, kPrune };
    Action action = Action::kList;
    std::int64_t id = 0;
    std::int64_t other = 0;
    std::string scope;
    std::string reason;
    bool dry_run = false;
    std::string format = "table";
};
struct PeriodCommand {
    enum class Action : std::uint8_t { kList, kClose, kReopen, kRestatements };
    Action action = Action::kList;
    std::string month;
    std::string by;
    std::string reason;
    std::string format = "table";
};
struct QueryCommand {
    std::vector<std::string> measures;
    std::vector<std::string> dimensions;
    std::string filter;
    std::string period;
    std::string period_kind = "charge";
    std::string grain = "none";
    std::string basis = "effective";
    std::string compare = "none";
    std::string order;
    std::uint64_t top = 0;
    std::string currency;
    std::string rate_type;
    std::string as_of;
    std::string owners_on;
    std::string format = "table";
    std::string out;
    bool charges_only = false;
    bool explain_sql = false;
};
struct ExplainCommand {
    std::string measure = "cost";
    std::string row;
    std::string filter;
    std::string period;
    std::string period_kind = "charge";
    std::string basis = "effective";
    std::string as_of;
    std::uint64_t tuples = 5;
    std::uint64_t charges = 5;
    std::string format = "table";
    std::string out;
};
struct CommitmentsCommand {
    std::string by = "commitment";
    std::string period;
    std::string as_of;
    std::string format = "table";
    std::string out;
};
struct VarianceCommand {
    std::vector<std::string> periods;
    std::vector<std::string> dimensions{"service_category", "account"};
    std::string filter;
    std::string basis = "effective";
    std::string currency;
    std::string rate_type;
    std::uint64_t top = 10;
    std::string as_of;
    std::string format = "table";
    std::string out;
};
struct FxCommand {
    enum class Action : std::uint8_t { kList, kRate };
    Action action = Action::kList;
    std::string from;
    std::string to;
    std::string on;
    std::string rate_type;
};
struct ReportCommand {
    enum class Action : std::uint8_t { kSummary, kTags };
    Action action = Action::kSummary;
    std::vector<std::string> keys; ///< of tags
    std::uint64_t top = 10;
    std::string format = "table";
    std::string out;
    std::string period;
    std::string basis = "effective";
    std::string as_of;
    std::string html;
};
struct ExportCommand {
    std::string version = "1.4";
    std::string format = "csv";
    std::string out;
    std::string period;
    std::string as_of;
};
struct SqlCommand {
    std::string statement;
    std::string format = "table";
    std::string as_of;
    int seconds_max = 60;
};
struct ValidateCommand {
    std::vector<std::string> paths;
    std::string version;
    std::vector<std::string> rules;
    std::vector<std::string> supports;
    std::string level = "should";
    std::string invoices;
    std::string format = "table";
    std::string out;
};
struct ReconcileCommand {
    std::int64_t delivery = 0; ///< 0: invoices
    std::vector<std::string> by;
    std::string invoice;
    bool all_invoices = false;
    std::string amount;
    std::string tax;
    std::string currency;
    std::string issuer;
    std::string period;
    std::string format = "table";
    std::string out;
};
struct DemoCommand {
    enum class Action : std::uint8_t { kGenerate, kBreak };
    Action action = Action::kGenerate;
    std::optional<std::uint64_t> rows; ///< without: as many as suit what is generated
    int months = 13;
    std::uint64_t seed = 1;
    std::string last_month;
    std::vector<std::string> native; ///< providers' own formats, or "all"
    std::string out;
    std::string format = "csv";
    bool gzip = false;
    bool single_file = false;
    std::vector<std::string> defects;
};
struct DoctorCommand {
    bool repair = false;
};
struct SourcesCommand {
    enum class Action : std::uint8_t { kShow, kTry };
    Action action = Action::kShow;
    std::string name; ///< empty: all
    std::string format = "table";
    std::string file; ///< to be tried
    std::uint64_t rows = 5;
};
struct ForecastCommand {
    enum class Action : std::uint8_t { kForecast, kBacktest };
    Action action = Action::kForecast;
    std::vector<std::string> dimensions;
    std::string filter;
    std::string basis = "effective";
    std::string currency;
    std::string rate_type;
    std::string horizon = "90d";
    std::string grain = "month";
    std::string profile; ///< empty: as many series as there are decide
    std::vector<std::string> levels{"80", "95"};
    std::string holidays;
    int origin_count = 6;
    std::string as_of;
    std::string format = "table";
    std::string out;
};
struct CompactCommand {};
struct BenchCommand {
    std::uint64_t rows = 1'000'000;
    int runs = 5;
    std::string folder;
    std::string format = "table";
};
struct CompletionCommand {
    std::string shell = "bash";
};

using AnyCommand = std::variant<InitCommand, IngestCommand, FetchCommand, DeliveriesCommand, PeriodCommand,
                                QueryCommand, CommitmentsCommand, ForecastCommand, BudgetCommand, AccrualCommand,
                                FxCommand, ReportCommand, ExportCommand, SqlCommand, ValidateCommand, ReconcileCommand,
                                AllocateCommand, ExplainCommand, VarianceCommand, DemoCommand, SourcesCommand,
                                DoctorCommand, CompactCommand, BenchCommand, CompletionCommand>;

struct Arguments {
    std::string workspace; ///< --workspace, else FLORIN_WORKSPACE
    bool quiet = false;
    AnyCommand command;
};

/// Either the arguments, or text for the person who asked for help or the version, or the error
/// `usage`.
struct Parsed {
    std::optional<Arguments> arguments;
    std::string text;
};
base::Result<Parsed> parse_arguments(const std::vector<std::string>& arguments);

/// A completion script for bash, zsh or fish, from the same definition. Error `usage`.
base::Result<std::string> completion_script(const std::string& shell);

} // namespace florin::cli
