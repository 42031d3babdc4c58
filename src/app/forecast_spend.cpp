#include "app/forecast_spend.hpp"

#include "forecast/minimum_trace.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <cmath>
#include <limits>
#include <map>
#include <thread>

namespace florin::app {
namespace {

using money::Decimal;
using period::Day;
using std::chrono::days;

constexpr double kPathValuesMax = 2e7; ///< of all series together, so that paths fit into memory
constexpr int kPathsLeast = 200;
/// Series whose covariance is worth computing: all parts and the rest, which are no more where feeds agree.
constexpr std::size_t kTogetherMax = kSpendPartsMax + 1;

/// For statistics: what is a sum of money otherwise stays exact.
double number(const Decimal& amount) {
    return static_cast<double>(amount.units()) / 1e18;
}

base::Result<Decimal> money_of(double value, int places) {
    FLORIN_TRY_ASSIGN(const Decimal::Rounded read,
                      Decimal::parse_rounded(fmt::format("{}", value), money::Rounding::kHalfEven));
    return read.value.rounded(places, money::Rounding::kHalfEven);
}

/// Amounts whose sum up to any step is the rounded sum of `values` up to it.
base::Result<std::vector<Decimal>> amounts_of(const std::vector<double>& values, int places) {
    std::vector<Decimal> amounts;
    double sum = 0.0;
    Decimal before;
    for (const double value : values) {
        sum += value;
        FLORIN_TRY_ASSIGN(const Decimal so_far, money_of(sum, places));
        FLORIN_TRY_ASSIGN(Decimal amount, so_far.minus(before));
        amounts.push_back(amount);
        before = so_far;
    }
    return amounts;
}

base::Result<void> add_to(std::vector<Decimal>& sums, const std::vector<Decimal>& more) {
    sums.resize(std::max(sums.size(), more.size()));
    for (std::size_t i = 0; i < more.size(); ++i) {
        FLORIN_TRY_ASSIGN(sums[i], sums[i].plus(more[i]));
    }
    return {};
}

base::Result<Decimal> sum_of(const std::vector<Decimal>& amounts, std::size_t first, std::size_t last) {
    money::DecimalSum sum;
    for (std::size_t i = first; i < last; ++i) {
        sum.add(amounts[i]);
    }
    return sum.total();
}

/// Calls `work` with 0 to count - 1 on some threads.
void in_parallel(std::size_t count, int threads, const std::function<void(std::size_t)>& work) {
    std::atomic<std::size_t> next{0};
    const auto run = [&] {
        for (std::size_t i = next++; i < count; i = next++) {
            work(i);
        }
    };
    std::vector<std::thread> others;
    for (std::size_t i = 1; i < std::min(count, static_cast<std::size_t>(std::max(threads, 1))); ++i) {
        others.emplace_back(run);
    }
    run();
    for (std::thread& other : others) {
        other.join();
    }
}

/// A leaf on its way: what is known of the days ahead, and what is forecast after that.
struct Node {
    std::vector<double> values; ///< up to where its feeds are complete
    std::size_t known = 0;      ///< days ahead that lie before that
    forecast::DailyForecast forecast;
    std::vector<double> mean; ///< of the days ahead after those known
    forecast::Paths paths;    ///< of all days ahead
};

class BlockForecast {
public:
    BlockForecast(const SpendHistory& history, const SpendHistoryBlock& block, const SpendForecast& frame,
                  const ForecastSpendRequest& request, int threads)
        : history_(history), block_(block), frame_(frame), request_(request), threads_(threads),
          places_(money::minor_units_of(block.currency)), horizon_(static_cast<std::size_t>(frame.ahead.days())) {}

    base::Result<SpendForecastBlock> run(const period::FiscalCalendar& calendar) {
        FLORIN_TRY(forecast_nodes());
        FLORIN_TRY(reconcile());
        draw_paths();
        SpendForecastBlock found{.currency = block_.currency, .total = {}, .parts = {}, .paths = {}};
        FLORIN_TRY(add_lines(found));
        FLORIN_TRY(add_steps(found, calendar));
        return found;
    }

private:
    bool is_together() const { return history_.cohort_ends.size() == 1 && leaves_.size() > 1; }

