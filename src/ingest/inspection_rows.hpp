// Reads blocks of the rows of a bill: checks their cells, and counts what is in them.
#pragma once

#include "ingest/csv_rows.hpp"
#include "ingest/inspection_tally.hpp"

#include <cstdint>
#include <memory>

namespace florin::ingest {

/// How rows are read.
struct RowRules {
    const ColumnPlan* plan = nullptr;
    char delimiter = ',';
    std::uint64_t cell_bytes_max = 0;
    bool set_bad_rows_aside = false;
};

/// One thread's reader of a FOCUS bill. Blocks come in the order of the file, not necessarily all of
/// them.
class RowInspector {
public:
    explicit RowInspector(const RowRules& rules);
    ~RowInspector();
    RowInspector(RowInspector&&) noexcept;

    CsvRowReader& reader();
    Tally take_tally();

private:
    struct State;
    std::unique_ptr<State> state_;
};

} // namespace florin::ingest
