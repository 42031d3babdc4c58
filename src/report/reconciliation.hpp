// The reconciliation of one delivery: what its source billed and what the ledger has, side by side. Values, which the
// application layer fills in, and the page.
#pragma once

#include "money/money.hpp"
#include "period/period.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace florin::report {

/// Source and ledger of some rows. Amounts of the source are exact decimal text, of any number of places.
struct ReconciledSums {
    std::uint64_t source_rows = 0;
    std::string source = "0";
    std::string rounded_away = "0"; ///< source less what is left of it at 18 places, cell by cell
    std::uint64_t charges = 0;      ///< in the ledger
    money::Decimal ledger;
    std::string moved = "0"; ///< ledger + rounded_away - source: what rules took away or added
};

/// One line of a table, or a total.
struct ReconciledRow {
    std::string currency;
    std::string name; ///< an account, a service, a line type, a rule; of a total the cost that it is of
    ReconciledSums sums;
};

/// All rows of a delivery told apart in one way; each currency adds up to its total.
struct ReconciledTable {
    std::string by; ///< `account`, `service`, `line type`, `rule`
    std::vector<ReconciledRow> rows;
};

/// The rows of one account, service and line type that one rule made.
struct ReconciledLine {
    std::string currency;
    std::string account;
    std::string service;
    std::string line_type;
    std::string rule; ///< empty: as they are in the source
    ReconciledSums sums;
    std::optional<money::Decimal> effective; ///< their EffectiveCost in the ledger, where it was kept
};

struct AppliedRule {
    std::string id;
    std::string kind; ///< `suppressed`
    std::string sentence;
};

/// Cells that were mended as they came in, or are odd.
struct MendedCells {
    std::string rule;
    std::string column;
    std::uint64_t rows = 0;
    std::string billed; ///< of these rows: `12.5 USD`, one a currency
};

/// Rows of a file that were set aside: they are in no sum.
struct RowsSetAside {
    std::string file;
    std::uint64_t rows = 0;
    std::uint64_t unreadable_rows = 0; ///< of them without a readable cost or currency
    std::string billed;                ///< of the others
};

struct Reconciliation {
    std::string workspace_title;
    std::int64_t delivery = 0;
    std::string source; ///< `AWS Cost and Usage Report`
    std::vector<std::string> files;
    period::Instant received_at;
    std::vector<ReconciledRow> totals;
    /// False where the delivery came in before lines were kept: then only `totals` say something.
    bool has_lines = true;
    std::vector<ReconciledLine> lines;
    std::vector<ReconciledTable> tables; ///< of the lines, by account, service, line type and rule
    std::vector<AppliedRule> rules;
    std::vector<MendedCells> mended;
    std::vector<RowsSetAside> set_aside;
};

/// A whole HTML document that needs nothing else, as render_html() gives one. Amounts are rounded to the currency's
/// minor units, exact in `title` and in `data-exact`; rounded columns foot by a line for rounding.
std::string render_html(const Reconciliation& reconciliation);

} // namespace florin::report
