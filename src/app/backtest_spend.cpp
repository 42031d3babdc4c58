#include "app/backtest_spend.hpp"

#include "forecast/accuracy.hpp"
#include "forecast/seasonal_naive.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>

namespace florin::app {
namespace {

using money::Decimal;
using period::Day;
using std::chrono::days;

constexpr int kWeek = 7;

double plain(const Decimal& amount) {
    return static_cast<double>(amount.units()) / 1e18;
}

/// What one method said of a series, by origin and day, beside what came.
struct Said {
    std::vector<double> actual;
    std::vector<double> forecast;
    double mase_sum = 0.0;
    int mase_count = 0;
    double sum_errors = 0.0; ///< absolute errors of the origins' sums
    double sums = 0.0;       ///< their absolute sums

    void add(std::span<const double> came, std::span<const double> mean, std::optional<double> scale) {
        actual.insert(actual.end(), came.begin(), came.end());
        forecast.insert(forecast.end(), mean.begin(), mean.end());
        if (scale) {
            mase_sum += forecast::mase(came, mean, *scale);
            ++mase_count;
        }
        double error = 0.0;
        double sum = 0.0;
        for (std::size_t i = 0; i < came.size(); ++i) {
            error += mean[i] - came[i];
            sum += came[i];
        }
        sum_errors += std::abs(error);
        sums += std::abs(sum);
    }

    BacktestMeasures measures() const {
        BacktestMeasures found{.wape = forecast::wape(actual, forecast),
                               .bias = forecast::bias(actual, forecast),
                               .mase = {},
                               .sum_error = {}};
        if (mase_count > 0) {
            found.mase = mase_sum / mase_count;
        }
        if (sums > 0.0) {
            found.sum_error = 100.0 * sum_errors / sums;
        }
        return found;
    }
};

/// One series over all origins.
struct Record {
    std::vector<std::optional<std::string>> key;
    bool is_rest = false;
    double rounding = 0.0; ///< half a minor unit: bands are rounded to it, and amounts are not
    std::size_t origin_count = 0;
    Said florin;
    Said naive;
    std::vector<double> inside; ///< days by level
    std::vector<double> widths; ///< sums by level
    double banded = 0.0;        ///< days with a band

    void add_bands(const SpendLine& line, std::span<const double> came) {
        for (std::size_t i = 0; i < line.steps.size() && i < came.size(); ++i) {
            const std::vector<SpendBand>& bands = line.steps[i].bands;
            inside.resize(std::max(inside.size(), bands.size()));
            widths.resize(inside.size());
            banded += bands.empty() ? 0.0 : 1.0;
            for (std::size_t level = 0; level < bands.size(); ++level) {
                const double lower = plain(bands[level].lower);
                const double upper = plain(bands[level].upper);
                inside[level] += lower - rounding <= came[i] && came[i] <= upper + rounding ? 1.0 : 0.0;
                widths[level] += upper - lower;
            }
        }
    }

