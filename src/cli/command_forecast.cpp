// Forecasts: what it will cost, and how good such forecasts would have been.
#include "cli/forecast_text.hpp"
#include "cli/session.hpp"

#include "app/backtest_spend.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace florin::cli {
namespace {

base::Result<std::vector<double>> parse_levels(const std::vector<std::string>& texts) {
    std::vector<double> levels;
    for (std::string text : texts) {
        std::erase_if(text, [](char letter) { return letter == '%' || letter == ' '; });
        double percent = 0.0;
        const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), percent);
        if (error != std::errc() || end != text.data() + text.size() || !(percent > 0.0 && percent < 100.0)) {
            return base::user_error("forecast.level",
                                    fmt::format("a band holds between 0 and 100 percent, not `{}`", text))
                .with_remedy("as in --interval 80,95");
        }
        levels.push_back(percent / 100.0);
    }
    std::ranges::sort(levels);
    const auto again = std::ranges::unique(levels);
    levels.erase(again.begin(), again.end());
    return levels;
}

/// Days, one a line; what stands after a comma is a name. Empty lines and those after `#` are left out.
base::Result<std::vector<period::Day>> read_holidays(const std::string& file) {
    std::vector<period::Day> found;
    if (file.empty()) {
        return found;
    }
    FLORIN_TRY_ASSIGN(const std::string text, base::read_file(file));
    std::uint64_t row = 0;
    for (std::size_t start = 0; start < text.size();) {
        const std::size_t end = std::min(text.find('\n', start), text.size());
        std::string line = text.substr(start, end - start);
        start = end + 1;
        ++row;
        line.erase(std::min(line.find_first_of(",#\r"), line.size()));
        while (line.ends_with(' ')) {
            line.pop_back();
        }
        if (line.empty()) {
            continue;
        }
        auto day = period::parse_day(line);
        if (!day.ok()) {
            return std::move(day).error().at({.file = file, .row = row, .column = {}, .cell = line, .source_line = {}});
        }
        found.push_back(*day);
    }
    return found;
}

base::Result<app::ForecastSpendRequest> request_of(const ForecastCommand& command, const app::Workspace& workspace) {
    app::ForecastSpendRequest request;
    const app::Configuration& configuration = workspace.configuration();
    FLORIN_TRY_ASSIGN(request.question.basis, query::parse_basis(command.basis));
    request.question.filter = command.filter;
    request.question.dimensions = command.dimensions;
    FLORIN_TRY_ASSIGN(const ConversionOptions conversion,
                      parse_conversion(command.currency, command.rate_type, configuration));
    request.question.currency = conversion.currency;
    request.question.rate_type = conversion.rate_type;
    FLORIN_TRY_ASSIGN(request.horizon, app::parse_horizon(command.horizon, configuration.fiscal_calendar));
    FLORIN_TRY_ASSIGN(request.grain, period::parse_grain(command.grain));
    if (request.grain == period::Grain::kNone) {
        return base::user_error("usage", "a forecast is shown by steps").with_remedy("as in --grain month");
    }
    if (!command.profile.empty()) {
        request.profile = command.profile == "fast" ? forecast::Profile::kFast : forecast::Profile::kAccurate;
    }
    FLORIN_TRY_ASSIGN(request.levels, parse_levels(command.levels));
    FLORIN_TRY_ASSIGN(request.holidays, read_holidays(command.holidays));
    FLORIN_TRY_ASSIGN(request.as_of, parse_as_of(command.as_of));
    request.running = Session::interruptible();
    return request;
}

base::Error nothing_matches() {
    return base::user_error("forecast.no_charges", "no charge matches the filter")
        .with_remedy("see what there is with `florin query --by service_name`");
}

base::Result<std::string> forecast_text(const Session& session, app::Workspace& workspace,
                                        const ForecastCommand& command, const app::ForecastSpendRequest& request) {
    FLORIN_TRY_ASSIGN(const app::SpendForecast forecast, app::forecast_spend(workspace, request));
    if (forecast.blocks.empty()) {
        return nothing_matches();
    }
    return command.format == "csv" ? forecast_csv(forecast)
           : command.format == "json"
               ? forecast_json(forecast)
               : forecast_table(forecast, workspace.configuration().fiscal_calendar, session.terminal().width,
                                session.terminal().has_colour && command.out.empty());
}

base::Result<std::string> backtest_text(const Session& session, app::Workspace& workspace,
                                        const ForecastCommand& command, const app::ForecastSpendRequest& request) {
    FLORIN_TRY_ASSIGN(const app::BacktestReport report,
                      app::backtest_spend(workspace, {.forecast = request, .origin_count = command.origin_count}));
    if (report.blocks.empty()) {
        return nothing_matches();
    }
    if (command.format == "csv") {
        return backtest_csv(report, command.dimensions);
    }
    if (command.format == "json") {
        return backtest_json(report, command.dimensions);
    }
    return backtest_table(report, command.dimensions, session.terminal().width,
                          session.terminal().has_colour && command.out.empty());
}

} // namespace

base::Result<int> run_forecast(Session& session, const ForecastCommand& command) {
    FLORIN_TRY_ASSIGN(app::Workspace workspace, session.open_workspace());
    FLORIN_TRY(check_folder_of("--out", command.out));
    FLORIN_TRY_ASSIGN(const app::ForecastSpendRequest request, request_of(command, workspace));
    FLORIN_TRY_ASSIGN(const std::string text, command.action == ForecastCommand::Action::kBacktest
                                                  ? backtest_text(session, workspace, command, request)
                                                  : forecast_text(session, workspace, command, request));
    FLORIN_TRY(session.put(text, command.out));
    return 0;
}

} // namespace florin::cli
