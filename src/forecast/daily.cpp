#include "forecast/daily.hpp"

#include "forecast/change_points.hpp"
#include "forecast/combination.hpp"
#include "forecast/daily_methods.hpp"
#include "forecast/intermittent.hpp"
#include "forecast/profile.hpp"

#include <boost/math/distributions/normal.hpp>

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <numeric>
#include <random>

namespace florin::forecast {
namespace {

constexpr int kWeek = 7;
constexpr std::size_t kCalendarDays = 90;    ///< three month-ends, to know one by
constexpr std::size_t kMonthDays = 62;       ///< each day of a month twice
constexpr std::size_t kDaysMax = 3 * 366;    ///< older days say nothing of the next ones
constexpr int kOriginsMax = 20;              ///< backtests of a method
constexpr std::size_t kChoiceOrigins = 3;    ///< fewer do not choose
constexpr std::size_t kAccurateOrigins = 10; ///< each is a fit of every method
constexpr std::size_t kTrainingLeast = 14;

/// One method with what it said at each origin.
struct Tried {
    Method method;
    std::vector<BacktestOrigin> origins;
    double loss = std::numeric_limits<double>::infinity();
};

/// Absolute errors of the days, and of the sum.
double loss_of(std::span<const BacktestOrigin> origins) {
    double loss = 0.0;
    for (const BacktestOrigin& origin : origins) {
        double sum = 0.0;
        for (std::size_t step = 0; step < origin.mean.size(); ++step) {
            const double error = origin.actual[step] - origin.mean[step];
            loss += std::abs(error);
            sum += error;
        }
        loss += std::abs(sum);
    }
    return std::isfinite(loss) ? loss : std::numeric_limits<double>::infinity();
}

void clip(std::vector<double>& mean) {
    for (double& value : mean) {
        value = std::max(value, 0.0);
    }
}

/// What a profile's methods get to see.
struct Frame {
    bool calendar = false;
    bool rebased = false;
};

Method framed(const Frame& frame, const Calendar& calendar, Method inner) {
    Method method = [inner = std::move(inner)](const Request& at) { return forecast_without_far_values(at, inner); };
    if (frame.rebased) {
        method = [method = std::move(method)](const Request& at) { return forecast_rebased(at, method); };
    }
    if (frame.calendar) {
        method = [method = std::move(method), calendar](const Request& at) {
            return at.values.size() < kCalendarDays ? method(at) : forecast_calendar(at, calendar, method);
        };
    }
    return method;
}

/// Finds the method of the least loss, for one series without leading zeros.
class Choice {
public:
    Choice(const DailyRequest& request, bool non_negative)
        : request_(request), calendar_{.first = request.first, .holidays = request.holidays},
          non_negative_(non_negative) {
        const auto count = static_cast<int>(request.values.size());
        past_ = {
            .values = request.values, .season = kWeek, .horizon = std::max(1, std::min(request.horizon, count / 3))};
        plan_ = {.origin_count = kOriginsMax,
                 .step = std::max(1, past_.horizon / 2),
                 .training_least = static_cast<int>(std::min<std::size_t>(kTrainingLeast, request.values.size() / 2))};
    }

    /// The chosen method and its origins.
    base::Result<Tried> run() {
        if (request_.values.size() < kShortDays) {
            FLORIN_TRY(try_method(forecast_mean));
            FLORIN_TRY(try_method(forecast_weekday_means));
            return chosen();
        }
        FLORIN_TRY(try_frames());
        if (request_.profile == Profile::kAccurate) {
            FLORIN_TRY(try_members());
        }
        FLORIN_TRY(try_method(forecast_weekday_means));
        if (request_.values.size() >= kMonthDays) {
            FLORIN_TRY(
                try_method([calendar = calendar_](const Request& at) { return forecast_days_of_month(at, calendar); }));
        }
        if (non_negative_ && is_intermittent()) {
            FLORIN_TRY(
                try_method([](const Request& at) { return forecast_intermittent(at, IntermittentMethod::kTsb); }));
        }
        return chosen();
    }

private:
    bool is_intermittent() const {
        const auto some = std::ranges::count_if(request_.values, [](double value) { return value != 0.0; });
        return static_cast<double>(some) <= kIntermittentShare * static_cast<double>(request_.values.size());
    }

