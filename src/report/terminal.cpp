#include "report/terminal.hpp"

#include "report/figures.hpp"
#include "report/text.hpp"
#include "report/text_table.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace florin::report {
namespace {

using money::Decimal;
using Row = TextTable::Row;

Cell amount_cell(const Amount& amount, money::Currency currency) {
    return {display_text(amount, currency), amount ? Style::kPlain : Style::kDim};
}

Style direction_style(const Amount& difference) {
    if (!difference || difference->is_zero()) {
        return Style::kDim;
    }
    return difference->is_negative() ? Style::kDown : Style::kUp;
}

Cell percent_cell(const Change& change) {
    return {change.percent, direction_style(change.difference)};
}

Cell difference_cell(const Change& change, money::Currency currency) {
    return {signed_text(change.difference, currency), direction_style(change.difference)};
}

Cell rate_cell(const std::optional<money::Rate>& rate) {
    return rate ? Cell{percent_text(rate->value())} : Cell{std::string(kNotAvailable), Style::kDim};
}

/// value / highest in thousandths, for a bar.
Cell bar_cell(const Amount& value, Decimal highest) {
    if (!value || highest.is_zero()) {
        return {};
    }
    const auto ratio = money::divide(*value, highest, money::Rounding::kTowardZero);
    const auto scaled = ratio ? ratio->times_ratio(1000, 1, money::Rounding::kTowardZero) : ratio;
    if (!scaled) {
        return {};
    }
    const base::int128 whole = scaled->units() / Decimal::from_integer(1).units();
    const int clamped = static_cast<int>(std::clamp<base::int128>(whole, -1000, 1000));
    const bool is_tiny = clamped == 0 && !value->is_zero();
    return {std::to_string(is_tiny ? (value->is_negative() ? -1 : 1) : clamped),
            value->is_negative() ? Style::kDown : Style::kAccent};
}

Decimal highest_of(const std::vector<Amount>& amounts) {
    Decimal highest;
    for (const Amount& amount : amounts) {
        highest = std::max(highest, amount ? amount->absolute() : Decimal());
    }
    return highest;
}

void add_marks(TextPage& page, const std::vector<Mark>& marks, std::optional<money::Currency> currency) {
    for (const Mark& mark : marks) {
        std::string text = (mark.severity == Mark::Severity::kWarning ? "! " : "· ") + terminal_text(mark.text);
        if (mark.amount && currency) {
            text += fmt::format(" Amount touched: {} {}.", display_text(mark.amount, *currency), currency->code());
        }
        page.paragraph(text, 2, 2, mark.severity == Mark::Severity::kWarning ? Style::kWarning : Style::kDim);
    }
}

std::vector<Mark> general_marks(const std::vector<Mark>& marks) {
    std::vector<Mark> out;
    std::copy_if(marks.begin(), marks.end(), std::back_inserter(out),
                 [](const Mark& mark) { return mark.parts.empty(); });
    return out;
}

void add_top(TextPage& page, const Summary& summary) {
    page.line(fmt::format("{}: spend, {}", terminal_text(summary.workspace_title), period_text(summary.period)),
              Style::kBold);
    page.paragraph(fmt::format("{} by {} period, {}; compared with {}.", basis_name(summary.basis),
                               summary.period_kind == PeriodKind::kCharge ? "charge" : "billing",
                               period::to_string(summary.period), period_text(summary.previous_period)),
                   0, 0, Style::kDim);
    if (summary.as_of) {
        page.paragraph("As known at " + instant_text(*summary.as_of) + ".", 0, 0, Style::kDim);
    }
    page.paragraph(freshness_sentence(summary), 0, 0, Style::kDim);
    add_marks(page, general_marks(summary.marks), std::nullopt);
}

void add_figures(TextPage& page, const Summary& summary, const CurrencyBlock& block) {
    const money::Currency currency = block.currency;
    TextTable table;
    table.columns = {{"", false, 1000, false},
                     {period::to_string(summary.period), true, 90, false},
                     {"before", true, 30, false},
                     {"change", true, 20, false},
                     {"", true, 40, false}};
    const auto add = [&](std::string name, const Amount& amount, const Amount& previous, Style style) {
        const Change change = change_between(amount, previous);
        table.rows.push_back({{{std::move(name), style},
                               {display_text(amount, currency), amount ? style : Style::kDim},
                               amount_cell(previous, currency),
                               difference_cell(change, currency),
                               percent_cell(change)},
                              Style::kPlain});
    };
    const auto add_single = [&](const char* name, Cell cell) {
        table.rows.push_back({{{name}, std::move(cell), {}, {}, {}}, Style::kPlain});
    };
    add(std::string(basis_name(summary.basis)), block.spend, block.previous, Style::kBold);
    if (summary.basis != Basis::kBilled) {
        add("Billed cost", block.spend_billed, block.previous_billed, Style::kPlain);
    }
    const Savings& savings = block.savings;
    add_single("List cost*", amount_cell(savings.list, currency));
    add_single("Contracted cost*", amount_cell(savings.contracted, currency));
    add_single("Effective cost*", amount_cell(savings.effective, currency));
    add_single("Savings*", amount_cell(savings.savings, currency));
    add_single("Effective savings rate*", rate_cell(savings.effective_savings_rate));
    add_single("Commitment used", amount_cell(savings.commitment_used, currency));
    add_single("Commitment unused", amount_cell(savings.commitment_unused, currency));
    add_single("Commitment utilisation", rate_cell(savings.commitment_utilisation));
    page.table(table);
    page.paragraph("* without covering purchases, tax and credits; commitments in effective cost", 2, 2, Style::kDim);
    for (const Part part : {Part::kSpend, Part::kBilledSpend, Part::kSavings, Part::kCommitments}) {
        add_marks(page, marks_for(summary, block, part), currency);
    }
}

/// Days as one line of blocks, the newest that fit.
void add_daily(TextPage& page, const Summary& summary, const CurrencyBlock& block) {
    static constexpr std::array<std::string_view, 8> kHeights = {"▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
    const std::size_t count = std::min(block.daily.size(), static_cast<std::size_t>(page.width() - 2));
    if (count == 0) {
        return;
    }
    const std::vector<TrendPoint> days(block.daily.end() - static_cast<std::ptrdiff_t>(count), block.daily.end());
    std::vector<Amount> amounts;
    for (const TrendPoint& day : days) {
        amounts.push_back(day.amount);
    }
    const Decimal highest = highest_of(amounts);
    std::string line = "  ";
    for (const Amount& amount : amounts) {
        if (!amount || amount->is_negative()) {
            line += amount ? "_" : "?";
            continue;
        }
        const Cell share = bar_cell(amount, highest);
        const int thousandths = share.text.empty() ? 0 : std::stoi(share.text);
        line += kHeights[static_cast<std::size_t>(std::min(7, thousandths * 8 / 1000))];
    }
    page.blank();
    page.line(fmt::format("{} by day, {}", basis_name(summary.basis), block.currency.code()), Style::kBold);
    page.line(line, Style::kAccent);
    page.paragraph(fmt::format("{} to {}, highest {}", period::to_string(days.front().period.start),
                               period::to_string(days.back().period.end - std::chrono::days(1)),
                               display_text(highest, block.currency)),
                   2, 2, Style::kDim);
}

void add_monthly(TextPage& page, const Summary& summary, const CurrencyBlock& block) {
    if (block.monthly.empty()) {
        return;
    }
    std::vector<Amount> amounts;
    for (const TrendPoint& month : block.monthly) {
        amounts.push_back(month.amount);
    }
    const Decimal highest = highest_of(amounts);
    const bool has_billed = summary.basis != Basis::kBilled;
    TextTable table;
    table.columns = {
        {"Month", false, 1000, false}, {"", false, 10, true}, {lower_basis_name(summary.basis), true, 90, false}};
    if (has_billed) {
        table.columns.push_back({"billed cost", true, 50, false});
    }
    for (const TrendPoint& month : block.monthly) {
        Row row{{{period::to_string(month.period) + (month.is_complete ? "" : " so far")},
                 bar_cell(month.amount, highest),
                 amount_cell(month.amount, block.currency)},
                Style::kPlain};
        if (has_billed) {
            row.cells.push_back(amount_cell(month.billed, block.currency));
        }
        table.rows.push_back(std::move(row));
    }
    page.blank();
    page.line(fmt::format("{} by month, {}", basis_name(summary.basis), block.currency.code()), Style::kBold);
    page.table(table);
    add_marks(page, marks_for(summary, block, Part::kTrend), block.currency);
}

/// The lines below a breakdown: what is missing, rounding, total.
void add_foot(TextTable& table, const Summary& summary, const Breakdown& breakdown, money::Currency currency) {
    std::vector<Amount> amounts;
    std::vector<Amount> billed;
    for (const BreakdownRow& row : breakdown.rows) {
        amounts.push_back(row.amount);
        billed.push_back(row.billed);
    }
    const bool has_billed = summary.basis != Basis::kBilled;
    const Footing main = footing_of(amounts, breakdown.total, currency);
    const Footing other = footing_of(billed, breakdown.total_billed, currency);
    const auto add = [&](const char* name, const Amount& amount, const Amount& amount_billed, const Change& change,
                         Style style) {
        Row row{{{name}, {}, {display_text(amount, currency)}, {}, percent_cell(change)}, style};
        if (has_billed) {
            row.cells.push_back({display_text(amount_billed, currency)});
        }
        table.rows.push_back(std::move(row));
    };
    if (!main.is_exact() || (has_billed && !other.is_exact())) {
        add("not in the lines above", main.missing, other.missing, {}, Style::kWarning);
    }
    if (main.has_rounding() || (has_billed && other.has_rounding())) {
        add("rounding", main.rounding, other.rounding, {}, Style::kDim);
    }
    add("total", breakdown.total, breakdown.total_billed, change_between(breakdown.total, breakdown.total_previous),
        Style::kBold);
}

void add_breakdown(TextPage& page, const Summary& summary, const CurrencyBlock& block, const Breakdown& breakdown) {
    std::vector<Amount> amounts;
    for (const BreakdownRow& row : breakdown.rows) {
        amounts.push_back(row.amount);
    }
    const Decimal highest = highest_of(amounts);
    TextTable table;
    table.columns = {{terminal_text(breakdown.dimension), false, 1000, false},
                     {"", false, 10, true},
                     {lower_basis_name(summary.basis), true, 90, false},
                     {"share", true, 30, false},
                     {"change", true, 60, false}};
    if (summary.basis != Basis::kBilled) {
        table.columns.push_back({"billed cost", true, 50, false});
    }
    for (const BreakdownRow& row : breakdown.rows) {
        const auto share = share_of(row.amount, breakdown.total);
        Row line{{{terminal_text(row_name(row, breakdown)),
                   row.kind == BreakdownRow::Kind::kNamed ? Style::kPlain : Style::kDim},
                  bar_cell(row.amount, highest),
                  amount_cell(row.amount, block.currency),
                  {share ? percent_text(*share) : ""},
                  percent_cell(change_between(row.amount, row.previous))},
                 Style::kPlain};
        if (summary.basis != Basis::kBilled) {
            line.cells.push_back(amount_cell(row.billed, block.currency));
        }
        table.rows.push_back(std::move(line));
    }
    add_foot(table, summary, breakdown, block.currency);
    page.blank();
    page.line(fmt::format("By {}, {}", lower_first(terminal_text(breakdown.dimension)), block.currency.code()),
              Style::kBold);
    page.table(table);
}

void add_movers(TextPage& page, const Summary& summary, const CurrencyBlock& block) {
    const auto add = [&](const std::vector<Mover>& movers, const char* title) {
        if (movers.empty()) {
            return;
        }
        TextTable table;
        table.columns = {{"", false, 1000, false},
                         {"change", true, 90, false},
                         {"", true, 60, false},
                         {lower_basis_name(summary.basis), true, 50, false},
                         {"before", true, 40, false}};
        for (const Mover& mover : movers) {
            const Change change = change_between(mover.amount, mover.previous);
            table.rows.push_back(
                {{{fmt::format("{} ({})", terminal_text(mover.name), lower_first(terminal_text(mover.dimension)))},
                  difference_cell(change, block.currency),
                  percent_cell(change),
                  amount_cell(mover.amount, block.currency),
                  amount_cell(mover.previous, block.currency)},
                 Style::kPlain});
        }
        page.blank();
        page.line(fmt::format("{} since {}, {}", title, period_text(summary.previous_period), block.currency.code()),
                  Style::kBold);
        page.table(table);
    };
    add(block.increases, "Largest increases");
    add(block.decreases, "Largest decreases");
    add_marks(page, marks_for(summary, block, Part::kMovers), block.currency);
}

void add_tags(TextPage& page, const Summary& summary, const CurrencyBlock& block) {
    if (block.tags.empty()) {
        return;
    }
    TextTable table;
    table.columns = {{"Tag key", false, 1000, false},
                     {"", false, 10, true},
                     {"tagged", true, 90, false},
                     {"not tagged", true, 60, false}};
    for (const TagCoverage& tag : block.tags) {
        const auto share = tag_share(tag);
        table.rows.push_back({{{terminal_text(tag.key)},
                               bar_cell(share, Decimal::from_integer(1)),
                               rate_cell(share ? std::optional(money::Rate(*share)) : std::nullopt),
                               amount_cell(tag.untagged, block.currency)},
                              Style::kPlain});
    }
    page.blank();
    page.line(fmt::format("Tag coverage, {}, {}", lower_basis_name(summary.basis), block.currency.code()),
              Style::kBold);
    page.table(table);
    add_marks(page, marks_for(summary, block, Part::kTags), block.currency);
}

void add_commitments(TextPage& page, const CurrencyBlock& block) {
    const Commitments& commitments = block.commitments;
    if (commitments.rows.empty()) {
        return;
    }
    TextTable table;
    table.columns = {{"Type", false, 1000, false},
                     {"utilisation", true, 90, false},
                     {"coverage", true, 80, false},
                     {"used", true, 50, false},
                     {"unused", true, 70, false}};
    std::vector<Amount> used;
    std::vector<Amount> unused;
    for (const CommitmentRow& row : commitments.rows) {
        used.push_back(row.used);
        unused.push_back(row.unused);
        const std::string type = row.type.empty() ? "no type" : terminal_text(row.type);
        table.rows.push_back(
            {{{row.provider.empty() ? type : fmt::format("{} ({})", type, terminal_text(row.provider))},
              rate_cell(row.utilisation),
              rate_cell(row.coverage),
              amount_cell(row.used, block.currency),
              amount_cell(row.unused, block.currency)},
             Style::kPlain});
    }
    const Footing of_used = footing_of(used, commitments.used, block.currency);
    const Footing of_unused = footing_of(unused, commitments.unused, block.currency);
    if (of_used.has_rounding() || of_unused.has_rounding()) {
        table.rows.push_back({{{"rounding"},
                               {},
                               {},
                               {display_text(of_used.rounding, block.currency)},
                               {display_text(of_unused.rounding, block.currency)}},
                              Style::kDim});
    }
    table.rows.push_back({{{"total"},
                           rate_cell(commitments.utilisation),
                           rate_cell(commitments.coverage),
                           amount_cell(commitments.used, block.currency),
                           amount_cell(commitments.unused, block.currency)},
                          Style::kBold});
    page.blank();
    page.line(fmt::format("Commitments, effective cost, {}", block.currency.code()), Style::kBold);
    page.table(table);
    page.paragraph(terminal_text(commitments.coverage_note), 2, 0, Style::kDim);
    for (const CommitmentEnd& end : commitments.ends) {
        page.paragraph(fmt::format("· {}{} ends on {}, in {} days", terminal_text(end.name),
                                   end.provider.empty() ? "" : " (" + terminal_text(end.provider) + ")",
                                   period::to_string(end.end), end.days_left),
                       2, 2, Style::kPlain);
    }
    if (commitments.without_end_count > 0) {
        page.paragraph(fmt::format("· the bills do not say when {} {}", count_text(commitments.without_end_count),
                                   commitments.without_end_count == 1 ? "commitment ends" : "commitments end"),
                       2, 2, Style::kDim);
    }
}

void add_freshness(TextPage& page, const Summary& summary) {
    if (summary.freshness.empty()) {
        return;
    }
    static constexpr std::array<const char*, 3> kStates = {"closed", "open", "gaps"};
    TextTable table;
    table.columns = {{"Source", false, 1000, false}, {"account", false, 60, false}, {"last charge", true, 90, false},
                     {"received", true, 50, false},  {"rows", true, 40, false},     {"pending", true, 70, false},
                     {"state", false, 80, false}};
    for (const Freshness& line : summary.freshness) {
        const bool has_gaps = line.state == Freshness::State::kGaps;
        table.rows.push_back(
            {{{terminal_text(line.source)},
              {cut_to_columns(terminal_text(line.billing_account), 24)},
              {line.last_charge_day ? period::to_string(*line.last_charge_day) : "none"},
              {line.received_at ? instant_text(*line.received_at) : "never"},
              {count_text(line.row_count)},
              {count_text(line.pending_delivery_count),
               line.pending_delivery_count > 0 ? Style::kWarning : Style::kPlain},
              {kStates[static_cast<std::size_t>(line.state)], has_gaps ? Style::kWarning : Style::kPlain}},
             Style::kPlain});
    }
    page.blank();
    page.line("Freshness and completeness", Style::kBold);
    page.table(table);
    for (const Freshness& line : summary.freshness) {
        if (!line.note.empty()) {
            page.paragraph(fmt::format("· {}: {}", terminal_text(line.billing_account), terminal_text(line.note)), 2, 2,
                           Style::kDim);
        }
    }
}

} // namespace

std::string render_terminal(const Summary& summary, int width, bool has_colour) {
    TextPage page(std::max(width, kTerminalWidthMin), has_colour);
    add_top(page, summary);
    if (summary.blocks.empty()) {
        page.blank();
        page.line("No charges in " + period_text(summary.period) + ".");
    }
    for (const CurrencyBlock& block : summary.blocks) {
        page.blank();
        page.line("── Spend in " + block.currency.code() + " ──", Style::kBold);
        add_marks(page, general_marks(block.marks), block.currency);
        add_figures(page, summary, block);
        add_daily(page, summary, block);
        add_monthly(page, summary, block);
        for (const Breakdown& breakdown : block.breakdowns) {
            add_breakdown(page, summary, block, breakdown);
        }
        add_marks(page, marks_for(summary, block, Part::kBreakdowns), block.currency);
        add_movers(page, summary, block);
        add_tags(page, summary, block);
        add_commitments(page, block);
    }
    add_freshness(page, summary);
    return page.take();
}

} // namespace florin::report
