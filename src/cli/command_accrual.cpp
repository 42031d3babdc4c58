// The month-end booking: what was billed, what is expected of the rest, and what became of it.
#include "cli/delivery_json.hpp"
#include "cli/progress.hpp"
#include "cli/session.hpp"

#include "app/accrual.hpp"
#include "base/csv_cell.hpp"
#include "report/text.hpp"
#include "report/text_table.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>

namespace florin::cli {
namespace {

using app::Accrual;
using app::AccrualBlock;
using app::AccrualComparison;
using app::AccrualLine;
using money::Decimal;
using Json = nlohmann::json;
using report::Style;
using report::TextPage;

std::string cents(const std::optional<Decimal>& amount, const std::string& currency) {
    return amount ? money::display_amount(*amount, money::minor_units_of(currency)) : "–";
}

std::string label_of(const AccrualLine& line, bool is_total) {
    if (is_total) {
        return "total";
    }
    std::string label = line.is_rest ? "(others)" : "";
    for (const std::optional<std::string>& value : line.key) {
        label += (label.empty() ? "" : ", ") + value.value_or("(none)");
    }
    return report::terminal_text(label);
}

Json optional_json(const std::optional<Decimal>& value) {
    return value ? Json(value->to_string()) : Json(nullptr);
}

std::string heading_of(const Accrual& accrual) {
    const std::string of =
        fmt::format("{}, {} cost", period::to_string(accrual.month), query::name(accrual.question.basis));
    return accrual.is_final() ? fmt::format("Accrual of {}: the bills are complete", of)
                              : fmt::format("Accrual of {}: billed before {}, expected from then on", of,
                                            period::to_string(accrual.complete_until));
}

std::string dimensions_text(const Accrual& accrual) {
    return accrual.question.dimensions.empty() ? "" : fmt::format("{}", fmt::join(accrual.question.dimensions, ", "));
}

/// The total's line last.
std::vector<std::pair<const AccrualLine*, bool>> lines_of(const AccrualBlock& block) {
    std::vector<std::pair<const AccrualLine*, bool>> lines;
    for (const AccrualLine& line : block.lines) {
        lines.emplace_back(&line, false);
    }
    lines.emplace_back(&block.total, true);
    return lines;
}

std::string accrual_table(const Accrual& accrual, int width, bool has_colour) {
    TextPage page(width, has_colour);
    page.line(heading_of(accrual), Style::kBold);
    for (const AccrualBlock& block : accrual.blocks) {
        report::TextTable table;
        table.columns = {{report::terminal_text(dimensions_text(accrual)), false, 1000},
                         {"", false, 90},
                         {"billed", true, 80},
                         {"expected", true, 85},
                         {"to book", true, 100},
                         {"8 of 10 from", true, 70},
                         {"to", true, 70}};
        for (const auto& [line, is_total] : lines_of(block)) {
            table.rows.push_back({{{label_of(*line, is_total)},
                                   {block.currency},
                                   {cents(line->billed, block.currency)},
                                   {cents(line->expected, block.currency)},
                                   {cents(line->total, block.currency)},
                                   {cents(line->low, block.currency)},
                                   {cents(line->high, block.currency)}},
                                  is_total ? Style::kBold : Style::kPlain});
        }
        page.table(table);
    }
    if (accrual.blocks.empty()) {
        page.line("No charge matches.");
    }
    for (const std::string& note : accrual.notes) {
        page.paragraph(report::terminal_text(note), 0, 2, Style::kDim);
    }
    return page.take();
}

Json accrual_line_json(const AccrualLine& line, const Accrual& accrual) {
    Json object = {{"billed", line.billed.to_string()},
                   {"expected", line.expected.to_string()},
                   {"total", line.total.to_string()},
                   {"low", optional_json(line.low)},
                   {"high", optional_json(line.high)}};
    for (std::size_t i = 0; i < line.key.size(); ++i) {
        object["group"][accrual.question.dimensions.at(i)] = line.key[i] ? Json(*line.key[i]) : Json(nullptr);
    }
    if (line.is_rest) {
        object["others"] = true;
    }
    return object;
}

std::string accrual_json_text(const Accrual& accrual) {
    Json object = {{"month", period::to_string(accrual.month)},
                   {"basis", query::name(accrual.question.basis)},
                   {"where", accrual.question.filter},
                   {"complete_until", period::to_string(accrual.complete_until)},
                   {"final", accrual.is_final()},
                   {"currencies", Json::array()},
                   {"notes", accrual.notes}};
    for (const AccrualBlock& block : accrual.blocks) {
        Json lines = Json::array();
        for (const AccrualLine& line : block.lines) {
            lines.push_back(accrual_line_json(line, accrual));
        }
        object["currencies"].push_back({{"currency", block.currency},
                                        {"lines", std::move(lines)},
                                        {"total", accrual_line_json(block.total, accrual)}});
    }
    return json_text(object) + "\n";
}

std::string exact_or_empty(const std::optional<Decimal>& value) {
    return value ? value->to_string() : "";
}

/// A line has its groups in columns; the total, which is their sum, is left out where there are any.
std::string accrual_csv(const Accrual& accrual) {
    std::string text;
    for (const std::string& dimension : accrual.question.dimensions) {
        text += base::csv_cell(dimension) + ",";
    }
    text += "currency,billed,expected,total,low,high\n";
    for (const AccrualBlock& block : accrual.blocks) {
        for (const auto& [line, is_total] : lines_of(block)) {
            if (is_total && !accrual.question.dimensions.empty()) {
                continue;
            }
            for (std::size_t i = 0; i < accrual.question.dimensions.size(); ++i) {
                const std::string value = line->is_rest          ? "(others)"
                                          : i < line->key.size() ? line->key[i].value_or("")
                                                                 : "";
                text += base::csv_cell(value) + ",";
            }
            text +=
                fmt::format("{},{},{},{},{},{}\n", block.currency, line->billed.to_string(), line->expected.to_string(),
                            line->total.to_string(), exact_or_empty(line->low), exact_or_empty(line->high));
        }
    }
    return text;
}

/// One line of a booking beside what the bills say now.
struct ComparedLine {
    std::string label;
    std::string currency;
    bool is_total = false;
    Decimal booked;
    Decimal now;
    std::optional<bool> is_within; ///< the interval that was booked
};

Decimal difference_of(const ComparedLine& line) {
    const auto difference = line.now.minus(line.booked);
    FLORIN_CHECK(difference.ok(), "two amounts of a month are within the range");
    return *difference;
}

std::vector<ComparedLine> compared_lines(const AccrualComparison& comparison) {
    std::vector<ComparedLine> lines;
    const auto add = [&](const std::string& currency, const AccrualLine* booked, const AccrualLine* now,
                         bool is_total) {
        ComparedLine line{.label = label_of(booked != nullptr ? *booked : *now, is_total),
                          .currency = currency,
                          .is_total = is_total,
                          .booked = booked != nullptr ? booked->total : Decimal(),
                          .now = now != nullptr ? now->total : Decimal()};
        if (booked != nullptr && booked->low && comparison.now.is_final()) {
            line.is_within = *booked->low <= line.now && line.now <= *booked->high;
        }
        lines.push_back(std::move(line));
    };
    const auto find_line = [](const AccrualBlock* block, const AccrualLine& like) -> const AccrualLine* {
        if (block == nullptr) {
            return nullptr;
        }
        const auto found = std::ranges::find_if(
            block->lines, [&](const AccrualLine& one) { return one.key == like.key && one.is_rest == like.is_rest; });
        return found == block->lines.end() ? nullptr : &*found;
    };
    const auto find_block = [](const Accrual& accrual, const std::string& currency) -> const AccrualBlock* {
        const auto found = std::ranges::find(accrual.blocks, currency, &AccrualBlock::currency);
        return found == accrual.blocks.end() ? nullptr : &*found;
    };
    for (const AccrualBlock& block : comparison.booked.blocks) {
        const AccrualBlock* now = find_block(comparison.now, block.currency);
        for (const AccrualLine& line : block.lines) {
            add(block.currency, &line, find_line(now, line), false);
        }
        for (std::size_t i = 0; now != nullptr && i < now->lines.size(); ++i) {
            if (find_line(&block, now->lines[i]) == nullptr) {
                add(block.currency, nullptr, &now->lines[i], false);
            }
        }
        add(block.currency, &block.total, now == nullptr ? nullptr : &now->total, true);
    }
    for (const AccrualBlock& block : comparison.now.blocks) {
        if (find_block(comparison.booked, block.currency) == nullptr) {
            add(block.currency, nullptr, &block.total, true);
        }
    }
    return lines;
}

std::string comparison_heading(const AccrualComparison& comparison) {
    return fmt::format("Booking {} of {}, made on {} with bills complete before {}; now they are complete before {}",
                       comparison.number, period::to_string(comparison.booked.month),
                       period::to_string(period::day_of(comparison.booked.made_at)),
                       period::to_string(comparison.booked.complete_until),
                       period::to_string(comparison.now.complete_until));
}

std::string comparison_table(const std::vector<AccrualComparison>& comparisons, int width, bool has_colour) {
    TextPage page(width, has_colour);
    for (const AccrualComparison& comparison : comparisons) {
        page.paragraph(comparison_heading(comparison), 0, 2, Style::kBold);
        report::TextTable table;
        table.columns = {{report::terminal_text(dimensions_text(comparison.booked)), false, 1000},
                         {"", false, 90},
                         {"booked", true, 90},
                         {comparison.now.is_final() ? "billed" : "now", true, 90},
                         {"difference", true, 100},
                         {"within 8 of 10", false, 70}};
        for (const ComparedLine& line : compared_lines(comparison)) {
            table.rows.push_back({{{line.label},
                                   {line.currency},
                                   {cents(line.booked, line.currency)},
                                   {cents(line.now, line.currency)},
                                   {cents(difference_of(line), line.currency)},
                                   {line.is_within ? *line.is_within ? "yes" : "no" : ""}},
                                  line.is_total ? Style::kBold : Style::kPlain});
        }
        page.table(table);
        if (!comparison.now.is_final()) {
            page.paragraph("The bills of the month are not complete yet: what is missing is expected.", 0, 2,
                           Style::kDim);
        }
    }
    return page.take();
}

std::string comparison_json(const std::vector<AccrualComparison>& comparisons) {
    Json list = Json::array();
    for (const AccrualComparison& comparison : comparisons) {
        Json lines = Json::array();
        for (const ComparedLine& line : compared_lines(comparison)) {
            lines.push_back({{"line", line.label},
                             {"currency", line.currency},
                             {"booked", line.booked.to_string()},
                             {"now", line.now.to_string()},
                             {"difference", difference_of(line).to_string()},
                             {"within_interval", line.is_within ? Json(*line.is_within) : Json(nullptr)}});
        }
        list.push_back({{"number", comparison.number},
                        {"made_at", period::to_string(comparison.booked.made_at)},
                        {"by", comparison.booked.question.dimensions},
                        {"final", comparison.now.is_final()},
                        {"lines", std::move(lines)}});
    }
    return json_text(list) + "\n";
}

std::string comparison_csv(const std::vector<AccrualComparison>& comparisons) {
    std::string text = "booking,line,currency,booked,now,difference,within_interval\n";
    for (const AccrualComparison& comparison : comparisons) {
        for (const ComparedLine& line : compared_lines(comparison)) {
            text += fmt::format("{},{},{},{},{},{},{}\n", comparison.number, base::csv_cell(line.label), line.currency,
                                line.booked.to_string(), line.now.to_string(), difference_of(line).to_string(),
                                line.is_within ? *line.is_within ? "yes" : "no" : "");
        }
    }
    return text;
}

base::Result<app::AccrualRequest> request_of(const AccrualCommand& command, const app::Workspace& workspace) {
    app::AccrualRequest request;
    FLORIN_TRY_ASSIGN(const auto month, parse_optional_period(command.period, workspace));
    request.month = month.value_or(period::month_of(workspace.today()));
    request.question.dimensions = command.by;
    request.question.filter = command.filter;
    FLORIN_TRY_ASSIGN(request.question.basis, query::parse_basis(command.basis));
    FLORIN_TRY_ASSIGN(const ConversionOptions conversion,
                      parse_conversion(command.currency, "", workspace.configuration()));
    request.question.currency = conversion.currency;
    if (!conversion.currency.empty()) {
        FLORIN_TRY(query::parse_currency(conversion.currency));
    }
    request.question.rate_type = workspace.configuration().rate_type;
    FLORIN_TRY_ASSIGN(request.as_of, parse_as_of(command.as_of));
    request.running = Session::interruptible();
    return request;
}

} // namespace

base::Result<int> run_accrual(Session& session, const AccrualCommand& command) {
    FLORIN_TRY(check_folder_of("--out", command.out));
    FLORIN_TRY_ASSIGN(app::Workspace workspace, session.open_workspace());
    FLORIN_TRY_ASSIGN(const app::AccrualRequest request, request_of(command, workspace));
    const int width = session.terminal().width;
    const bool has_colour = session.terminal().has_colour && command.out.empty();
    if (command.compare) {
        FLORIN_TRY_ASSIGN(const auto comparisons, app::compare_accruals(workspace, request));
        FLORIN_TRY(session.put(command.format == "json"  ? comparison_json(comparisons)
                               : command.format == "csv" ? comparison_csv(comparisons)
                                                         : comparison_table(comparisons, width, has_colour),
                               command.out));
        return 0;
    }
    FLORIN_TRY_ASSIGN(const Accrual accrual, app::accrue(workspace, request));
    FLORIN_TRY(session.put(command.format == "json"  ? accrual_json_text(accrual)
                           : command.format == "csv" ? accrual_csv(accrual)
                                                     : accrual_table(accrual, width, has_colour),
                           command.out));
    if (command.book) {
        FLORIN_TRY_ASSIGN(const std::int64_t number, app::book_accrual(workspace, accrual));
        session.say(fmt::format("booked: number {} of {}", number, period::to_string(accrual.month)));
    }
    return 0;
}

} // namespace florin::cli
