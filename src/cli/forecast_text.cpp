// What people read of forecasts and backtests.
#include "cli/forecast_text.hpp"

#include "report/figures.hpp"
#include "report/text.hpp"
#include "report/text_table.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

namespace florin::cli {
namespace {

using app::BacktestLine;
using app::SpendBand;
using app::SpendLine;
using report::Style;
using report::TextPage;
using report::TextTable;

constexpr std::size_t kPartsShown = 25;

std::string money_text(const money::Decimal& amount, const money::Currency& currency) {
    return report::display_text(amount, currency);
}

/// Weekly sums as blocks of eighths, the weeks ahead after a bar.
std::string sparkline(const SpendLine& line, int columns) {
    constexpr std::array<const char*, 8> kBlocks = {"▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
    const auto weeks = [](const std::vector<money::Decimal>& amounts, bool from_end) {
        std::vector<double> sums;
        const std::size_t count = amounts.size() / 7;
        const std::size_t first = from_end ? amounts.size() - count * 7 : 0;
        for (std::size_t week = 0; week < count; ++week) {
            double sum = 0.0;
            for (std::size_t day = 0; day < 7; ++day) {
                sum += static_cast<double>(amounts[first + week * 7 + day].units());
            }
            sums.push_back(sum);
        }
        return sums;
    };
    std::vector<double> before = weeks(line.history, true);
    std::vector<double> after = weeks(line.mean, false);
    const auto room = static_cast<std::size_t>(std::max(columns, 20));
    if (before.size() < 2 || after.empty() || after.size() + 10 > room) {
        return {};
    }
    before.erase(before.begin(),
                 before.end() - static_cast<std::ptrdiff_t>(std::min(before.size(), room - after.size() - 1)));
    double highest = 0.0;
    for (const std::vector<double>* sums : {&before, &after}) {
        highest = std::max(highest, *std::ranges::max_element(*sums));
    }
    std::string text;
    for (const std::vector<double>* sums : {&before, &after}) {
        text += text.empty() ? "" : "│";
        for (const double sum : *sums) {
            const double share = highest > 0.0 ? std::max(sum, 0.0) / highest : 0.0;
            text += kBlocks.at(std::min<std::size_t>(7, static_cast<std::size_t>(share * 8.0)));
        }
    }
    return text;
}

void add_band_columns(const std::vector<double>& levels, TextTable& table) {
    int importance = 90;
    for (const double level : levels) {
        table.columns.push_back({level_text(level) + " % from", true, importance});
        table.columns.push_back({"to", true, importance});
        importance -= 20;
    }
}

void add_band_cells(const std::vector<SpendBand>& bands, std::size_t level_count, const money::Currency& currency,
                    TextTable::Row& row) {
    for (std::size_t i = 0; i < level_count; ++i) {
        const bool has_band = i < bands.size();
        row.cells.push_back({has_band ? money_text(bands[i].lower, currency) : "–"});
        row.cells.push_back({has_band ? money_text(bands[i].upper, currency) : "–"});
    }
}

base::Result<TextTable> steps_table(const app::SpendForecast& forecast, const SpendLine& line,
                                    const money::Currency& currency, const period::FiscalCalendar& calendar) {
    const bool has_actual =
        std::ranges::any_of(line.steps, [](const app::SpendStep& step) { return !step.actual.is_zero(); });
    TextTable table;
    table.columns = {{std::string(period::name(forecast.grain)), false, 1000}};
    if (has_actual) {
        table.columns.push_back({"spent so far", true, 95});
        table.columns.push_back({"expected", true, 94});
    }
    table.columns.push_back({has_actual ? "total" : "expected", true, 100});
    add_band_columns(forecast.levels, table);
    for (const app::SpendStep& step : line.steps) {
        TextTable::Row row;
        std::string label = period::step_label(step.period.start, forecast.grain, calendar);
        if (step.is_cut) {
            label += fmt::format(" to {}", period::to_string(forecast.ahead.end - std::chrono::days(1)).substr(5));
        }
        row.cells = {{label}};
        if (has_actual) {
            row.cells.push_back({money_text(step.actual, currency)});
            row.cells.push_back({money_text(step.expected, currency)});
        }
        FLORIN_TRY_ASSIGN(const money::Decimal total, step.total());
        row.cells.push_back({money_text(total, currency)});
        add_band_cells(step.bands, forecast.levels.size(), currency, row);
        table.rows.push_back(std::move(row));
    }
    return table;
}

std::string heading_of(const std::vector<std::string>& dimensions) {
    std::string heading;
    for (const std::string& dimension : dimensions) {
        heading += (heading.empty() ? "" : ", ") + dimension;
    }
    return report::terminal_text(heading);
}

TextTable::Row whole_row(const app::SpendForecast& forecast, const SpendLine& line, const money::Currency& currency,
                         Style style) {
    TextTable::Row row;
    row.style = style;
    row.cells = {
        {line.key.empty() && !line.is_rest ? "total" : report::terminal_text(series_text(line.key, line.is_rest))},
        {money_text(line.whole.expected, currency)}};
    add_band_cells(line.whole.bands, forecast.levels.size(), currency, row);
    return row;
}

/// Parts over all days ahead; small ones beyond kPartsShown are in CSV and JSON alone, and said to be.
TextTable parts_table(const app::SpendForecast& forecast, const app::SpendForecastBlock& block,
                      const money::Currency& currency) {
    TextTable table;
    table.columns = {{heading_of(forecast.question.dimensions), false, 1000}, {"expected", true, 100}};
    add_band_columns(forecast.levels, table);
    for (std::size_t i = 0; i < std::min(block.parts.size(), kPartsShown); ++i) {
        table.rows.push_back(whole_row(forecast, block.parts[i], currency, Style::kPlain));
    }
    table.rows.push_back(whole_row(forecast, block.total, currency, Style::kBold));
    return table;
}

void add_notes(const std::vector<std::string>& notes, TextPage& page) {
    for (const std::string& note : notes) {
        page.paragraph(report::terminal_text(note), 0, 0, Style::kDim);
    }
}

std::string percent(const std::optional<double>& number) {
    return number ? fmt::format("{:.1f} %", *number) : "–";
}

TextTable::Row backtest_row(const BacktestLine& line, const std::string& name, std::size_t level_count, Style style) {
    TextTable::Row row;
    row.style = style;
    row.cells = {{report::terminal_text(name)},
                 {percent(line.florin.wape), line.naive_wins() ? Style::kWarning : Style::kPlain},
                 {percent(line.naive.wape)},
                 {line.florin.mase ? fmt::format("{:.2f}", *line.florin.mase) : "–"},
                 {line.naive.mase ? fmt::format("{:.2f}", *line.naive.mase) : "–"},
                 {percent(line.florin.bias)},
                 {percent(line.florin.sum_error)}};
    for (std::size_t i = 0; i < level_count; ++i) {
        const bool has_band = i < line.coverage.size();
        row.cells.push_back({has_band ? percent(line.coverage[i]) : "–"});
        row.cells.push_back({has_band ? percent(line.width[i]) : "–"});
    }
    return row;
}

} // namespace

std::string level_text(double level) {
    return fmt::format("{}", std::round(level * 1e6) / 1e4);
}

std::string series_text(const std::vector<std::optional<std::string>>& key, bool is_rest) {
    std::string text;
    for (const std::optional<std::string>& value : key) {
        text += (text.empty() ? "" : ", ") + value.value_or("(none)");
    }
    return is_rest ? "others" : text;
}

base::Result<std::string> forecast_table(const app::SpendForecast& forecast, const period::FiscalCalendar& calendar,
                                         int width, bool has_colour) {
    TextPage page(width, has_colour);
    for (const app::SpendForecastBlock& block : forecast.blocks) {
        FLORIN_TRY_ASSIGN(const money::Currency currency, money::Currency::parse(block.currency));
        if (&block != forecast.blocks.data()) {
            page.blank();
        }
        page.line(fmt::format("Forecast of {} cost in {}, {} days from {} to {}", query::name(forecast.question.basis),
                              block.currency, forecast.ahead.days(), period::to_string(forecast.ahead.start),
                              period::to_string(forecast.ahead.end - std::chrono::days(1))),
                  Style::kBold);
        if (const std::string line = sparkline(block.total, width - 12); !line.empty()) {
            page.line("by week  " + line, Style::kAccent);
        }
        if (!block.parts.empty()) {
            page.table(parts_table(forecast, block, currency));
            if (block.parts.size() > kPartsShown) {
                page.line(fmt::format("{} smaller parts are in the total; --format csv has them all.",
                                      block.parts.size() - kPartsShown),
                          Style::kDim);
            }
            page.blank();
        }
        FLORIN_TRY_ASSIGN(const TextTable steps, steps_table(forecast, block.total, currency, calendar));
        page.table(steps);
    }
    page.blank();
    page.paragraph(fmt::format("Profile {}, from the days {} to {}. A band holds what comes with that probability, "
                               "by what past forecasts missed by.",
                               forecast::name(forecast.profile), period::to_string(forecast.history.start),
                               period::to_string(forecast.history.end - std::chrono::days(1))),
                   0, 0, Style::kDim);
    add_notes(forecast.notes, page);
    return page.take();
}

base::Result<std::string> backtest_table(const app::BacktestReport& report, const std::vector<std::string>& dimensions,
                                         int width, bool has_colour) {
    TextPage page(width, has_colour);
    for (const app::BacktestBlock& block : report.blocks) {
        if (&block != report.blocks.data()) {
            page.blank();
        }
        page.line(fmt::format("Backtest in {}: {} days ahead from {} {}, profile {}", block.currency,
                              report.horizon_days, report.origins.size(), report.origins.size() == 1 ? "day" : "days",
                              forecast::name(report.profile)),
                  Style::kBold);
        TextTable table;
        table.columns = {{dimensions.empty() ? "series" : heading_of(dimensions), false, 1000},
                         {"WAPE", true, 100},
                         {"naive", true, 99},
                         {"MASE", true, 80},
                         {"naive", true, 79},
                         {"bias", true, 85},
                         {"sum error", true, 88}};
        int importance = 70;
        for (const double level : report.levels) {
            table.columns.push_back({fmt::format("in {} %", level_text(level)), true, importance});
            table.columns.push_back({"width", true, importance - 5});
            importance -= 10;
        }
        for (const BacktestLine& part : block.parts) {
            table.rows.push_back(
                backtest_row(part, series_text(part.key, part.is_rest), report.levels.size(), Style::kPlain));
        }
        if (!block.parts.empty()) {
            table.rows.push_back(backtest_row(block.pooled, "all parts", report.levels.size(), Style::kBold));
        }
        table.rows.push_back(backtest_row(block.total, "total", report.levels.size(), Style::kBold));
        page.table(table);
        std::vector<std::string> won;
        for (const BacktestLine& part : block.parts) {
            if (part.naive_wins()) {
                won.push_back(series_text(part.key, part.is_rest));
            }
        }
        if (block.total.naive_wins()) {
            won.emplace_back("the total");
        }
        for (const std::string& name : won) {
            page.paragraph(fmt::format("Seasonal naive wins: {}.", report::terminal_text(name)), 0, 2, Style::kWarning);
        }
    }
    page.blank();
    page.paragraph("Naive is the value of a week before. WAPE: sum of absolute errors over what was spent. Sum error: "
                   "the same of the sum over all days ahead. In 80 %: days inside the band of 80 %; its width is in "
                   "percent of a day's spend.",
                   0, 0, Style::kDim);
    add_notes(report.notes, page);
    return page.take();
}

} // namespace florin::cli
