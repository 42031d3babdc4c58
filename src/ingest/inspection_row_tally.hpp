// Counts rows into a thread's tally: the good ones by group and scope, and what was found in them.
#pragma once

#include "ingest/inspection_checks.hpp"
#include "ingest/inspection_tally.hpp"

namespace florin::ingest {

class RowTally {
public:
    explicit RowTally(Tally& tally) : tally_(tally) {}

    /// Counts a row whose checks went well.
    void count(const CheckedRow& row, const RowKey& key);

    /// Counts the cost of a row that is set aside, where it and its currency can be read. `row` has its cells.
    void count_set_aside(const CheckedRow& row);
    /// The same for a row that could not be split into cells.
    void count_set_aside_unreadable() { ++tally_.set_aside_unreadable; }

private:
    void count_group(const CheckedRow& row);
    void count_scope(const CheckedRow& row);
    void count_instant_forms(const CheckedRow& row);
    void count_findings(const CheckedRow& row, const RowKey& key);

    Tally& tally_;
    // Of the row before.
    GroupId last_group_id_;
    GroupTally* last_group_ = nullptr;
    ScopeId last_scope_id_;
    std::uint64_t* last_scope_ = nullptr;
};

} // namespace florin::ingest