    base::Result<void> try_method(Method method) {
        FLORIN_TRY_ASSIGN(std::vector<BacktestOrigin> origins, backtest(past_, method, plan_));
        add(std::move(method), std::move(origins));
        return {};
    }

    void add(Method method, std::vector<BacktestOrigin> origins) {
        for (BacktestOrigin& origin : origins) {
            if (non_negative_) {
                clip(origin.mean);
            }
        }
        const double loss = loss_of(origins);
        tried_.push_back({.method = std::move(method), .origins = std::move(origins), .loss = loss});
    }

    /// The first one tried is what is taken where there is no choice.
    base::Result<void> try_frames() {
        std::vector<Frame> frames;
        const bool with_calendar = request_.values.size() >= kCalendarDays;
        frames.push_back({.calendar = with_calendar});
        if (with_calendar) {
            frames.push_back({});
        }
        if (!find_level_shifts(request_.values, kWeek).starts.empty()) {
            frames.push_back({.calendar = with_calendar, .rebased = true});
        }
        for (const Frame& frame : frames) {
            FLORIN_TRY(try_method(framed(frame, calendar_, forecast_fast)));
        }
        frame_count_ = frames.size();
        const auto least = std::ranges::min_element(tried_, {}, &Tried::loss);
        const bool has_choice = tried_.front().origins.size() >= kChoiceOrigins;
        frame_ = frames[has_choice ? static_cast<std::size_t>(least - tried_.begin()) : 0];
        return {};
    }

    /// Every member of `accurate` by itself, and their median, in the frame that suits the series.
    base::Result<void> try_members() {
        const std::size_t before = tried_.size();
        BacktestPlan plan = plan_;
        plan.origin_count = std::min<int>(plan.origin_count, kAccurateOrigins);
        for (const Method& member : accurate_methods(kWeek)) {
            Method method = framed(frame_, calendar_, member);
            FLORIN_TRY_ASSIGN(std::vector<BacktestOrigin> origins, backtest(past_, method, plan));
            add(std::move(method), std::move(origins));
        }
        std::vector<const std::vector<BacktestOrigin>*> members;
        for (std::size_t i = before; i < tried_.size(); ++i) {
            members.push_back(&tried_[i].origins);
        }
        add(framed(frame_, calendar_, forecast_accurate), averaged(members, Average::kMedian));
        return {};
    }

    /// What the average of methods said at each origin that all of them have.
    static std::vector<BacktestOrigin> averaged(const std::vector<const std::vector<BacktestOrigin>*>& methods,
                                                Average average) {
        std::size_t count = methods.front()->size();
        for (const auto* origins : methods) {
            count = std::min(count, origins->size());
        }
        std::vector<BacktestOrigin> found(methods.front()->end() - static_cast<std::ptrdiff_t>(count),
                                          methods.front()->end());
        for (std::size_t i = 0; i < count; ++i) {
            std::vector<Forecast> members;
            for (const auto* origins : methods) {
                members.push_back(
                    {.method = {}, .mean = (*origins)[origins->size() - count + i].mean, .residuals = {}});
            }
            found[i].mean = combine(std::move(members), average).mean;
        }
        return found;
    }

    /// By loss over the origins that all methods have; the order of trying where they are too few.
    base::Result<Tried> chosen() {
        std::size_t common = tried_.front().origins.size();
        for (const Tried& tried : tried_) {
            common = std::min(common, tried.origins.size());
        }
        if (common < kChoiceOrigins) {
            return fallback();
        }
        for (Tried& tried : tried_) {
            tried.loss = loss_of(std::span(tried.origins).last(common));
        }
        std::ranges::stable_sort(tried_, {}, &Tried::loss);
        if (tried_.size() > 1) {
            auto both = averaged({&tried_[0].origins, &tried_[1].origins}, Average::kMean);
            if (loss_of(std::span(both).last(common)) < tried_[0].loss) {
                Method method = [first = tried_[0].method,
                                 second = tried_[1].method](const Request& at) -> base::Result<Forecast> {
                    FLORIN_TRY_ASSIGN(Forecast one, first(at));
                    FLORIN_TRY_ASSIGN(Forecast other, second(at));
                    return combine({std::move(one), std::move(other)}, Average::kMean);
                };
                return Tried{.method = std::move(method), .origins = std::move(both)};
            }
        }
        return std::move(tried_.front());
    }

