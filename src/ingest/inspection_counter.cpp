#include "ingest/inspection_counter.hpp"

#include <utility>

namespace florin::ingest {

void RowCounter::add(BlockOutcome& outcome) {
    const std::size_t place = outcome.index - next_;
    if (place >= waiting_.size()) {
        waiting_.resize(place + 1);
    }
    waiting_[place].emplace();
    std::swap(*waiting_[place], outcome);
    std::size_t done = 0;
    for (; done < waiting_.size() && waiting_[done]; ++done) {
        number(*waiting_[done]);
    }
    waiting_.erase(waiting_.begin(), waiting_.begin() + static_cast<std::ptrdiff_t>(done));
    next_ += done;
}

void RowCounter::number(BlockOutcome& outcome) {
    if (fault) {
        return;
    }
    constexpr std::uint64_t kStride = RowOffsets::kStride;
    first_rows.push_back(rows);
    for (std::uint64_t row = (rows + kStride - 1) / kStride * kStride; row < rows + outcome.row_starts.size();
         row += kStride) {
        offsets.push_back(outcome.offset + outcome.row_starts[row - rows]);
    }
    for (BadRow& bad : outcome.bad_rows) {
        bad.error.place.row = rows + bad.row;
        ++quarantined.rows;
        ++quarantined.reasons[bad.error.code];
        quarantined.row_numbers.push_back(bad.error.place.row);
        set_aside.push_back({bad.begin, bad.end});
        if (!quarantined.first) {
            quarantined.first = std::move(bad.error);
        }
    }
    if (outcome.fault) {
        fault = std::move(outcome.fault->error);
        fault->place.row = rows + outcome.fault->row;
    }
    rows += outcome.row_starts.size();
}

base::Result<void> finish_rows(RowCounter& counter, std::vector<RowInspector>& inspectors, const ColumnPlan& plan,
                               Inspection& inspection) {
    if (counter.rows == 0) {
        return base::data_error("csv.no_rows", "the file has a header and no rows")
            .with_remedy("Remove the file if there is nothing to bill.");
    }
    std::vector<Tally> tallies;
    for (RowInspector& inspector : inspectors) {
        tallies.push_back(inspector.take_tally());
    }
    inspection.quarantined = std::move(counter.quarantined);
    inspection.row_offsets.offsets = std::move(counter.offsets);
    merge_tallies(tallies, plan, counter.first_rows, inspection);
    return {};
}

} // namespace florin::ingest
