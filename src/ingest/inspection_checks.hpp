// One row of a bill: its cells told apart, read and checked.
#pragma once

#include "base/error.hpp"
#include "ingest/exact_sum.hpp"
#include "ingest/inspection_cells.hpp"
#include "ingest/inspection_columns.hpp"
#include "ingest/inspection_memories.hpp"
#include "ingest/inspection_tally.hpp"
#include "period/period.hpp"

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace florin::ingest {

/// A decimal cell of a row.
struct ReadAmount {
    bool is_null = true;
    bool is_short = false; ///< `brief` holds it
    ShortAmount brief;
    Amount amount;         ///< costs only
    std::string_view text; ///< plain number: the cell, or `plain`
    std::string plain;
};

/// What a row says. Complete only for a row whose checks went well.
struct CheckedRow {
    explicit CheckedRow(const ColumnPlan& column_plan);

    const ColumnPlan& plan;
    std::vector<Cell> cells;
    std::vector<std::uint32_t> touched; ///< findings: column * kRuleCount + rule
    std::array<ReadAmount, 4> costs;    ///< as lake::kCosts
    std::vector<ReadAmount> decimals;   ///< as plan.other_decimals
    std::vector<ListEntry*> entries;    ///< as plan.lists; null where the cell is
    /// Billing start and end, charge start and end; the last one may be null.
    std::array<const period::ParsedInstant*, 4> times{};
    std::uint32_t currency = 0; ///< these three as numbered by the tally
    std::uint32_t provider = 0;
    std::uint32_t account = 0;

    void touch(std::size_t column, Rule rule) {
        touched.push_back(static_cast<std::uint32_t>(column * kRuleCount + static_cast<std::size_t>(rule)));
    }
    /// A price or quantity; null where the bill has no such column.
    const ReadAmount* decimal_at(const ColumnPlace& column) const;
    /// The value of a list column, as FOCUS writes it; empty when null or not there.
    std::string_view list_value(const ColumnPlace& column) const;
};

/// Reads and checks row after row. One thread's.
class RowChecks {
public:
    /// `tally` numbers the texts that repeat.
    RowChecks(const ColumnPlan& plan, std::uint64_t cell_bytes_max, Tally& tally);

    /// Reads a row. False: take_error() says why.
    bool check(const CsvRow& row);
    base::Error take_error() { return std::move(error_); }
    /// The row that was checked last; its texts are in the block.
    const CheckedRow& row() const { return row_; }

private:
    bool fail(std::string code, std::string message, std::string remedy, std::size_t column);
    void split(const char* text, std::size_t begin, std::span<const std::uint32_t> ends);
    bool read_keys();
    bool read_instant(std::size_t which, std::size_t column);
    bool read_times();
    bool read_long_amount(std::size_t column, int scale, ReadAmount& out);
    bool read_costs();
    bool read_other_decimals();
    void read_lists();
    void check_identities();
    enum class Vendor : std::uint8_t { kOther, kAws, kMicrosoft };
    Vendor vendor();
    void mend_azure();
    void find_aws_gaps();

    const ColumnPlan& plan_;
    const std::uint64_t cell_bytes_max_;
    std::vector<std::string> names_; // of the columns, for errors
    Tally& tally_;
    RememberedIds currencies_{tally_.currencies};
    RememberedIds providers_{tally_.providers};
    RememberedIds former_providers_{tally_.providers};
    RememberedIds accounts_{tally_.accounts};
    std::array<RememberedInstants, 4> instants_;
    std::vector<ListValues> lists_;
    std::vector<bool> currency_is_known_; // by currency id
    std::vector<Vendor> vendors_;         // by provider id
    CheckedRow row_;
    base::Error error_;
};

} // namespace florin::ingest