    /// Where there is no choice: the profile without the calendar's effects; of a short history the mean.
    Tried fallback() {
        const bool has_members = request_.profile == Profile::kAccurate && request_.values.size() >= kShortDays;
        return std::move(has_members ? tried_[frame_count_ + accurate_methods(kWeek).size()] : tried_.front());
    }

    const DailyRequest& request_;
    Calendar calendar_;
    bool non_negative_;
    Request past_;
    BacktestPlan plan_;
    Frame frame_;
    std::size_t frame_count_ = 0;
    std::vector<Tried> tried_;
};

double sum_size_of(std::span<const double> values, std::span<const BacktestOrigin> origins) {
    double squares = 0.0;
    double count = 0.0;
    for (const BacktestOrigin& origin : origins) {
        if (const auto scale = recent_scale(values.first(origin.training_count))) {
            double sum = 0.0;
            for (std::size_t step = 0; step < origin.mean.size(); ++step) {
                sum += origin.actual[step] - origin.mean[step];
            }
            squares += sum * sum / (*scale * *scale);
            count += 1.0;
        }
    }
    return count > 0.0 ? std::sqrt(squares / count) : 0.0;
}

DailyBasis basis_of(std::span<const double> values) {
    if (values.empty()) {
        return DailyBasis::kNothing;
    }
    const auto is_zero = [](double value) { return value == 0.0; };
    if (values.size() > kEndedDays && std::ranges::all_of(values.last(kEndedDays), is_zero)) {
        return DailyBasis::kEnded;
    }
    return values.size() < kDaysMin     ? DailyBasis::kFewDays
           : values.size() < kShortDays ? DailyBasis::kShort
                                        : DailyBasis::kUsual;
}

base::Result<void> forecast_by_choice(const DailyRequest& request, DailyForecast& found) {
    FLORIN_TRY_ASSIGN(Tried chosen, Choice(request, found.non_negative).run());
    FLORIN_TRY_ASSIGN(found.banded.forecast,
                      chosen.method({.values = request.values, .season = kWeek, .horizon = request.horizon}));
    const PastErrors errors = past_errors({.values = request.values}, chosen.origins);
    found.banded.origin_count = errors.errors.size();
    FLORIN_TRY_ASSIGN(found.banded.errors, ConformalErrors::from(errors));
    found.sum_size = sum_size_of(request.values, chosen.origins);
    found.origins = std::move(chosen.origins);
    return {};
}

} // namespace

std::string_view name(Profile profile) {
    return profile == Profile::kAccurate ? "accurate" : "fast";
}

base::Result<DailyForecast> forecast_daily(const DailyRequest& request) {
    FLORIN_TRY(check_request({.values = request.values, .season = kWeek, .horizon = request.horizon}));
    DailyForecast found;
    found.non_negative = std::ranges::all_of(request.values, [](double value) { return value >= 0.0; });
    auto start = static_cast<std::size_t>(
        std::ranges::find_if(request.values, [](double value) { return value != 0.0; }) - request.values.begin());
    found.day_count = request.values.size() - start;
    found.basis = basis_of(request.values.subspan(start));
    start = std::max(start, request.values.size() - std::min(request.values.size(), kDaysMax));
    DailyRequest since = request;
    since.values = request.values.subspan(start);
    since.first = request.first + std::chrono::days(static_cast<std::int64_t>(start));
    const auto horizon = static_cast<std::size_t>(request.horizon);
    switch (found.basis) {
    case DailyBasis::kNothing:
    case DailyBasis::kEnded:
        found.banded.forecast = {.method = "nothing", .mean = std::vector<double>(horizon), .residuals = {}};
        return found;
    case DailyBasis::kFewDays: {
        FLORIN_TRY_ASSIGN(found.banded.forecast, forecast_mean({.values = since.values, .horizon = request.horizon}));
        break;
    }
    case DailyBasis::kShort:
    case DailyBasis::kUsual: FLORIN_TRY(forecast_by_choice(since, found)); break;
    }
    found.banded.scale = recent_scale(since.values).value_or(0.0);
    if (found.non_negative) {
        clip(found.banded.forecast.mean);
    }
    return found;
}

namespace {

using Order = std::vector<std::size_t>;

/// Positions in ascending order of what is at them; equal values by position.
Order order_of(std::span<const double> values) {
    Order order(values.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return values[a] < values[b]; });
    return order;
}

/// Normal scores of paths: by step from where the model puts them, and one of each path for all steps.
class PathScores {
public:
    PathScores(const Paths& raw, std::uint64_t seed) : path_count_(raw.size()) {
        const boost::math::normal_distribution<double> normal;
        for (std::size_t rank = 0; rank < path_count_; ++rank) {
            normal_.push_back(
                boost::math::quantile(normal, (static_cast<double>(rank) + 0.5) / static_cast<double>(path_count_)));
        }
        std::mt19937_64 random(seed);
        std::vector<double> lots;
        for (std::size_t path = 0; path < path_count_; ++path) {
            lots.push_back(static_cast<double>(random() >> 11U)); // not a distribution: they differ between libraries
        }
        lasting_ = scores(lots);
        std::vector<double> at_step(path_count_);
        for (std::size_t step = 0; !raw.empty() && step < raw.front().size(); ++step) {
            for (std::size_t path = 0; path < path_count_; ++path) {
                at_step[path] = raw[path][step];
            }
            by_step_.push_back(scores(at_step));
        }
    }

