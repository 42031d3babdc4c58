// Commitments: what each costs, how much of it is used, what it covers and when it ends.
#include "cli/delivery_json.hpp"
#include "cli/progress.hpp"
#include "cli/session.hpp"

#include "app/commitments.hpp"
#include "base/csv_cell.hpp"
#include "report/figures.hpp"
#include "report/text.hpp"
#include "report/text_table.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

namespace florin::cli {
namespace {

using app::Amount;
using app::CommitmentFigures;
using app::CommitmentGrouping;
using app::CommitmentLine;
using report::Style;
using report::TextColumn;
using report::TextPage;
using Row = report::TextTable::Row;

constexpr const char* kNotKnown = "–";
/// So wide that what was used stands beside what it cost and what was not used.
constexpr int kWidthForUsed = 130;

/// The figures of a line that are exact numbers, by the names that CSV and JSON have for them.
std::vector<std::pair<const char*, Amount>> numbers_of(const CommitmentLine& line) {
    const CommitmentFigures& figures = line.figures;
    return {{"cost", figures.cost},
            {"used", figures.used},
            {"unused", figures.unused},
            {"billed_cost", figures.billed},
            {"utilization", figures.utilization},
            {"quantity_utilization", line.quantity_utilization},
            {"covered_list_cost", figures.coverage.covered},
            {"eligible_list_cost", figures.coverage.eligible},
            {"coverage", figures.coverage.ratio}};
}

/// And its texts.
std::vector<std::pair<const char*, std::optional<std::string>>> texts_of(const CommitmentLine& line) {
    return {{"provider", line.provider},
            {"commitment_discount_id", line.id},
            {"commitment_discount_name", line.name},
            {"commitment_discount_type", line.type},
            {"account", line.account}};
}

std::optional<std::string> instant_text(const std::optional<period::Instant>& instant) {
    return instant ? std::optional(period::to_string(*instant)) : std::nullopt;
}

nlohmann::json line_json(const CommitmentLine& line) {
    const auto or_null = [](const std::optional<std::string>& text) {
        return text ? nlohmann::json(*text) : nlohmann::json(nullptr);
    };
    nlohmann::json json = {
        {"commitments", line.count},
        {"quantity_unit", line.quantity_unit.empty() ? nlohmann::json(nullptr) : nlohmann::json(line.quantity_unit)},
        {"eligibility", app::name(line.figures.coverage.eligibility)},
        {"term_start", or_null(instant_text(line.term.start))},
        {"term_end", or_null(instant_text(line.term.end))},
        {"term_source", query::name(line.term.source)},
        {"days_left", line.days_left ? nlohmann::json(*line.days_left) : nlohmann::json(nullptr)}};
    for (const auto& [name, text] : texts_of(line)) {
        json[name] = or_null(text);
    }
    for (const auto& [name, number] : numbers_of(line)) {
        json[name] = number ? nlohmann::json(number->to_string()) : nlohmann::json(nullptr);
    }
    return json;
}

/// What its contract says, where there is one.
std::vector<std::pair<const char*, std::optional<std::string>>> contract_texts(const CommitmentLine& line) {
    const query::ContractCommitment contract = line.contract.value_or(query::ContractCommitment{});
    return {{"contract_commitment", line.contract ? std::optional(contract.id) : std::nullopt},
            {"contract_description", contract.description},
            {"contract_cost", contract.cost ? std::optional(contract.cost->to_string()) : std::nullopt},
            {"contract_currency", contract.currency},
            {"contract_quantity", contract.quantity ? std::optional(contract.quantity->to_string()) : std::nullopt},
            {"contract_unit", contract.unit}};
}

std::string render_json(const app::CommitmentList& list) {
    nlohmann::json blocks = nlohmann::json::array();
    for (const app::CommitmentBlock& block : list.blocks) {
        nlohmann::json lines = nlohmann::json::array();
        for (const CommitmentLine& line : block.lines) {
            nlohmann::json one = line_json(line);
            for (const auto& [name, text] : contract_texts(line)) {
                one[name] = text ? nlohmann::json(*text) : nlohmann::json(nullptr);
            }
            lines.push_back(std::move(one));
        }
        blocks.push_back({{"currency", block.currency}, {"lines", lines}, {"total", line_json(block.total)}});
    }
    return json_text({{"period",
                       {{"start", period::to_string(list.period.start)}, {"end", period::to_string(list.period.end)}}},
                      {"by", app::name(list.grouping)},
                      {"blocks", blocks},
                      {"notes", list.notes}}) +
           "\n";
}

std::string render_csv(const app::CommitmentList& list) {
    std::vector<std::string> names;
    for (const auto& [name, text] : texts_of({})) {
        names.emplace_back(name);
    }
    names.insert(names.end(), {"currency", "commitments"});
    for (const auto& [name, number] : numbers_of({})) {
        names.emplace_back(name);
    }
    names.insert(names.end(), {"quantity_unit", "eligibility", "term_start", "term_end", "term_source", "days_left"});
    for (const auto& [name, text] : contract_texts({})) {
        names.emplace_back(name);
    }
    std::string out = fmt::format("{}\n", fmt::join(names, ","));
    for (const app::CommitmentBlock& block : list.blocks) {
        for (const CommitmentLine& line : block.lines) {
            std::vector<std::string> cells;
            for (const auto& [name, text] : texts_of(line)) {
                cells.push_back(base::csv_cell(text.value_or("")));
            }
            cells.insert(cells.end(), {block.currency, fmt::format("{}", line.count)});
            for (const auto& [name, number] : numbers_of(line)) {
                cells.push_back(number ? number->to_string() : "");
            }
            cells.insert(cells.end(),
                         {base::csv_cell(line.quantity_unit), std::string(app::name(line.figures.coverage.eligibility)),
                          instant_text(line.term.start).value_or(""), instant_text(line.term.end).value_or(""),
                          std::string(query::name(line.term.source)),
                          line.days_left ? fmt::format("{}", *line.days_left) : ""});
            for (const auto& [name, text] : contract_texts(line)) {
                cells.push_back(base::csv_cell(text.value_or("")));
            }
            out += fmt::format("{}\n", fmt::join(cells, ","));
        }
    }
    return out;
}

std::string text_or_dash(const std::optional<std::string>& text) {
    return text ? report::terminal_text(*text) : kNotKnown;
}

std::string days_text(const CommitmentLine& line) {
    return !line.days_left ? kNotKnown : *line.days_left < 0 ? "ended" : fmt::format("{}", *line.days_left);
}

/// One currency as a table: what a line is of, its money, its rates, and when it ends.
class BlockTable {
public:
    BlockTable(const app::CommitmentBlock& block, CommitmentGrouping grouping, money::Currency currency, bool with_used)
        : block_(block), grouping_(grouping), currency_(currency) {
        amounts_.emplace_back(TextColumn{"cost", true, 95}, &CommitmentFigures::cost);
        if (with_used) {
            amounts_.emplace_back(TextColumn{"used", true, 60}, &CommitmentFigures::used);
        }
        amounts_.emplace_back(TextColumn{"unused", true, 97}, &CommitmentFigures::unused);
    }