    BacktestLine line() const {
        BacktestLine found{.key = key,
                           .is_rest = is_rest,
                           .origin_count = origin_count,
                           .florin = florin.measures(),
                           .naive = naive.measures(),
                           .coverage = {},
                           .width = {}};
        double size = 0.0;
        for (const double amount : florin.actual) {
            size += std::abs(amount);
        }
        size /= static_cast<double>(std::max<std::size_t>(florin.actual.size(), 1));
        for (std::size_t level = 0; level < inside.size() && banded > 0.0; ++level) {
            found.coverage.push_back(100.0 * inside[level] / banded);
            found.width.push_back(size > 0.0 ? 100.0 * widths[level] / banded / size : 0.0);
        }
        return found;
    }
};

using Name = std::pair<bool, std::vector<std::optional<std::string>>>;

/// The histories of one currency, by series, up to where all are complete.
struct Series {
    Name name;
    std::vector<double> values;
};

std::vector<Series> series_of(const SpendHistoryBlock& block, std::size_t day_count) {
    std::vector<Series> found;
    for (const SpendLeaf& leaf : block.leaves) {
        const Name name{leaf.is_rest, leaf.key};
        auto at = std::ranges::find(found, name, &Series::name);
        if (at == found.end()) {
            found.push_back({.name = name, .values = std::vector<double>(day_count)});
            at = found.end() - 1;
        }
        for (std::size_t i = 0; i < day_count; ++i) {
            at->values[i] += plain(leaf.amounts[i]);
        }
    }
    return found;
}

/// The history as if nothing later than `end` were known.
SpendHistory cut(const SpendHistory& history, Day end) {
    SpendHistory found = history;
    found.cohort_ends = {end};
    found.notes.clear();
    const auto day_count = static_cast<std::size_t>((end - history.start).count());
    for (SpendHistoryBlock& block : found.blocks) {
        std::vector<SpendLeaf> leaves;
        for (SpendLeaf& leaf : block.leaves) {
            leaf.amounts.resize(day_count);
            leaf.cohort = 0;
            const bool has_begun =
                std::ranges::any_of(leaf.amounts, [](const Decimal& amount) { return !amount.is_zero(); });
            if (has_begun) { // what nobody knew of then
                leaves.push_back(std::move(leaf));
            }
        }
        block.leaves = std::move(leaves);
    }
    return found;
}

base::Result<void> score(const SpendLine* line, const Series& series, std::size_t start, std::size_t horizon,
                         Record& record) {
    const std::span<const double> all = series.values;
    const auto came = all.subspan(start, horizon);
    const auto before = all.first(start);
    std::vector<double> mean(horizon); // of what had not begun nothing was forecast
    for (std::size_t i = 0; line != nullptr && i < horizon; ++i) {
        mean[i] = plain(line->mean[i]);
    }
    FLORIN_TRY_ASSIGN(
        const forecast::Forecast naive,
        forecast::forecast_seasonal_naive({.values = before, .season = kWeek, .horizon = static_cast<int>(horizon)}));
    const auto scale = forecast::naive_scale(before, kWeek);
    record.florin.add(came, mean, scale);
    record.naive.add(came, naive.mean, scale);
    ++record.origin_count;
    if (line != nullptr) {
        record.add_bands(*line, came);
    }
    return {};
}

class Backtester {
public:
    Backtester(const SpendHistory& history, const BacktestSpendRequest& request, std::size_t horizon)
        : history_(history), request_(request), horizon_(horizon) {
        const auto day_count = static_cast<std::size_t>((history.complete_end() - history.start).count());
        for (const SpendHistoryBlock& block : history.blocks) {
            const double rounding = 0.5 / std::pow(10.0, money::minor_units_of(block.currency));
            series_.push_back(series_of(block, day_count));
            Series total{.name = {}, .values = std::vector<double>(day_count)};
            for (const Series& one : series_.back()) {
                for (std::size_t i = 0; i < day_count; ++i) {
                    total.values[i] += one.values[i];
                }
                records_[block.currency].push_back(
                    {.key = one.name.second, .is_rest = one.name.first, .rounding = rounding});
            }
            totals_.push_back(std::move(total));
            total_records_.push_back({.key = {}, .is_rest = false, .rounding = rounding});
        }
    }

    base::Result<void> add_origin(Day origin, const period::FiscalCalendar& calendar, int threads) {
        ForecastSpendRequest request = request_.forecast;
        request.grain = period::Grain::kDay;
        request.horizon = {.days = static_cast<int>(horizon_)};
        FLORIN_TRY_ASSIGN(const SpendForecast said,
                          forecast_history(cut(history_, origin), request, calendar, threads));
        const auto start = static_cast<std::size_t>((origin - history_.start).count());
        for (std::size_t at = 0; at < history_.blocks.size(); ++at) {
            const SpendForecastBlock& block = said.blocks[at];
            FLORIN_TRY(score(&block.total, totals_[at], start, horizon_, total_records_[at]));
            for (std::size_t i = 0; i < series_[at].size(); ++i) {
                const Series& series = series_[at][i];
                const auto line = std::ranges::find_if(
                    block.parts, [&](const SpendLine& part) { return Name{part.is_rest, part.key} == series.name; });
                FLORIN_TRY(score(line == block.parts.end() ? nullptr : &*line, series, start, horizon_,
                                 records_[block.currency][i]));
            }
        }
        return {};
    }

