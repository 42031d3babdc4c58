#include "demo/line_month.hpp"

#include "base/csv_cell.hpp"

#include <algorithm>
#include <array>
#include <cstring>

#include <fmt/format.h>

namespace florin::demo {

namespace {

constexpr std::array kVariable = {Column::kBilledCost,
                                  Column::kChargePeriodEnd,
                                  Column::kChargePeriodStart,
                                  Column::kConsumedQuantity,
                                  Column::kContractedCost,
                                  Column::kEffectiveCost,
                                  Column::kListCost,
                                  Column::kPricingQuantity,
                                  Column::kResourceId,
                                  Column::kResourceName,
                                  Column::kTags};
constexpr std::size_t kTagsCell = kVariable.size() - 1;
constexpr std::size_t kVariableBytesMax = 1'024;
constexpr std::size_t kRowBytesMax = 8'192;

/// Parts of a day's usage by the hour, summing to 24,000.
using Hours = std::array<std::int64_t, 24>;
constexpr Hours kFlatHours = {1'000, 1'000, 1'000, 1'000, 1'000, 1'000, 1'000, 1'000, 1'000, 1'000, 1'000, 1'000,
                              1'000, 1'000, 1'000, 1'000, 1'000, 1'000, 1'000, 1'000, 1'000, 1'000, 1'000, 1'000};
constexpr Hours kOfficeHours = {560,   540,   530,   530,   560,   640,   860, 1'160, 1'420, 1'500, 1'510, 1'480,
                                1'400, 1'450, 1'490, 1'460, 1'360, 1'180, 960, 800,   720,   680,   630,   580};
constexpr Hours kConsumerHours = {620,   500,   430,   400,   420,   520,   720,   900,   1'020, 1'080, 1'120, 1'190,
                                  1'240, 1'180, 1'130, 1'140, 1'190, 1'290, 1'430, 1'530, 1'540, 1'390, 1'100, 920};
constexpr Hours kNightHours = {1'900, 2'000, 2'050, 2'000, 1'800, 1'400, 900, 700, 640, 620, 620,   620,
                               620,   620,   620,   620,   620,   620,   620, 640, 700, 800, 1'020, 1'250};

constexpr std::int64_t sum_of(const Hours& hours) {
    std::int64_t sum = 0;
    for (const std::int64_t hour : hours) {
        sum += hour;
    }
    return sum;
}
static_assert(sum_of(kFlatHours) == 24'000 && sum_of(kOfficeHours) == 24'000 && sum_of(kConsumerHours) == 24'000 &&
              sum_of(kNightHours) == 24'000);

const Hours& hours_of(Rhythm rhythm) {
    switch (rhythm) {
    case Rhythm::kOffice: return kOfficeHours;
    case Rhythm::kConsumer: return kConsumerHours;
    case Rhythm::kMonthEnd: return kNightHours;
    case Rhythm::kFlat: break;
    }
    return kFlatHours;
}

char* put(char* out, std::string_view text) {
    std::memcpy(out, text.data(), text.size());
    return out + text.size();
}

Row usage_row(const Company& company, const Line& line, const Row& base, const FirstVersion& first) {
    const Sku& sku = company.skus[line.sku];
    Row row = base;
    set_sku(row, company.feeds[line.feed], sku);
    set_sub_account(row, company.sub_accounts[line.sub_account]);
    if (first.without_discount) {
        row[Column::kContractedUnitPrice] = row[Column::kListUnitPrice];
    }
    row[Column::kChargeCategory] = "Usage";
    row[Column::kChargeFrequency] = "Usage-Based";
    row[Column::kPricingCategory] = sku.dynamic ? "Dynamic" : "Standard";
    row[Column::kRegionId] = line.region;
    return row;
}

} // namespace

HourTexts::HourTexts(const period::Period& month) {
    texts_.reserve(static_cast<std::size_t>(month.days() * 24 + 1) * kBytes);
    for (period::Day day = month.start; day < month.end; day += std::chrono::days(1)) {
        const std::string date = period::to_string(day);
        for (int hour = 0; hour < 24; ++hour) {
            texts_ += fmt::format("{}T{:02}:00:00Z", date, hour);
        }
    }
    texts_ += midnight(month.end);
}

LineMonth::LineMonth(const Company& company, const Line& line, const period::Period& month, int months_before_last,
                     const Row& base, std::uint64_t rows, const FirstVersion& first)
    : company_(company), line_(line), sku_(company.skus[line.sku]), account_(company.sub_accounts[line.sub_account]),
      month_(month), months_before_last_(months_before_last), rows_(rows), first_(first), list_price_(list_price(sku_)),
      contracted_price_(first.without_discount ? list_price_ : contracted_price(company.feeds[line.feed], sku_)),
      currency_(base[Column::kBillingCurrency]), template_(usage_row(company, line, base, first), kVariable),
      random_(mix(line.seed, hash_text(period::to_string(month.start)))) {
    FLORIN_CHECK(rows > 0, "a line without charges");
    std::size_t bytes = kVariableBytesMax;
    for (std::size_t i = 0; i <= kTagsCell; ++i) {
        bytes += template_.segment(i).size();
    }
    for (const std::string& tags : line.tag_variants) {
        std::string tail = template_.segment(kTagsCell);
        tail += base::csv_cell(tags);
        tails_.push_back(tail + template_.segment(kTagsCell + 1));
        FLORIN_CHECK(bytes + tails_.back().size() < kRowBytesMax, "a row longer than expected");
    }
    const auto per_day_max = static_cast<std::size_t>(rows / static_cast<std::uint64_t>(month.days()) + 1);
    prepare_resources(sku_.hourly && per_day_max > 24 ? per_day_max / 24 + 24 : per_day_max);
}

Dimensions LineMonth::dimensions() const {
    Dimensions dimensions;
    dimensions.currency = currency_;
    dimensions.provider = company_.feeds[line_.feed].provider;
    dimensions.service_category = sku_.category;
    dimensions.sub_account = account_.id;
    dimensions.month = period::to_string(month_.start).substr(0, 7);
    dimensions.team = line_.team;
    dimensions.charge_category = "Usage";
    return dimensions;
}

void LineMonth::prepare_resources(std::size_t count) {
    weights_before_.push_back(0);
    for (std::size_t i = 0; i < count; ++i) {
        const std::uint64_t hash = mix(line_.seed, i);
        resource_ids_.push_back(fmt::format("{}/{}-{:012x}", account_.id, sku_.resource, hash >> 16U));
        resource_names_.push_back(fmt::format("{}-{}-{:03}", account_.name, sku_.resource, i + 1));
        weights_before_.push_back(weights_before_.back() + 600 + static_cast<std::int64_t>(hash % 801));
    }
}

DayQuantity LineMonth::quantity_on(int day) const {
    return day_quantity(company_, line_, month_.start + std::chrono::days(day), months_before_last_);
}

std::int64_t LineMonth::stepped(std::int64_t quantity) const {
    return std::max(quantity - quantity % sku_.quantum, sku_.quantum);
}

void LineMonth::count_anomaly(int day, Cost contracted_before, std::int64_t ordinary_quantity) {
    if (line_.anomaly < 0) {
        return;
    }
    const Anomaly& anomaly = company_.anomalies[static_cast<std::size_t>(line_.anomaly)];
    if (anomaly.days.contains(month_.start + std::chrono::days(day))) {
        anomaly_cost_.contracted += sums_.contracted - contracted_before;
        anomaly_cost_.ordinary += Cost{ordinary_quantity} * contracted_price_;
    }
}

void LineMonth::write_day(BillWriter& out, const HourTexts& hours, int day) {
    const auto days = static_cast<std::uint64_t>(month_.days());
    const auto today = static_cast<std::uint64_t>(day);
    if (day >= month_.days() - first_.days_missing) {
        return;
    }
    if (rows_ >= days) {
        const Cost before = sums_.contracted;
        write_hourly_and_daily(out, hours, day, rows_ / days + (today < rows_ % days ? 1 : 0));
        count_anomaly(day, before, line_.anomaly < 0 ? 0 : quantity_on(day).ordinary);
        return;
    }
    if (spans_written_ < rows_ && spans_written_ * days / rows_ == today) {
        write_span(out, hours, day, static_cast<int>((spans_written_ + 1) * days / rows_));
        ++spans_written_;
    }
}

void LineMonth::write_span(BillWriter& out, const HourTexts& hours, int first_day, int last_day) {
    std::int64_t quantity = 0;
    for (int day = first_day; day < last_day; ++day) {
        quantity += quantity_on(day).actual;
    }
    const auto start = static_cast<std::size_t>(first_day) * 24;
    write_row(out, hours.at(start), hours.at(static_cast<std::size_t>(last_day) * 24), stepped(quantity), 0);
}

void LineMonth::write_hourly_and_daily(BillWriter& out, const HourTexts& hours, int day, std::uint64_t rows) {
    const auto by_hour = static_cast<std::size_t>(sku_.hourly ? rows / 24 : 0);
    const auto by_day = static_cast<std::size_t>(sku_.hourly ? rows % 24 : rows);
    const std::size_t resources = by_hour + by_day;
    const base::int128 quantity = quantity_on(day).actual;
    const std::int64_t weight_sum = weights_before_[resources];
    const Hours& parts = hours_of(sku_.rhythm);
    const std::size_t midnight_index = static_cast<std::size_t>(day) * 24;
    for (std::size_t resource = 0; resource < resources; ++resource) {
        const std::int64_t weight = weights_before_[resource + 1] - weights_before_[resource];
        const auto share = static_cast<std::int64_t>(quantity * weight / weight_sum);
        if (resource >= by_hour) {
            const auto noisy = static_cast<std::int64_t>(base::int128{share} * random_.between(900, 1'100) / 1'000);
            write_row(out, hours.at(midnight_index), hours.at(midnight_index + 24), stepped(noisy), resource);
            continue;
        }
        for (std::size_t hour = 0; hour < 24; ++hour) {
            const std::int64_t part = parts[hour] * random_.between(900, 1'100);
            const auto noisy = static_cast<std::int64_t>(base::int128{share} * part / 24'000'000);
            const std::size_t start = midnight_index + hour;
            write_row(out, hours.at(start), hours.at(start + 1), stepped(noisy), resource);
        }
    }
}

void LineMonth::write_row(BillWriter& out, std::string_view start, std::string_view end, std::int64_t quantity,
                          std::size_t resource) {
    const Cost list = Cost{quantity} * list_price_;
    const Cost contracted = Cost{quantity} * contracted_price_;
    std::array<char, 48> cost_text{};
    std::array<char, 48> quantity_text{};
    const std::string_view cost(cost_text.data(), write_fixed(cost_text.data(), contracted, kCostPlaces));
    const std::string_view pricing(quantity_text.data(), write_fixed(quantity_text.data(), quantity, kQuantityPlaces));
    char* at = out.room(kRowBytesMax);
    at = put(at, template_.segment(0));
    at = put(at, cost);
    at = put(at, template_.segment(1));
    at = put(at, end);
    at = put(at, template_.segment(2));
    at = put(at, start);
    at = put(at, template_.segment(3));
    at = sku_.block == 1 ? put(at, pricing) : write_fixed(at, base::int128{quantity} * sku_.block, kQuantityPlaces);
    at = put(at, template_.segment(4));
    at = put(at, cost);
    at = put(at, template_.segment(5));
    at = put(at, cost);
    at = put(at, template_.segment(6));
    at = list == contracted ? put(at, cost) : write_fixed(at, list, kCostPlaces);
    at = put(at, template_.segment(7));
    at = put(at, pricing);
    at = put(at, template_.segment(8));
    at = put(at, resource_ids_[resource]);
    at = put(at, template_.segment(9));
    at = put(at, resource_names_[resource]);
    at = put(at, tails_[resource % tails_.size()]);
    out.advance_to(at);
    sums_.add({1, contracted, contracted, list, contracted});
}

} // namespace florin::demo