    report::TextTable make() const {
        report::TextTable table;
        table.columns = {{heading(), false, 1000}};
        if (is_list()) {
            table.columns.push_back({"type", false, 55});
            table.columns.push_back({"provider", false, 35});
            table.columns.push_back({"account", false, 30});
        } else {
            table.columns.push_back({"commitments", true, 20});
        }
        for (const auto& [column, amount] : amounts_) {
            table.columns.push_back(column);
        }
        table.columns.insert(table.columns.end(), {{"utilization", true, 98},
                                                   {"coverage", true, 90},
                                                   {is_list() ? "ends" : "next ends", true, 85},
                                                   {"in days", true, 80}});
        for (const CommitmentLine& line : block_.lines) {
            table.rows.push_back(row(line));
        }
        add_rounding(table);
        Row total = row(block_.total);
        total.cells[0] = {"total"};
        for (std::size_t i = 1; is_list() && i < 4; ++i) {
            total.cells[i] = {};
        }
        if (is_list()) {
            total.cells[total.cells.size() - 2] = {};
            total.cells.back() = {};
        }
        total.style = Style::kBold;
        table.rows.push_back(std::move(total));
        return table;
    }

private:
    bool is_list() const { return grouping_ == CommitmentGrouping::kCommitment; }

    std::string heading() const { return std::string(app::name(grouping_)); }

    std::string title(const CommitmentLine& line) const {
        switch (grouping_) {
        case CommitmentGrouping::kCommitment: return text_or_dash(line.name ? line.name : line.id);
        case CommitmentGrouping::kProvider: return text_or_dash(line.provider);
        case CommitmentGrouping::kType:
            return fmt::format("{} ({})", text_or_dash(line.type), text_or_dash(line.provider));
        case CommitmentGrouping::kAccount: return text_or_dash(line.account);
        }
        return "";
    }

