#include "ingest/inspection_rows.hpp"

#include "ingest/inspection_checks.hpp"
#include "ingest/inspection_row_tally.hpp"

#include <algorithm>

namespace florin::ingest {
namespace {

std::vector<std::string> names_of(const ColumnPlan& plan) {
    std::vector<std::string> names;
    for (const ColumnUse& use : plan.uses) {
        names.push_back(use.source_name);
    }
    return names;
}

} // namespace

struct RowInspector::State final : CsvRowReader {
    Tally tally;
    RowChecks checks;
    RowTally counts;

    explicit State(const RowRules& rules)
        : CsvRowReader(names_of(*rules.plan), rules.delimiter, rules.set_bad_rows_aside),
          tally(rules.plan->uses.size()), checks(*rules.plan, rules.cell_bytes_max, tally), counts(*rules.plan, tally) {
    }

    std::optional<base::Error> take(const CsvRow& row) override {
        if (!checks.check(row)) {
            return checks.take_error();
        }
        counts.count(checks.row(), row.key);
        tally.longest_row_bytes = std::max<std::uint64_t>(tally.longest_row_bytes, row.end - row.begin);
        return std::nullopt;
    }

    void count_set_aside(bool is_split) override {
        if (is_split) {
            counts.count_set_aside(checks.row());
        } else {
            counts.count_set_aside_unreadable();
        }
    }
};

RowInspector::RowInspector(const RowRules& rules) : state_(std::make_unique<State>(rules)) {}
RowInspector::~RowInspector() = default;
RowInspector::RowInspector(RowInspector&&) noexcept = default;

CsvRowReader& RowInspector::reader() {
    return *state_;
}
Tally RowInspector::take_tally() {
    return std::move(state_->tally);
}

} // namespace florin::ingest
