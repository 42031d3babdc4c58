// When the rows of a line of usage start, and how much each has: shared by all native formats.
#pragma once

#include "demo/company.hpp"

#include <cstdint>
#include <initializer_list>
#include <vector>

namespace florin::demo {

/// One row's place in the month: a whole day, or one hour of it.
struct UsageSlot {
    int hour = 0;  ///< of the day
    int hours = 1; ///< 1 or 24
    std::uint64_t resource = 0;
};

/// Rows of a line spread evenly over the days of a month; each (resource, slot) occurs once.
class UsageSchedule {
public:
    UsageSchedule(std::uint64_t rows, int days, bool hourly) : rows_(rows), days_(days), hourly_(hourly) {}
    /// Rows that start on the day (0 = first of the month).
    std::uint64_t rows_on(int day) const { return before(day + 1) - before(day); }
    /// The `i`-th row of a day.
    UsageSlot slot(std::uint64_t i) const {
        return hourly_ ? UsageSlot{static_cast<int>(i % 24), 1, i / 24} : UsageSlot{0, 24, i};
    }

private:
    std::uint64_t before(int day) const {
        return rows_ * static_cast<std::uint64_t>(day) / static_cast<std::uint64_t>(days_);
    }
    std::uint64_t rows_;
    int days_;
    bool hourly_;
};

/// Quantities whose product with each of some prices has at most 10 places.
class QuantitySteps {
public:
    /// `prices` in 10^-10; `quantum`: the smallest step of the quantity itself, 10^-6.
    QuantitySteps(std::int64_t quantum, std::initializer_list<std::int64_t> prices);
    /// The nearest multiple below, at least one step; 10^-6.
    std::int64_t rounded(std::int64_t quantity) const;

private:
    std::int64_t step_;
};

/// Rows for each line so that they sum to `rows`: one each, the rest by the lines' weights. `rows` is at
/// least the number of lines.
std::vector<std::uint64_t> share_rows(std::uint64_t rows, const std::vector<std::uint64_t>& weights);

/// Rows of a line relative to others: the big ones in production are billed in more pieces.
std::uint64_t row_weight(const Company& company, const Line& line);

} // namespace florin::demo
