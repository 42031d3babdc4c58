// The charges of one line in one month: rendered once as a template, then written row by row.
#pragma once

#include "demo/charge.hpp"
#include "demo/commitments.hpp"
#include "demo/random.hpp"
#include "demo/truth.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace florin::demo {

/// The texts of every hour's start in a month, its end included.
class HourTexts {
public:
    explicit HourTexts(const period::Period& month);
    /// `hour` counts from the start of the month.
    std::string_view at(std::size_t hour) const { return {texts_.data() + hour * kBytes, kBytes}; }

private:
    static constexpr std::size_t kBytes = 20;
    std::string texts_;
};

/// How the first version of a restated bill differs from the current one, for one line.
struct FirstVersion {
    bool without_discount = false; ///< the contracted price was the list price
    int days_missing = 0;          ///< usage of the last days had not arrived
};

/// What an anomaly did, as written.
struct AnomalyCost {
    Cost contracted = 0; ///< of the line's charges in the anomaly's days
    Cost ordinary = 0;   ///< what the line would have cost in them
};

class LineMonth {
public:
    /// `rows`: charges to write in the month, at least 1. With fewer than one a day each covers several days.
    LineMonth(const Company& company, const Line& line, const period::Period& month, int months_before_last,
              const Row& base, std::uint64_t rows, const FirstVersion& first);

    /// Writes the charges that start on the day (0 = first of the month). Days are asked for in order.
    void write_day(BillWriter& out, const HourTexts& hours, int day);

    const CostSums& sums() const { return sums_; }
    const AnomalyCost& anomaly_cost() const { return anomaly_cost_; }
    Dimensions dimensions() const;

private:
    void write_row(BillWriter& out, std::string_view start, std::string_view end, std::int64_t quantity,
                   std::size_t resource);
    void write_hourly_and_daily(BillWriter& out, const HourTexts& hours, int day, std::uint64_t rows);
    void write_span(BillWriter& out, const HourTexts& hours, int first_day, int last_day);
    void prepare_resources(std::size_t count);
    DayQuantity quantity_on(int day) const;
    std::int64_t stepped(std::int64_t quantity) const;
    void count_anomaly(int day, Cost contracted_before, std::int64_t ordinary_quantity);

    const Company& company_;
    const Line& line_;
    const Sku& sku_;
    const SubAccount& account_;
    period::Period month_;
    int months_before_last_;
    std::uint64_t rows_;
    FirstVersion first_;
    std::int64_t list_price_;
    std::int64_t contracted_price_;
    std::string currency_;
    RowTemplate template_;
    std::vector<std::string> tails_; ///< Tags and all after it, per component
    std::vector<std::string> resource_ids_;
    std::vector<std::string> resource_names_;
    std::vector<std::int64_t> weights_before_; ///< sum of the weights of the resources before this one
    Random random_;
    std::uint64_t spans_written_ = 0;
    CostSums sums_;
    AnomalyCost anomaly_cost_;
};

} // namespace florin::demo
