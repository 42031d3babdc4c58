// Holds FOCUS Cost and Usage files against the rules of the specification, those about money to the last digit.
#pragma once

#include "base/files.hpp"
#include "base/result.hpp"
#include "engine/engine.hpp"
#include "focus/focus.hpp"
#include "validate/rule.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace florin::validate {

enum class Outcome : std::uint8_t {
    kPass,    ///< looked at, and nothing wrong
    kFail,    ///< violated
    kSkipped, ///< not looked at, or the file does not tell; `reason` says why
};
std::string_view name(Outcome outcome); ///< "pass"

/// One of the first rows that violate a rule.
struct Sample {
    std::string file;
    std::uint64_t row = 0; ///< data row, from 1
    /// The cells that the rule looks at, in order; nothing for null.
    std::vector<std::pair<std::string, std::optional<std::string>>> cells;
};

/// What became of one rule.
struct Finding {
    const Rule* rule = nullptr;
    std::string id;     ///< as the version's requirements model writes it
    std::string column; ///< empty: no column in particular
    Outcome outcome = Outcome::kSkipped;
    std::string reason;                             ///< of kSkipped, and remarks on what was not looked at
    std::uint64_t rows_in_scope = 0;                ///< rows that the rule is about
    std::uint64_t rows = 0;                         ///< of them, rows that violate it
    std::uint64_t rounding_rows = 0;                ///< and rows whose difference is rounding alone
    std::map<std::string, std::string> billed_cost; ///< currency -> exact sum of BilledCost of the violating rows
    std::vector<Sample> samples;
    std::vector<std::string> details; ///< violations of groups of rows, one sentence each, at most kDetailsMax
};
inline constexpr std::size_t kDetailsMax = 5;

struct ValidatedFile {
    std::string path;
    std::uint64_t rows = 0;
};

struct Report {
    focus::Version version = focus::Version::k1_4;
    bool version_given = false; ///< else it was recognised by the columns
    std::vector<ValidatedFile> files;
    std::vector<std::string> passed_over; ///< files that no rule looks at, and why
    std::uint64_t rows = 0;
    std::vector<Finding> findings; ///< in the order of the rules; one a column where a rule is about each

    std::size_t count(Outcome outcome) const;
    /// Whether a rule that binds (MUST, MUST NOT) is violated.
    bool has_binding_failure() const;
};

struct Options {
    std::optional<focus::Version> version; ///< 1.0 to 1.4; nothing: what the columns say
    std::vector<std::string> rules;        ///< only these, as is_named() takes them; empty: all
    bool binding_only = false;             ///< leave out SHOULD and RECOMMENDED
    std::vector<std::string> supports;     ///< criteria that hold beside those the columns show; "ALL": all
    std::vector<base::Path> invoices;      ///< FOCUS InvoiceDetail files to hold charges against
    std::vector<base::Path> periods;       ///< FOCUS BillingPeriod files
    base::Path temporary_folder;           ///< exists; staged copies go there
    int threads = 2;
    std::size_t samples_max = 3;
};

/// Reads the files, which are taken together as one dataset, and looks at every rule of the version. Violations are
/// in the report; errors are files whose bytes cannot be read (`file.*`, `csv.*`, `json.*`), an unknown rule or
/// criterion (`validate.unknown_rule`, `validate.unknown_criterion`), a version without rules (`validate.version`),
/// an invoice file without its columns (`validate.invoices`), and those of the engine.
base::Result<Report> validate_files(engine::Engine& engine, const std::vector<base::Path>& files,
                                    const Options& options);

} // namespace florin::validate
