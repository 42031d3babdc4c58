// What a source of bills is: a provider's export format with its mapping to FOCUS.
//
// A source is a folder here. It says how its files are recognised, what the second reader adds up,
// and gives one SELECT over the staged file whose rows are FOCUS charges, marked with the rule that
// made them. Loading, reconciling and storing are the same for all (source_load.hpp).
#pragma once

#include "ingest/survey.hpp"
#include "lake/delivery.hpp"

#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace florin::ingest {

/// What a rule does to the rows it names.
enum class RuleKind : std::uint8_t {
    kKept,        ///< the charge is the source's row; something beside its BilledCost was decided
    kRestated,    ///< BilledCost is another than the source's amount
    kSuppressed,  ///< the row is no charge
    kSplit,       ///< one row became several charges
    kSynthesised, ///< a charge that no row of the source states
};
std::string_view name(RuleKind kind);

/// A rule of a source's mapping. Read from its rules.tsv: id, kind, sentence, document, date.
struct SourceRule {
    std::string id; ///< `aws.savings-plan-covered`
    RuleKind kind = RuleKind::kKept;
    std::string sentence; ///< what it does and why, for people
    std::string document; ///< of the provider or of FOCUS, where it is said
    std::string date;     ///< when that was read, YYYY-MM-DD
};
/// Error is a bug: the text is part of the program.
std::vector<SourceRule> parse_source_rules(std::string_view tsv);
/// The rules as a table of a page in docs/sources/.
std::string rules_table(std::span<const SourceRule> rules);

/// What a source says of a file that is its own.
struct Recognised {
    std::string version; ///< `legacy`, `2.0`; for people; empty where there is one alone
    int weight = 1;      ///< of several sources that recognise a file the heaviest takes it
};

/// What no cell may be, where the second reader cannot see it.
struct RowCheck {
    /// A SELECT over the relation `staged` of at most one row: the number of the row over all files, from 1, and the
    /// cell's text.
    std::string query;
    std::string column; ///< of the file; may be empty
    std::string code;
    std::string message;
    std::string remedy;
};

/// The mapping of one delivery's files. SQL gives rows with these columns, in the source's order:
///   any columns of FOCUS 1.4 by name and type (those left out are NULL); BilledCost, BillingCurrency,
///   BillingAccountId, BillingPeriodStart, BillingPeriodEnd and ChargePeriodStart are never NULL in a
///   row of the ledger;
///   x_Custom MAP(VARCHAR, VARCHAR)  columns that FOCUS does not know, by name with `x_`; may be absent
///   Rule VARCHAR          id of the rule that made the row; NULL: the source's row as it is
///   InLedger BOOLEAN      false: suppressed
///   SourceRows INTEGER    1 in one of the rows that a row of the source became, else 0
///   SourceAmount DECIMAL(38,18)  what this row carries of the source's total; never NULL
///   SourceAccount, SourceService, SourceLineType VARCHAR  what the reconciliation is told apart by;
///                         the same texts that keys() finds in a row
///   Role, YieldsTo VARCHAR  as in lake::Part; may be absent
///   Partition VARCHAR     what a partition delivery replaces; may be absent
struct Mapping {
    /// A SELECT over the relation `staged`: the files' columns as text, called as staged_name() says;
    /// empty cells are NULL, and columns of known_columns() that no file has are NULL too.
    std::string rows;
    /// A SELECT over the relation `mapped`, the rows above, that gives further rows; may be empty.
    std::string further_rows;
    /// The cost whose sum in the ledger is the source's total. Of Azure's amortized export it is
    /// EffectiveCost.
    std::string_view total_cost = "BilledCost";
    std::vector<RowCheck> checks; ///< made before; their findings refuse the files
};

/// What a column that FOCUS does not know is called: `x_` and its words with capitals, whatever stands between
/// them. `lineItem/referenceNo` -> `x_LineItemReferenceNo`, `line_item_a_r_n` -> `x_LineItemARN`.
std::string custom_column_name(std::string_view column);

/// SQL of an x_Custom map with the cells that are not NULL; `columns` are names (`x_Operation`) and the
/// staged columns they come from.
std::string custom_columns_sql(const std::vector<std::pair<std::string, std::string>>& columns);

/// SQL of a flat JSON object (FOCUS KeyValueFormat) with the cells that are not NULL; NULL where all are.
/// `columns` are keys and the staged columns their values come from.
std::string flat_json_sql(const std::vector<std::pair<std::string, std::string>>& columns);

/// `text` with each `{{name}}` replaced. A name that is not there is a bug.
std::string fill_template(std::string_view text, const std::map<std::string, std::string>& values);

/// SQL of a CASE over `value` from a table of two columns, tab separated, with a header: what stands in
/// the first gives the second; NULL otherwise.
std::string case_sql(std::string_view value, std::string_view tsv);

/// A file as it was recognised and read.
struct SourceFile {
    FileHead head;
    Recognised recognised;
    Survey survey;
    std::string variant; ///< that of its FileGroup; set before map()
};

/// A manifest: a JSON file beside the bills.
struct Manifest {
    base::Path path;
    std::string json;
};

/// Files that make one delivery, and what the source knows of it.
struct FileGroup {
    std::vector<std::size_t> files; ///< into the list that was grouped
    /// What the source found out about these files and map() has to know: `amortized`. May be empty. The same bytes
    /// as another variant are another delivery.
    std::string variant;
    std::optional<period::Instant> ordered_at; ///< the provider's run or export time
};

/// One source. Const and usable from any thread.
class Source {
public:
    virtual ~Source() = default;
    virtual std::string_view name() const = 0;    ///< `aws-cur`
    virtual std::string_view title() const = 0;   ///< `AWS Cost and Usage Report`
    virtual std::string_view formats() const = 0; ///< `CSV, Parquet; legacy and 2.0`
    virtual lake::Mode mode() const = 0;
    /// Raised whenever the same file would give other rows than before.
    virtual int mapping_version() const = 0;
    virtual std::span<const SourceRule> rules() const = 0;

    /// Whether the file is this source's.
    virtual std::optional<Recognised> recognise(const FileHead& head) const = 0;
    /// What the second reader reads. The first three keys are account, service and line type, the
    /// fourth the currency; further ones tell deliveries apart (billing account, billing period).
    virtual SurveyRules survey_rules(const FileHead& head) const = 0;
    /// Name of a file's column in the relation `staged`.
    virtual std::string staged_name(std::string_view column) const { return std::string(column); }
    /// Staged names that the mapping reads; nearest names are suggested from them.
    virtual std::vector<std::string> known_columns() const = 0;
    virtual base::Result<Mapping> map(const std::vector<SourceFile>& files) const = 0;

    /// Files that belong to one delivery. By default: snapshot files of one folder whose groups share all keys
    /// from the fifth on with one another; of other modes each file by itself.
    virtual base::Result<std::vector<FileGroup>> group(const std::vector<SourceFile>& files,
                                                       const std::vector<Manifest>& manifests) const;
};

/// The sources that the program knows, FOCUS files aside.
std::span<const Source* const> built_in_sources();

/// The source of a file: nothing when no source says that it is its own. `sources` beside the
/// built-in ones are those of the workspace.
struct FoundSource {
    const Source* source = nullptr;
    Recognised recognised;
};
std::optional<FoundSource> find_source(const FileHead& head, std::span<const Source* const> sources);

} // namespace florin::ingest
