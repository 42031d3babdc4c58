// Counts rows into a thread's tally: the good ones by group and scope, and what was found in them.
#pragma once

#include "ingest/inspection_checks.hpp"
#include "ingest/inspection_memories.hpp"
#include "ingest/inspection_tally.hpp"

namespace florin::ingest {

class RowTally {
public:
    RowTally(const ColumnPlan& plan, Tally& tally);

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

    std::uint32_t line_type_of(const CheckedRow& row);

    Tally& tally_;
    RememberedIds accounts_{tally_.accounts};
    RememberedIds services_{tally_.services};
    ColumnPlace category_; // among plan.lists
    std::uint32_t no_service_ = 0;
    std::uint32_t no_line_type_ = 0;
    // Of the row before.
    GroupId last_group_id_;
    GroupTally* last_group_ = nullptr;
    ScopeId last_scope_id_;
    std::uint64_t* last_scope_ = nullptr;
};

} // namespace florin::ingest