    /// Which path is the lowest at the step, which next, where a share of the variance lasts through all steps.
    Order order(std::size_t step, double lasting_share) const {
        std::vector<double> mixed(path_count_);
        for (std::size_t path = 0; path < path_count_; ++path) {
            mixed[path] =
                std::sqrt(1.0 - lasting_share) * by_step_[step][path] + std::sqrt(lasting_share) * lasting_[path];
        }
        return order_of(mixed);
    }

private:
    std::vector<double> scores(std::span<const double> values) const {
        const Order order = order_of(values);
        std::vector<double> found(values.size());
        for (std::size_t rank = 0; rank < order.size(); ++rank) {
            found[order[rank]] = normal_[rank];
        }
        return found;
    }

    std::size_t path_count_;
    std::vector<double> normal_;
    std::vector<double> lasting_;
    std::vector<std::vector<double>> by_step_;
};

constexpr std::size_t kSumOrigins = 3; ///< of fewer sums it is not known how errors add up: they all do

/// The least share of lasting error with which the sums of the first steps are as wide as those of the past.
double lasting_share(const PathScores& scores, const std::vector<std::vector<double>>& margins, std::size_t step_count,
                     double sum_size) {
    constexpr int kParts = 16;
    const auto width = [&](int part) {
        std::vector<double> sums(margins.empty() ? 0 : margins.front().size());
        for (std::size_t step = 0; step < step_count; ++step) {
            const Order order = scores.order(step, static_cast<double>(part) / kParts);
            for (std::size_t rank = 0; rank < order.size(); ++rank) {
                sums[order[rank]] += margins[step][rank];
            }
        }
        const double squares = std::inner_product(sums.begin(), sums.end(), sums.begin(), 0.0);
        return sums.empty() ? 0.0 : std::sqrt(squares / static_cast<double>(sums.size()));
    };
    int low = 0;
    int high = kParts;
    while (low < high) {
        const int middle = (low + high) / 2;
        if (width(middle) >= sum_size) {
            high = middle;
        } else {
            low = middle + 1;
        }
    }
    return static_cast<double>(low) / kParts;
}

} // namespace

Paths calibrate_daily(const DailyForecast& forecast, std::span<const double> means, const Paths& raw,
                      std::uint64_t seed) {
    Paths found(raw.size(), std::vector<double>(means.begin(), means.end()));
    const bool has_errors = forecast.banded.origin_count > 0;
    if (raw.empty() || !has_errors) {
        return found;
    }
    const PathScores scores(raw, seed);
    std::vector<std::vector<double>> margins;
    for (std::size_t step = 0; step < means.size(); ++step) {
        margins.push_back(forecast.banded.errors.sample(step, raw.size()));
    }
    const std::size_t step_count = std::min(means.size(), forecast.origins.front().mean.size());
    const double share =
        forecast.origins.size() < kSumOrigins ? 1.0 : lasting_share(scores, margins, step_count, forecast.sum_size);
    for (std::size_t step = 0; step < means.size(); ++step) {
        const Order order = scores.order(step, share);
        for (std::size_t rank = 0; rank < order.size(); ++rank) {
            const double value = means[step] + forecast.banded.scale * margins[step][rank];
            found[order[rank]][step] = forecast.non_negative ? std::max(value, 0.0) : value;
        }
    }
    return found;
}

} // namespace florin::forecast