    report::Cell money(const Amount& amount) const {
        return {amount ? report::display_text(amount, currency_) : kNotKnown};
    }

    static report::Cell percent(const Amount& ratio) { return {ratio ? report::percent_text(*ratio) : kNotKnown}; }

    Row row(const CommitmentLine& line) const {
        const CommitmentFigures& figures = line.figures;
        Row out;
        out.cells = {{title(line)}};
        if (is_list()) {
            out.cells.insert(out.cells.end(),
                             {{text_or_dash(line.type)}, {text_or_dash(line.provider)}, {text_or_dash(line.account)}});
        } else {
            out.cells.push_back({count_text(line.count)});
        }
        for (const auto& [column, amount] : amounts_) {
            out.cells.push_back(money(figures.*amount));
        }
        out.cells.insert(out.cells.end(),
                         {percent(figures.utilization),
                          percent(figures.coverage.ratio),
                          {line.term.end ? period::to_string(period::day_of(*line.term.end)) : kNotKnown},
                          {days_text(line)}});
        return out;
    }

    /// What makes the rounded lines add up to the rounded total, where that needs anything.
    void add_rounding(report::TextTable& table) const {
        const std::size_t first = is_list() ? 4 : 2;
        Row rounding;
        rounding.style = Style::kDim;
        rounding.cells.resize(table.columns.size());
        rounding.cells[0] = {"rounding"};
        bool has_any = false;
        for (std::size_t i = 0; i < amounts_.size(); ++i) {
            const auto amount_of = amounts_[i].second;
            std::vector<Amount> rows;
            for (const CommitmentLine& line : block_.lines) {
                if (const Amount& amount = line.figures.*amount_of) {
                    rows.push_back(amount);
                }
            }
            const auto footing = report::footing_of(rows, block_.total.figures.*amount_of, currency_);
            if (footing.has_rounding()) {
                has_any = true;
                rounding.cells[first + i] = money(footing.rounding);
            }
        }
        if (has_any) {
            table.rows.push_back(std::move(rounding));
        }
    }

    const app::CommitmentBlock& block_;
    CommitmentGrouping grouping_;
    money::Currency currency_;
    std::vector<std::pair<TextColumn, Amount CommitmentFigures::*>> amounts_;
};

base::Result<std::string> render_table(const app::CommitmentList& list, int width, bool has_colour) {
    TextPage page(width, has_colour);
    if (list.blocks.empty()) {
        page.line(fmt::format("No commitments in {}.", period::to_string(list.period)));
    }
    for (const app::CommitmentBlock& block : list.blocks) {
        FLORIN_TRY_ASSIGN(const money::Currency currency, money::Currency::parse(block.currency));
        page.blank();
        page.line(
            fmt::format("Commitments, effective cost of {} in {}", period::to_string(list.period), block.currency),
            Style::kBold);
        page.table(BlockTable(block, list.grouping, currency, width >= kWidthForUsed).make());
    }
    for (const std::string& note : list.notes) {
        if (&note == list.notes.data()) {
            page.blank();
        }
        page.paragraph(report::terminal_text(note), 0, 0, Style::kDim);
    }
    return page.take();
}

} // namespace

base::Result<int> run_commitments(Session& session, const CommitmentsCommand& command) {
    FLORIN_TRY_ASSIGN(app::Workspace workspace, session.open_workspace());
    FLORIN_TRY(check_folder_of("--out", command.out));
    app::CommitmentRequest request;
    FLORIN_TRY_ASSIGN(request.grouping, app::parse_commitment_grouping(command.by));
    FLORIN_TRY_ASSIGN(request.period, parse_optional_period(command.period, workspace));
    FLORIN_TRY_ASSIGN(request.as_of, parse_as_of(command.as_of));
    request.running = Session::interruptible();
    FLORIN_TRY_ASSIGN(const app::CommitmentList list, app::list_commitments(workspace, request));
    std::string text;
    if (command.format == "csv") {
        text = render_csv(list);
    } else if (command.format == "json") {
        text = render_json(list);
    } else {
        FLORIN_TRY_ASSIGN(
            text, render_table(list, session.terminal().width, session.terminal().has_colour && command.out.empty()));
    }
    FLORIN_TRY(session.put(text, command.out));
    return 0;
}

} // namespace florin::cli
