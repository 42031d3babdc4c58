// What programs read of forecasts and backtests.
#include "cli/delivery_json.hpp"
#include "cli/forecast_text.hpp"

#include "base/csv_cell.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <iterator>

namespace florin::cli {
namespace {

using app::BacktestLine;
using app::SpendLine;
using app::SpendStep;
using Json = nlohmann::json;

std::string_view basis_text(forecast::DailyBasis basis) {
    switch (basis) {
    case forecast::DailyBasis::kNothing: return "nothing";
    case forecast::DailyBasis::kEnded: return "ended";
    case forecast::DailyBasis::kFewDays: return "few-days";
    case forecast::DailyBasis::kShort: return "short";
    case forecast::DailyBasis::kUsual: return "usual";
    }
    return "";
}

base::Result<Json> step_json(const SpendStep& step, const std::vector<double>& levels) {
    FLORIN_TRY_ASSIGN(const money::Decimal total, step.total());
    Json bands = Json::array();
    for (std::size_t i = 0; i < step.bands.size(); ++i) {
        bands.push_back({{"percent", level_text(levels[i])},
                         {"lower", step.bands[i].lower.to_string()},
                         {"upper", step.bands[i].upper.to_string()}});
    }
    return Json{{"start", period::to_string(step.period.start)},
                {"end", period::to_string(step.period.end)},
                {"is_cut", step.is_cut},
                {"actual", step.actual.to_string()},
                {"expected", step.expected.to_string()},
                {"total", total.to_string()},
                {"bands", std::move(bands)}};
}

Json key_json(const std::vector<std::optional<std::string>>& key, const std::vector<std::string>& dimensions) {
    Json object = Json::object();
    for (std::size_t i = 0; i < key.size(); ++i) {
        object[dimensions[i]] = key[i] ? Json(*key[i]) : Json(nullptr);
    }
    return object;
}

base::Result<Json> line_json(const SpendLine& line, const app::SpendForecast& forecast) {
    Json steps = Json::array();
    for (const SpendStep& step : line.steps) {
        FLORIN_TRY_ASSIGN(Json made, step_json(step, forecast.levels));
        steps.push_back(std::move(made));
    }
    FLORIN_TRY_ASSIGN(Json whole, step_json(line.whole, forecast.levels));
    return Json{{"dimensions", key_json(line.key, forecast.question.dimensions)},
                {"is_rest", line.is_rest},
                {"method", line.method},
                {"basis", basis_text(line.basis)},
                {"days_of_history", line.day_count},
                {"backtests", line.origin_count},
                {"steps", std::move(steps)},
                {"whole", std::move(whole)}};
}

Json optional_json(const std::optional<double>& number) {
    return number ? Json(*number) : Json(nullptr);
}

Json measures_json(const app::BacktestMeasures& measures) {
    return {{"wape_percent", optional_json(measures.wape)},
            {"bias_percent", optional_json(measures.bias)},
            {"mase", optional_json(measures.mase)},
            {"sum_error_percent", optional_json(measures.sum_error)}};
}

Json backtest_line_json(const BacktestLine& line, const app::BacktestReport& report,
                        const std::vector<std::string>& dimensions) {
    Json bands = Json::array();
    for (std::size_t i = 0; i < line.coverage.size(); ++i) {
        bands.push_back({{"percent", level_text(report.levels[i])},
                         {"coverage_percent", line.coverage[i]},
                         {"width_percent", line.width[i]}});
    }
    return {{"dimensions", key_json(line.key, dimensions)},
            {"is_rest", line.is_rest},
            {"origins", line.origin_count},
            {"florin", measures_json(line.florin)},
            {"seasonal_naive", measures_json(line.naive)},
            {"naive_wins", line.naive_wins()},
            {"bands", std::move(bands)}};
}

std::vector<std::string> key_cells(const std::vector<std::optional<std::string>>& key, std::size_t dimension_count) {
    std::vector<std::string> cells;
    for (std::size_t i = 0; i < dimension_count; ++i) {
        cells.push_back(i < key.size() && key[i] ? base::csv_cell(*key[i]) : "");
    }
    return cells;
}

std::string number_cell(const std::optional<double>& number) {
    return number ? fmt::format("{:.3f}", *number) : "";
}

} // namespace

base::Result<std::string> forecast_csv(const app::SpendForecast& forecast) {
    std::vector<std::string> names{"currency", "level"};
    std::ranges::transform(forecast.question.dimensions, std::back_inserter(names), base::csv_cell);
    names.insert(names.end(), {"start", "end", "is_cut", "actual", "expected", "total"});
    for (const double level : forecast.levels) {
        names.push_back("lower_" + level_text(level));
        names.push_back("upper_" + level_text(level));
    }
    std::string text = fmt::format("{}\n", fmt::join(names, ","));
    const auto add = [&](const std::string& currency, const char* level, const SpendLine& line) -> base::Result<void> {
        for (const SpendStep& step : line.steps) {
            std::vector<std::string> cells{currency, level};
            const auto key = key_cells(line.key, forecast.question.dimensions.size());
            cells.insert(cells.end(), key.begin(), key.end());
            FLORIN_TRY_ASSIGN(const money::Decimal total, step.total());
            cells.insert(cells.end(), {period::to_string(step.period.start), period::to_string(step.period.end),
                                       step.is_cut ? "true" : "false", step.actual.to_string(),
                                       step.expected.to_string(), total.to_string()});
            for (std::size_t i = 0; i < forecast.levels.size(); ++i) {
                const bool has_band = i < step.bands.size();
                cells.push_back(has_band ? step.bands[i].lower.to_string() : "");
                cells.push_back(has_band ? step.bands[i].upper.to_string() : "");
            }
            text += fmt::format("{}\n", fmt::join(cells, ","));
        }
        return {};
    };
    for (const app::SpendForecastBlock& block : forecast.blocks) {
        for (const SpendLine& part : block.parts) {
            FLORIN_TRY(add(block.currency, part.is_rest ? "rest" : "part", part));
        }
        FLORIN_TRY(add(block.currency, "total", block.total));
    }
    return text;
}

base::Result<std::string> forecast_json(const app::SpendForecast& forecast) {
    Json blocks = Json::array();
    for (const app::SpendForecastBlock& block : forecast.blocks) {
        Json parts = Json::array();
        for (const SpendLine& part : block.parts) {
            FLORIN_TRY_ASSIGN(Json made, line_json(part, forecast));
            parts.push_back(std::move(made));
        }
        FLORIN_TRY_ASSIGN(Json total, line_json(block.total, forecast));
        blocks.push_back({{"currency", block.currency}, {"total", std::move(total)}, {"parts", std::move(parts)}});
    }
    Json feeds = Json::array();
    for (const app::FeedCompleteness& feed : forecast.feeds) {
        feeds.push_back({{"source", feed.source},
                         {"billing_account", feed.billing_account},
                         {"complete_until", period::to_string(feed.end)},
                         {"has_ended", feed.has_ended}});
    }
    const auto period_json = [](const period::Period& period) {
        return Json{{"start", period::to_string(period.start)}, {"end", period::to_string(period.end)}};
    };
    return json_text({{"basis", query::name(forecast.question.basis)},
                      {"filter", forecast.question.filter},
                      {"profile", forecast::name(forecast.profile)},
                      {"history", period_json(forecast.history)},
                      {"ahead", period_json(forecast.ahead)},
                      {"grain", period::name(forecast.grain)},
                      {"blocks", std::move(blocks)},
                      {"feeds", std::move(feeds)},
                      {"notes", forecast.notes}}) +
           "\n";
}

std::string backtest_csv(const app::BacktestReport& report, const std::vector<std::string>& dimensions) {
    std::vector<std::string> names{"currency", "level"};
    std::ranges::transform(dimensions, std::back_inserter(names), base::csv_cell);
    for (const char* method : {"", "naive_"}) {
        for (const char* measure : {"wape_percent", "mase", "bias_percent", "sum_error_percent"}) {
            names.push_back(std::string(method) + measure);
        }
    }
    for (const double level : report.levels) {
        names.push_back("coverage_" + level_text(level));
        names.push_back("width_percent_" + level_text(level));
    }
    names.insert(names.end(), {"origins", "naive_wins"});
    std::string text = fmt::format("{}\n", fmt::join(names, ","));
    const auto add = [&](const std::string& currency, const char* level, const BacktestLine& line) {
        std::vector<std::string> cells{currency, level};
        const auto key = key_cells(line.key, dimensions.size());
        cells.insert(cells.end(), key.begin(), key.end());
        for (const app::BacktestMeasures* of : {&line.florin, &line.naive}) {
            cells.insert(cells.end(), {number_cell(of->wape), number_cell(of->mase), number_cell(of->bias),
                                       number_cell(of->sum_error)});
        }
        for (std::size_t i = 0; i < report.levels.size(); ++i) {
            const bool has_band = i < line.coverage.size();
            cells.push_back(has_band ? number_cell(line.coverage[i]) : "");
            cells.push_back(has_band ? number_cell(line.width[i]) : "");
        }
        cells.insert(cells.end(), {fmt::format("{}", line.origin_count), line.naive_wins() ? "true" : "false"});
        text += fmt::format("{}\n", fmt::join(cells, ","));
    };
    for (const app::BacktestBlock& block : report.blocks) {
        for (const BacktestLine& part : block.parts) {
            add(block.currency, part.is_rest ? "rest" : "part", part);
        }
        if (!block.parts.empty()) {
            add(block.currency, "all parts", block.pooled);
        }
        add(block.currency, "total", block.total);
    }
    return text;
}

std::string backtest_json(const app::BacktestReport& report, const std::vector<std::string>& dimensions) {
    Json blocks = Json::array();
    for (const app::BacktestBlock& block : report.blocks) {
        Json parts = Json::array();
        for (const BacktestLine& part : block.parts) {
            parts.push_back(backtest_line_json(part, report, dimensions));
        }
        Json made{{"currency", block.currency},
                  {"total", backtest_line_json(block.total, report, dimensions)},
                  {"parts", std::move(parts)}};
        if (!block.parts.empty()) {
            made["all_parts"] = backtest_line_json(block.pooled, report, dimensions);
        }
        blocks.push_back(std::move(made));
    }
    Json origins = Json::array();
    for (const period::Day origin : report.origins) {
        origins.push_back(period::to_string(origin));
    }
    return json_text({{"horizon_days", report.horizon_days},
                      {"origins", std::move(origins)},
                      {"profile", forecast::name(report.profile)},
                      {"blocks", std::move(blocks)},
                      {"notes", report.notes}}) +
           "\n";
}

} // namespace florin::cli