    std::vector<BacktestBlock> blocks() const {
        std::vector<BacktestBlock> found;
        for (std::size_t at = 0; at < history_.blocks.size(); ++at) {
            BacktestBlock block{.currency = history_.blocks[at].currency,
                                .total = total_records_[at].line(),
                                .pooled = {},
                                .parts = {}};
            if (!request_.forecast.question.dimensions.empty()) {
                Record pooled;
                for (const Record& record : records_.at(block.currency)) {
                    block.parts.push_back(record.line());
                    pool(record, pooled);
                }
                block.pooled = pooled.line();
            }
            found.push_back(std::move(block));
        }
        return found;
    }

private:
    static void pool(const Record& from, Record& to) {
        to.origin_count = std::max(to.origin_count, from.origin_count);
        for (const auto& [of, into] : {std::pair(&from.florin, &to.florin), std::pair(&from.naive, &to.naive)}) {
            into->actual.insert(into->actual.end(), of->actual.begin(), of->actual.end());
            into->forecast.insert(into->forecast.end(), of->forecast.begin(), of->forecast.end());
            into->mase_sum += of->mase_sum;
            into->mase_count += of->mase_count;
            into->sum_errors += of->sum_errors;
            into->sums += of->sums;
        }
        to.banded += from.banded;
        to.inside.resize(std::max(to.inside.size(), from.inside.size()));
        to.widths.resize(to.inside.size());
        for (std::size_t level = 0; level < from.inside.size(); ++level) {
            to.inside[level] += from.inside[level];
            to.widths[level] += from.widths[level];
        }
    }

    const SpendHistory& history_;
    const BacktestSpendRequest& request_;
    std::size_t horizon_;
    std::vector<std::vector<Series>> series_;
    std::vector<Series> totals_;
    std::map<std::string, std::vector<Record>> records_;
    std::vector<Record> total_records_;
};

} // namespace

base::Result<BacktestReport> backtest_history(const SpendHistory& history, const BacktestSpendRequest& request,
                                              const period::FiscalCalendar& calendar, int threads) {
    const Day end = history.complete_end();
    FLORIN_TRY_ASSIGN(const Day ahead, end_of(request.forecast.horizon, end, calendar));
    const days horizon = ahead - end;
    BacktestReport report{.horizon_days = static_cast<int>(horizon.count()),
                          .origins = {},
                          .profile = request.forecast.profile.value_or(forecast::Profile::kFast),
                          .levels = request.forecast.levels,
                          .blocks = {},
                          .notes = history.notes};
    for (int i = request.origin_count; i >= 1; --i) {
        const Day origin = end - i * horizon;
        if (origin >= history.start + days(forecast::kShortDays)) {
            report.origins.push_back(origin);
        }
    }
    if (report.origins.empty()) {
        return base::data_error("forecast.too_short",
                                fmt::format("{} complete days are too few to forecast {} of them from {} before",
                                            (end - history.start).count(), horizon.count(), forecast::kShortDays))
            .with_remedy("take a shorter horizon, such as --horizon 7d");
    }
    BacktestSpendRequest fixed = request;
    fixed.forecast.profile = report.profile;
    Backtester backtester(history, fixed, static_cast<std::size_t>(horizon.count()));
    for (const Day origin : report.origins) {
        FLORIN_TRY(backtester.add_origin(origin, calendar, threads));
    }
    report.blocks = backtester.blocks();
    return report;
}

base::Result<BacktestReport> backtest_spend(Workspace& workspace, const BacktestSpendRequest& request) {
    FLORIN_TRY_ASSIGN(Asker asker, Asker::open(workspace, request.forecast.as_of));
    if (request.forecast.running) {
        request.forecast.running(&asker.engine());
    }
    auto history = read_spend_history(workspace, asker, request.forecast.question);
    if (request.forecast.running) {
        request.forecast.running(nullptr);
    }
    FLORIN_TRY(history);
    return backtest_history(*history, request, workspace.configuration().fiscal_calendar, workspace.limits({}).threads);
}

} // namespace florin::app