    base::Result<void> forecast_nodes();
    base::Result<void> reconcile();
    void draw_paths();
    base::Result<void> add_lines(SpendForecastBlock& found);
    base::Result<void> add_steps(SpendForecastBlock& found, const period::FiscalCalendar& calendar);
    base::Result<std::vector<SpendBand>> bands(const forecast::Paths& paths, std::size_t first, std::size_t last,
                                               const Decimal& actual) const;
    base::Result<void> set_steps(SpendLine& line, const forecast::Paths& paths, bool has_bands,
                                 const period::FiscalCalendar& calendar) const;

    const SpendHistory& history_;
    const SpendHistoryBlock& block_;
    const SpendForecast& frame_;
    const ForecastSpendRequest& request_;
    int threads_;
    int places_;
    std::size_t horizon_;
    std::vector<Node> leaves_;
    std::optional<Node> whole_; ///< where it has a forecast of its own
    std::map<std::pair<bool, std::vector<std::optional<std::string>>>, std::size_t> line_at_;
    std::vector<std::vector<std::size_t>> leaves_of_line_; ///< by line of the answer
};

base::Result<void> BlockForecast::forecast_nodes() {
    const auto day_count = static_cast<std::size_t>(frame_.history.days());
    std::vector<double> sums(day_count);
    for (const SpendLeaf& leaf : block_.leaves) {
        Node node{.values = {}, .known = leaf.amounts.size() - day_count, .forecast = {}, .mean = {}, .paths = {}};
        for (const Decimal& amount : leaf.amounts) {
            node.values.push_back(number(amount));
        }
        for (std::size_t i = 0; i < day_count; ++i) {
            sums[i] += node.values[i];
        }
        leaves_.push_back(std::move(node));
    }
    std::vector<Node*> nodes;
    for (Node& leaf : leaves_) {
        nodes.push_back(&leaf);
    }
    if (is_together()) {
        whole_ = Node{.values = std::move(sums), .known = 0, .forecast = {}, .mean = {}, .paths = {}};
        nodes.push_back(&*whole_);
    }
    std::vector<std::optional<base::Error>> failed(nodes.size());
    in_parallel(nodes.size(), threads_, [&](std::size_t i) {
        Node& node = *nodes[i];
        if (node.known >= horizon_) {
            return;
        }
        auto made = forecast::forecast_daily({.values = node.values,
                                              .first = history_.start,
                                              .horizon = static_cast<int>(horizon_ - node.known),
                                              .holidays = request_.holidays,
                                              .profile = frame_.profile});
        if (!made.ok()) {
            failed[i] = std::move(made).error();
            return;
        }
        node.forecast = std::move(made).value();
        node.mean = node.forecast.banded.forecast.mean;
    });
    for (std::optional<base::Error>& error : failed) {
        if (error) {
            return *std::move(error);
        }
    }
    return {};
}

/// One-step errors on the days of the history; none where the method has none.
std::vector<double> residuals_on(const Node& node, std::size_t day_count) {
    std::vector<double> found(day_count, std::numeric_limits<double>::quiet_NaN());
    const std::vector<double>& residuals = node.forecast.banded.forecast.residuals;
    for (std::size_t i = 0; i < std::min(residuals.size(), day_count); ++i) {
        found[day_count - 1 - i] = residuals[residuals.size() - 1 - i];
    }
    if (residuals.empty()) { // nothing is forecast, and nothing was: never wrong
        std::ranges::fill(found, 0.0);
    }
    return found;
}

base::Result<void> BlockForecast::reconcile() {
    if (!whole_ || leaves_.size() > kTogetherMax) {
        return {};
    }
    forecast::Aggregate all{.name = "the whole", .leaves = {}};
    std::vector<std::string> names;
    std::vector<std::vector<double>> residuals{residuals_on(*whole_, whole_->values.size())};
    for (std::size_t i = 0; i < leaves_.size(); ++i) {
        all.leaves.push_back(i);
        names.push_back(fmt::format("leaf {}", i));
        residuals.push_back(residuals_on(leaves_[i], whole_->values.size()));
    }
    FLORIN_TRY_ASSIGN(const auto hierarchy, forecast::Hierarchy::of(std::move(names), {std::move(all)}));
    auto trace = forecast::MinimumTrace::make(hierarchy, forecast::TraceWeights::kShrinkage, residuals);
    if (!trace.ok()) { // too few days that all series have
        trace = forecast::MinimumTrace::make(hierarchy, forecast::TraceWeights::kStructural, {});
    }
    FLORIN_TRY(trace);
    for (std::size_t step = 0; step < horizon_; ++step) {
        std::vector<double> forecasts{whole_->mean[step]};
        for (const Node& leaf : leaves_) {
            forecasts.push_back(leaf.mean[step]);
        }
        const std::vector<double> agreed = trace->reconcile(forecasts, false);
        for (std::size_t i = 0; i < leaves_.size(); ++i) {
            Node& leaf = leaves_[i];
            const bool is_nothing = leaf.forecast.basis == forecast::DailyBasis::kNothing ||
                                    leaf.forecast.basis == forecast::DailyBasis::kEnded;
            leaf.mean[step] = is_nothing ? 0.0 : leaf.forecast.non_negative ? std::max(agreed[i], 0.0) : agreed[i];
        }
    }
    return {};
}

void BlockForecast::draw_paths() {
    const double values = static_cast<double>(leaves_.size()) * static_cast<double>(horizon_);
    const int count = std::clamp(static_cast<int>(kPathValuesMax / std::max(values, 1.0)), kPathsLeast,
                                 std::max(request_.path_count, kPathsLeast));
    for (std::size_t cohort = 0; cohort < history_.cohort_ends.size(); ++cohort) {
        std::vector<std::size_t> members;
        std::vector<forecast::Forecast> forecasts;
        for (std::size_t i = 0; i < leaves_.size(); ++i) {
            if (block_.leaves[i].cohort == cohort && !leaves_[i].mean.empty()) {
                members.push_back(i);
                forecasts.push_back(leaves_[i].forecast.banded.forecast);
            }
        }
        auto raw = forecast::joint_paths(forecasts, count, request_.seed + cohort);
        in_parallel(members.size(), threads_, [&](std::size_t at) {
            Node& leaf = leaves_[members[at]];
            leaf.paths = forecast::calibrate_daily(leaf.forecast, leaf.mean, raw[at], request_.seed + members[at]);
            raw[at] = {}; // all series' futures fill memory but once
        });
    }
    const auto day_count = static_cast<std::size_t>(frame_.history.days());
    for (Node& leaf : leaves_) {
        leaf.paths.resize(static_cast<std::size_t>(count));
        const auto known = leaf.values.begin() + static_cast<std::ptrdiff_t>(day_count);
        const auto end = known + static_cast<std::ptrdiff_t>(std::min(leaf.known, horizon_));
        for (std::vector<double>& path : leaf.paths) {
            path.insert(path.begin(), known, end);
        }
    }
}

base::Result<void> BlockForecast::add_lines(SpendForecastBlock& found) {
    const auto day_count = static_cast<std::size_t>(frame_.history.days());
    for (std::size_t i = 0; i < leaves_.size(); ++i) {
        const SpendLeaf& leaf = block_.leaves[i];
        const Node& node = leaves_[i];
        const auto [at, is_new] = line_at_.try_emplace({leaf.is_rest, leaf.key}, found.parts.size());
        if (is_new) {
            SpendLine line;
            line.key = leaf.key;
            line.is_rest = leaf.is_rest;
            found.parts.push_back(std::move(line));
            leaves_of_line_.emplace_back();
        }
        SpendLine& line = found.parts[at->second];
        leaves_of_line_[at->second].push_back(i);
        const auto ahead = leaf.amounts.begin() + static_cast<std::ptrdiff_t>(day_count);
        FLORIN_TRY(add_to(line.history, {leaf.amounts.begin(), ahead}));
        FLORIN_TRY_ASSIGN(const std::vector<Decimal> expected, amounts_of(node.mean, places_));
        std::vector<Decimal> mean(ahead, ahead + static_cast<std::ptrdiff_t>(std::min(node.known, horizon_)));
        mean.insert(mean.end(), expected.begin(), expected.end());
        FLORIN_TRY(add_to(line.mean, mean));
        if (node.forecast.day_count >= line.day_count) { // of several feeds the one that is known longest
            line.day_count = node.forecast.day_count;
            line.basis = node.forecast.basis;
            line.method = node.forecast.banded.forecast.method;
            line.origin_count = node.forecast.banded.origin_count;
        }
    }
    found.total.history.resize(day_count);
    found.total.mean.resize(horizon_);
    for (const SpendLine& line : found.parts) {
        FLORIN_TRY(add_to(found.total.history, line.history));
        FLORIN_TRY(add_to(found.total.mean, line.mean));
    }
    return {};
}

base::Result<std::vector<SpendBand>> BlockForecast::bands(const forecast::Paths& paths, std::size_t first,
                                                          std::size_t last, const Decimal& actual) const {
    std::vector<SpendBand> found;
    const std::vector<double> sums = forecast::sum_steps(paths, first, last);
    for (const double level : frame_.levels) {
        SpendBand band;
        FLORIN_TRY_ASSIGN(band.lower, money_of(forecast::sample_quantile(sums, 0.5 - 0.5 * level), places_));
        FLORIN_TRY_ASSIGN(band.upper, money_of(forecast::sample_quantile(sums, 0.5 + 0.5 * level), places_));
        FLORIN_TRY_ASSIGN(band.lower, band.lower.plus(actual));
        FLORIN_TRY_ASSIGN(band.upper, band.upper.plus(actual));
        found.push_back(band);
    }
    return found;
}

base::Result<void> BlockForecast::set_steps(SpendLine& line, const forecast::Paths& paths, bool has_bands,
                                            const period::FiscalCalendar& calendar) const {
    const Day start = frame_.ahead.start;
    for (const period::Period& step : period::steps(frame_.ahead, frame_.grain, calendar)) {
        SpendStep made{
            .period = step, .is_cut = step.end > frame_.ahead.end, .actual = {}, .expected = {}, .bands = {}};
        const Day spent_from = std::clamp(step.start, frame_.history.start, start); // `start` where all lies ahead
        const auto spent_at = static_cast<std::size_t>((spent_from - frame_.history.start).count());
        FLORIN_TRY_ASSIGN(made.actual, sum_of(line.history, spent_at, line.history.size()));
        const auto first = static_cast<std::size_t>((std::max(step.start, start) - start).count());
        const auto last = static_cast<std::size_t>((std::min(step.end, frame_.ahead.end) - start).count());
        FLORIN_TRY_ASSIGN(made.expected, sum_of(line.mean, first, last));
        if (has_bands) {
            FLORIN_TRY_ASSIGN(made.bands, bands(paths, first, last, made.actual));
        }
        line.steps.push_back(std::move(made));
    }
    line.whole.period = frame_.ahead;
    FLORIN_TRY_ASSIGN(line.whole.expected, sum_of(line.mean, 0, horizon_));
    if (has_bands) {
        FLORIN_TRY_ASSIGN(line.whole.bands, bands(paths, 0, horizon_, {}));
    }
    return {};
}

base::Result<void> BlockForecast::add_steps(SpendForecastBlock& found, const period::FiscalCalendar& calendar) {
    bool has_bands = true;
    for (std::size_t at = 0; at < found.parts.size(); ++at) {
        std::vector<forecast::Paths> paths;
        bool of_line = true;
        for (const std::size_t leaf : leaves_of_line_[at]) {
            Node& node = leaves_[leaf];
            of_line = of_line && (node.mean.empty() || node.forecast.banded.origin_count > 0 ||
                                  node.forecast.basis != forecast::DailyBasis::kFewDays);
            paths.push_back(std::move(node.paths));
        }
        forecast::Paths sum = forecast::sum_series(paths);
        FLORIN_TRY(set_steps(found.parts[at], sum, of_line, calendar));
        paths = {std::move(found.paths), std::move(sum)};
        found.paths = at == 0 ? std::move(paths.back()) : forecast::sum_series(paths);
        has_bands = has_bands && (of_line || found.parts.size() > 1);
    }
    if (whole_) {
        std::vector<double> mean;
        for (const Decimal& amount : found.total.mean) {
            mean.push_back(number(amount));
        }
        found.paths = forecast::calibrate_daily(whole_->forecast, mean, found.paths, request_.seed);
        has_bands = whole_->forecast.basis != forecast::DailyBasis::kFewDays;
    }
    FLORIN_TRY(set_steps(found.total, found.paths, has_bands && !found.paths.empty(), calendar));
    const bool is_plain = request_.question.dimensions.empty() && leaves_.size() == 1;
    if (is_plain || whole_) {
        const forecast::DailyForecast& own = whole_ ? whole_->forecast : leaves_.front().forecast;
        found.total.method = own.banded.forecast.method;
        found.total.basis = own.basis;
        found.total.day_count = own.day_count;
        found.total.origin_count = own.banded.origin_count;
    } else {
        found.total.method = "sum of parts";
        for (const SpendLine& part : found.parts) {
            found.total.day_count = std::max(found.total.day_count, part.day_count);
            found.total.origin_count = std::max(found.total.origin_count, part.origin_count);
        }
    }
    if (request_.question.dimensions.empty()) {
        found.parts.clear();
    }
    const auto size = [](const SpendLine& line) { return std::pair(line.is_rest, line.whole.expected.negated()); };
    std::ranges::stable_sort(found.parts, {}, size);
    return {};
}

base::Result<void> check(const ForecastSpendRequest& request) {
    FLORIN_CHECK(request.grain != period::Grain::kNone, "a forecast is shown by steps");
    for (const double level : request.levels) {
        if (!(level > 0.0 && level < 1.0)) {
            return base::user_error("forecast.level",
                                    fmt::format("a band holds between 0 and 100 percent, not {}", 100.0 * level));
        }
    }
    return {};
}

std::string line_name(const SpendLine& line) {
    std::string name;
    for (const std::optional<std::string>& value : line.key) {
        name += (name.empty() ? "" : ", ") + value.value_or("(none)");
    }
    return line.is_rest ? "the rest" : name.empty() ? "the whole" : name;
}

/// Sentences of what rests on little.
void add_basis_notes(const SpendForecastBlock& block, std::vector<std::string>& notes) {
    std::vector<const SpendLine*> lines{&block.total};
    for (const SpendLine& part : block.parts) {
        lines.push_back(&part);
    }
    for (const SpendLine* line : lines) {
        const std::string name = line_name(*line);
        switch (line->basis) {
        case forecast::DailyBasis::kFewDays:
            notes.push_back(fmt::format("{}: {} of history: their mean, and no band.", name,
                                        line->day_count == 1 ? "1 day" : fmt::format("{} days", line->day_count)));
            break;
        case forecast::DailyBasis::kShort:
            notes.push_back(
                fmt::format("{}: {} days of history only: a simple method and a wide band.", name, line->day_count));
            break;
        case forecast::DailyBasis::kEnded:
            notes.push_back(fmt::format("{}: nothing was spent in the last {} days: it is taken to have ended.", name,
                                        forecast::kEndedDays));
            break;
        case forecast::DailyBasis::kNothing:
        case forecast::DailyBasis::kUsual: break;
        }
    }
}

} // namespace

base::Result<SpendForecast> forecast_history(const SpendHistory& history, const ForecastSpendRequest& request,
                                             const period::FiscalCalendar& calendar, int threads) {
    FLORIN_TRY(check(request));
    SpendForecast found{.question = request.question,
                        .history = {history.start, history.complete_end()},
                        .ahead = {},
                        .grain = request.grain,
                        .profile = forecast::Profile::kAccurate,
                        .levels = request.levels,
                        .blocks = {},
                        .feeds = history.feeds,
                        .notes = history.notes};
    if (found.history.days() < static_cast<int>(forecast::kDaysMin)) {
        return base::data_error("forecast.too_short",
                                fmt::format("{} complete days, from {} on, are too few to forecast from",
                                            found.history.days(), period::to_string(history.start)))
            .with_remedy(fmt::format("a forecast needs {} complete days at least", forecast::kDaysMin));
    }
    FLORIN_TRY_ASSIGN(const Day end, end_of(request.horizon, found.history.end, calendar));
    found.ahead = {found.history.end, end};
    std::size_t series = 0;
    for (const SpendHistoryBlock& block : history.blocks) {
        series += block.leaves.size();
    }
    found.profile = request.profile.value_or(series <= kAccurateSeriesMax ? forecast::Profile::kAccurate
                                                                          : forecast::Profile::kFast);
    for (const SpendHistoryBlock& block : history.blocks) {
        FLORIN_TRY_ASSIGN(SpendForecastBlock made,
                          BlockForecast(history, block, found, request, threads).run(calendar));
        add_basis_notes(made, found.notes);
        found.blocks.push_back(std::move(made));
    }
    return found;
}

base::Result<SpendForecast> forecast_spend(Workspace& workspace, Asker& asker, const ForecastSpendRequest& request) {
    FLORIN_TRY_ASSIGN(const SpendHistory history, read_spend_history(workspace, asker, request.question));
    const Configuration& configuration = workspace.configuration();
    return forecast_history(history, request, configuration.fiscal_calendar, workspace.limits({}).threads);
}

base::Result<SpendForecast> forecast_spend(Workspace& workspace, const ForecastSpendRequest& request) {
    FLORIN_TRY_ASSIGN(Asker asker, Asker::open(workspace, request.as_of));
    if (request.running) {
        request.running(&asker.engine());
    }
    auto found = forecast_spend(workspace, asker, request);
    if (request.running) {
        request.running(nullptr);
    }
    return found;
}

} // namespace florin::app
