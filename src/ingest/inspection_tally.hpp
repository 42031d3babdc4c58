// What one thread counts while it reads rows, and how the counts of all threads become one
// inspection.
#pragma once

#include "ingest/csv_rows.hpp"
#include "ingest/exact_sum.hpp"
#include "ingest/inspection.hpp"
#include "ingest/inspection_columns.hpp"
#include "ingest/inspection_repairs.hpp"

#include <array>
#include <compare>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace florin::ingest {

struct TextHash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>{}(text); }
};

/// Numbers 0, 1, 2, … for the texts of a column that repeat.
class TextIds {
public:
    std::uint32_t id(std::string_view text);
    const std::string& text(std::uint32_t id) const { return texts_[id]; }
    std::size_t size() const { return texts_.size(); }

private:
    std::unordered_map<std::string, std::uint32_t, TextHash, std::equal_to<>> ids_;
    std::vector<std::string> texts_;
};

struct GroupId {
    std::uint32_t currency = 0;
    std::uint32_t provider = 0;
    std::uint32_t account = 0; ///< of accounts, sub account or not
    std::uint32_t service = 0;
    std::uint32_t line_type = 0;
    period::Instant start;
    friend bool operator==(const GroupId&, const GroupId&) = default;
};
struct ScopeId {
    std::uint32_t account = 0;
    period::Instant start;
    period::Instant end;
    friend bool operator==(const ScopeId&, const ScopeId&) = default;
};
struct IdHash {
    std::size_t operator()(const GroupId& id) const;
    std::size_t operator()(const ScopeId& id) const;
};

struct GroupTally {
    std::uint64_t rows = 0;
    std::array<ExactSum, 4> sum;
    std::array<std::uint64_t, 4> null_cells{};
};

struct FindingTally {
    std::uint64_t rows = 0;
    RowKey first;
    std::string example;
    std::vector<std::optional<ExactSum>> billed; ///< by currency id
};

/// Everything one thread has counted. Rows that were set aside count in `set_aside` only.
struct Tally {
    explicit Tally(std::size_t column_count)
        : findings(column_count * kRuleCount), instant_forms(column_count), value_repairs(column_count) {}

    TextIds currencies;
    TextIds providers;
    TextIds accounts;
    TextIds services;
    TextIds line_types;
    std::unordered_map<GroupId, GroupTally, IdHash> groups;
    std::unordered_map<ScopeId, std::uint64_t, IdHash> scopes;
    std::vector<FindingTally> findings;                      ///< [column * kRuleCount + rule]
    std::vector<std::array<std::uint64_t, 6>> instant_forms; ///< [column][form]
    std::vector<std::map<std::string, std::string>> value_repairs;
    std::uint64_t longest_row_bytes = 0;
    std::map<std::string, ExactSum> set_aside; ///< currency -> BilledCost
    std::uint64_t set_aside_unreadable = 0;
};

/// Adds up the tallies of all threads. `first_rows[block]` is the number of data rows before it.
void merge_tallies(const std::vector<Tally>& tallies, const ColumnPlan& plan,
                   const std::vector<std::uint64_t>& first_rows, Inspection& inspection);

} // namespace florin::ingest
