// One number taken apart, as text and as JSON.
#include "cli/delivery_json.hpp"
#include "cli/progress.hpp"
#include "cli/session.hpp"

#include "app/explain_number.hpp"
#include "query/render.hpp"
#include "report/text.hpp"
#include "report/text_table.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include <algorithm>

namespace florin::cli {
namespace {

using app::ExplainedBlock;
using app::ExplainedNumber;
using Json = nlohmann::json;
using query::Figures;
using report::Style;
using report::terminal_text;
using report::TextPage;
using report::TextTable;

Json number_json(const engine::Value& value) {
    if (const auto* count = std::get_if<std::int64_t>(&value); count != nullptr) {
        return *count;
    }
    return std::holds_alternative<std::monostate>(value) ? Json() : Json(engine::exact_text(value));
}

Json figures_json(const Figures& figures) {
    Json terms = Json::array();
    for (const engine::Value& term : figures.terms) {
        terms.push_back(number_json(term));
    }
    return {{"value", number_json(figures.value)}, {"terms", std::move(terms)}, {"charges", figures.charges}};
}

Json with_figures(Json object, const Figures& figures) {
    object.update(figures_json(figures));
    return object;
}

Json scope_json(const app::ExplainedScope& scope) {
    Json others = Json::array();
    for (const app::OtherVersion& other : scope.others) {
        Json one = {{"delivery", other.delivery.value()},
                    {"state", app::name(other.state)},
                    {"received_at", period::to_string(other.received_at)}};
        others.push_back(other.figures ? with_figures(std::move(one), *other.figures) : std::move(one));
    }
    return with_figures({{"delivery", scope.delivery.value()},
                         {"source", scope.source},
                         {"scope", scope.scope},
                         {"received_at", period::to_string(scope.received_at)},
                         {"files", scope.files},
                         {"other_versions", std::move(others)}},
                        scope.figures);
}

Json charge_json(const ExplainedBlock& block, std::size_t at) {
    const query::ExplainedCharge& charge = block.parts.charges[at];
    const app::RawRow& row = block.rows[at];
    Json columns = Json::object();
    for (const auto& [name, value] : charge.columns) {
        columns[name] = engine::exact_text(value);
    }
    Json cells = Json::object();
    for (const auto& [name, text] : row.cells) {
        cells[name] = text;
    }
    return with_figures({{"delivery", block.scopes[block.scope_of_charges[at]].delivery.value()},
                         {"spans_days", charge.is_spread},
                         {"columns", std::move(columns)},
                         {"row",
                          {{"file", row.file},
                           {"path", row.path.string()},
                           {"row", row.row == 0 ? Json() : Json(row.row)},
                           {"byte_offset", row.byte_offset ? Json(*row.byte_offset) : Json()},
                           {"text", row.text},
                           {"cells", std::move(cells)},
                           {"note", row.note}}}},
                        charge.figures);
}

Json block_json(const ExplainedBlock& block) {
    Json object = {{"currency", block.parts.currency},
                   {"total", figures_json(block.parts.total)},
                   {"scopes", Json::array()},
                   {"tuples", Json::array()},
                   {"charges", Json::array()},
                   {"other_charges", figures_json(block.parts.other_charges)},
                   {"other_tuples", figures_json(block.parts.other_tuples)},
                   {"spread", Json()}};
    for (const app::ExplainedScope& scope : block.scopes) {
        object["scopes"].push_back(scope_json(scope));
    }
    for (const query::ExplainedTuple& tuple : block.parts.tuples) {
        object["tuples"].push_back(with_figures({{"key", tuple.key}, {"columns", Json(tuple.columns)}}, tuple.figures));
        Json columns = Json::object();
        for (const auto& [name, text] : tuple.columns) {
            columns[name] = text;
        }
        object["tuples"].back()["columns"] = std::move(columns);
    }
    object["other_tuples"]["tuples"] = block.parts.other_tuple_count;
    for (std::size_t i = 0; i < block.parts.charges.size(); ++i) {
        object["charges"].push_back(charge_json(block, i));
    }
    if (block.parts.spread) {
        object["spread"] = {{"charges", block.parts.spread->charges},
                            {"on_first_days", figures_json(block.parts.spread->first_day)},
                            {"in_period", figures_json(block.parts.spread->spread)}};
    }
    return object;
}

Json explanation_json(const ExplainedNumber& number) {
    const query::Explanation& explanation = number.explanation;
    Json terms = Json::array();
    for (const query::ExplainedTerm& term : explanation.terms) {
        terms.push_back({{"column", term.column}, {"label", term.label}, {"where", term.where}, {"known", term.known}});
    }
    Json object = {{"question", Json::parse(query::to_json(number.question))},
                   {"measure",
                    {{"name", explanation.measure},
                     {"label", explanation.label},
                     {"description", explanation.description},
                     {"unit", query::name(explanation.unit)},
                     {"formula", explanation.formula},
                     {"terms", std::move(terms)}}},
                   {"blocks", Json::array()},
                   {"amortisation", Json()},
                   {"notes", explanation.notes}};
    for (const ExplainedBlock& block : number.blocks) {
        object["blocks"].push_back(block_json(block));
    }
    if (number.amortisation) {
        object["amortisation"] = Json::parse(query::render_json(*number.amortisation))["blocks"];
    }
    return object;
}

/// Writes the explanation for people.
class ExplanationText {
public:
    ExplanationText(const ExplainedNumber& number, int width, bool has_colour)
        : number_(number), explanation_(number.explanation), page_(width, has_colour) {}

    std::string run() {
        page_.paragraph(title(), 0, 2, Style::kBold);
        page_.paragraph(terminal_text(explanation_.description), 0, 0, Style::kDim);
        if (number_.blocks.empty()) {
            page_.line("No charges.");
        }
        for (const ExplainedBlock& block : number_.blocks) {
            show(block);
        }
        page_.blank();
        for (const std::string& note : explanation_.notes) {
            page_.paragraph(terminal_text(note), 0, 2, Style::kDim);
        }
        return text_ + page_.take();
    }

private:
    bool has_terms() const { return explanation_.terms.size() > 1; }

    std::string title() const {
        const query::Question& question = number_.question;
        std::string text = explanation_.label;
        text += question.period ? ", " + report::period_text(*question.period) : ", all of the time";
        text += question.period_kind == query::PeriodKind::kBilling ? " by billing period" : "";
        return terminal_text(text + (question.filter.empty() ? "" : ", where " + question.filter));
    }

    static std::string value_text(const engine::Value& value, const std::string& currency, bool is_ratio) {
        if (std::holds_alternative<std::monostate>(value)) {
            return "–";
        }
        const auto* amount = std::get_if<money::Decimal>(&value);
        if (amount == nullptr) {
            return engine::exact_text(value);
        }
        return is_ratio ? report::percent_text(*amount) : amount_text(*amount, currency);
    }

    /// The measure and, where it is made of several, its terms.
    std::vector<report::Cell> figure_cells(const Figures& figures) const {
        std::vector<report::Cell> cells{
            {value_text(figures.value, currency_, explanation_.unit == query::Unit::kRatio)}};
        for (std::size_t i = 0; has_terms() && i < figures.terms.size(); ++i) {
            cells.push_back({value_text(figures.terms[i], currency_, false)});
        }
        return cells;
    }

    TextTable table_of(std::vector<report::TextColumn> names) const {
        TextTable table;
        table.keeps_all = true;
        table.columns = std::move(names);
        table.columns.push_back({"charges", true, 40});
        table.columns.push_back({explanation_.unit == query::Unit::kMoney
                                     ? fmt::format("{} {}", explanation_.label, terminal_text(currency_))
                                     : explanation_.label,
                                 true});
        for (std::size_t i = 0; has_terms() && i < explanation_.terms.size(); ++i) {
            table.columns.push_back({std::string(1, static_cast<char>('a' + i)), true});
        }
        return table;
    }

    void add(TextTable& table, const std::vector<std::string>& names, const Figures& figures,
             Style style = Style::kPlain) const {
        TextTable::Row row{.cells = {}, .style = style};
        for (const std::string& name : names) {
            row.cells.push_back({terminal_text(name)});
        }
        row.cells.push_back({count_text(figures.charges)});
        std::ranges::move(figure_cells(figures), std::back_inserter(row.cells));
        table.rows.push_back(std::move(row));
    }

    void heading(const std::string& text) {
        page_.blank();
        page_.line(text, Style::kBold);
    }

    void show(const ExplainedBlock& block) {
        currency_ = block.parts.currency;
        page_.blank();
        const bool is_ratio = explanation_.unit == query::Unit::kRatio;
        const bool is_money = explanation_.unit == query::Unit::kMoney;
        page_.line(fmt::format("{}{}{} of {}", value_text(block.parts.total.value, currency_, is_ratio),
                               is_money || is_ratio ? " " : "", terminal_text(is_money || is_ratio ? currency_ : ""),
                               report::count_text(block.parts.total.charges, "charge")),
                   Style::kAccent);
        if (!std::holds_alternative<std::monostate>(block.parts.total.value)) {
            page_.line("exactly " + engine::exact_text(block.parts.total.value), Style::kDim);
        }
        show_terms(block);
        show_scopes(block);
        show_amortisation(block);
        show_spread(block);
        show_tuples(block);
        show_charges(block);
    }

    void show_terms(const ExplainedBlock& block) {
        if (!has_terms()) {
            return;
        }
        heading(fmt::format("How it is made: {}", explanation_.formula));
        for (std::size_t i = 0; i < explanation_.terms.size(); ++i) {
            const query::ExplainedTerm& term = explanation_.terms[i];
            page_.paragraph(
                fmt::format("{}  {}  {}{}{}", static_cast<char>('a' + i),
                            value_text(block.parts.total.terms[i], currency_, false), terminal_text(term.label),
                            term.where.empty() ? "" : " of charges with " + terminal_text(term.where),
                            term.known.empty() ? ""
                                               : fmt::format(", where {} is known, too", terminal_text(term.known))),
                2, 5);
        }
    }

    void show_scopes(const ExplainedBlock& block) {
        heading("From these deliveries");
        TextTable table =
            table_of({{"delivery", false}, {"received", false, 80}, {"scope", false, 60}, {"files", false, 50}});
        for (const app::ExplainedScope& scope : block.scopes) {
            const std::string number = fmt::format("{} {}", scope.delivery.value(), scope.source);
            add(table,
                {number, minute_text(scope.received_at), scope.scope, fmt::format("{}", fmt::join(scope.files, ", "))},
                scope.figures);
            for (const app::OtherVersion& other : scope.others) {
                const std::string state = fmt::format("  {} {}", other.delivery.value(), app::name(other.state));
                if (other.figures) {
                    add(table, {state, minute_text(other.received_at), "counts not", ""}, *other.figures, Style::kDim);
                }
            }
        }
        add(table, {"total", "", "", ""}, block.parts.total, Style::kBold);
        page_.table(table);
    }

    void show_amortisation(const ExplainedBlock& block) {
        if (!number_.amortisation) {
            return;
        }
        const auto found =
            std::ranges::find(number_.amortisation->blocks, block.parts.currency, &query::CurrencyBlock::currency);
        if (found == number_.amortisation->blocks.end()) {
            return;
        }
        heading("From billed to effective cost");
        TextTable table;
        table.keeps_all = true;
        table.columns = {{"charge category", false}, {"commitment", false, 60}, {"billed", true}, {"effective", true}};
        const auto text = [](const engine::Value& value) {
            const auto* name = std::get_if<std::string>(&value);
            return name == nullptr ? std::string() : terminal_text(*name);
        };
        for (const query::AnswerRow& row : found->rows) {
            table.rows.push_back({{{text(row.values[0])},
                                   {text(row.values[1])},
                                   {value_text(row.values[2], currency_, false)},
                                   {value_text(row.values[3], currency_, false)}}});
        }
        const std::vector<engine::Value>& total = found->total.values;
        table.rows.push_back(
            {{{"total"}, {""}, {value_text(total[2], currency_, false)}, {value_text(total[3], currency_, false)}},
             Style::kBold});
        page_.table(table);
        if (total[2] == total[3]) {
            return;
        }
        page_.paragraph("What was paid for commitments is billed and not effective; usage that they cover, and what of "
                        "them nothing used, is effective and not billed.",
                        2, 2, Style::kDim);
    }

    void show_spread(const ExplainedBlock& block) {
        if (!block.parts.spread || explanation_.unit != query::Unit::kMoney) {
            return;
        }
        const query::ExplainedSpread& spread = *block.parts.spread;
        heading("Charges that span days");
        page_.paragraph(fmt::format("{} {} days in the period. Were each on its first day alone, {} would count here; "
                                    "spread over their days {} do.",
                                    report::count_text(spread.charges, "charge"), spread.charges == 1 ? "has" : "have",
                                    value_text(spread.first_day.value, currency_, false),
                                    value_text(spread.spread.value, currency_, false)),
                        2, 2);
    }

    /// What tells one tuple from another at a glance.
    static std::string tuple_text(const query::ExplainedTuple& tuple, std::string_view column) {
        const auto found =
            std::ranges::find(tuple.columns, column, [](const auto& each) { return std::string_view(each.first); });
        return found == tuple.columns.end() ? std::string() : found->second;
    }

    void show_tuples(const ExplainedBlock& block) {
        heading("Largest tuples");
        TextTable table =
            table_of({{"charge", false}, {"account", false, 70}, {"service", false, 60}, {"region", false, 50}});
        for (const query::ExplainedTuple& tuple : block.parts.tuples) {
            std::string what = tuple_text(tuple, "ChargeDescription");
            what = what.empty() ? tuple_text(tuple, "SkuId") : what;
            std::string account = tuple_text(tuple, "SubAccountName");
            account = account.empty() ? tuple_text(tuple, "SubAccountId") : account;
            add(table,
                {what.empty() ? tuple_text(tuple, "ChargeCategory") : what,
                 account.empty() ? tuple_text(tuple, "BillingAccountId") : account, tuple_text(tuple, "ServiceName"),
                 tuple_text(tuple, "RegionId")},
                tuple.figures);
        }
        if (block.parts.other_tuple_count > 0) {
            add(table,
                {fmt::format("({} {})", count_text(block.parts.other_tuple_count),
                             block.parts.other_tuple_count == 1 ? "other" : "others"),
                 "", "", ""},
                block.parts.other_tuples, Style::kDim);
        }
        add(table, {"total", "", "", ""}, block.parts.total, Style::kBold);
        page_.table(table);
    }

    static std::string column_text(const query::ExplainedCharge& charge, std::string_view column) {
        const auto found =
            std::ranges::find(charge.columns, column, [](const auto& each) { return std::string_view(each.first); });
        return found == charge.columns.end() ? std::string() : engine::exact_text(found->second);
    }

    void show_charges(const ExplainedBlock& block) {
        heading("Largest charges");
        TextTable table =
            table_of({{"from", false}, {"resource or charge", false, 60}, {"file", false, 70}, {"row", true}});
        for (std::size_t i = 0; i < block.parts.charges.size(); ++i) {
            const query::ExplainedCharge& charge = block.parts.charges[i];
            std::string what = column_text(charge, "ResourceId");
            what = what.empty() ? column_text(charge, "ChargeDescription") : what;
            what = what.empty() ? column_text(charge, "ServiceName") : what;
            const app::RawRow& row = block.rows[i];
            add(table,
                {column_text(charge, "ChargePeriodStart").substr(0, 10), what, row.file,
                 row.row == 0 ? "?" : count_text(row.row)},
                charge.figures);
        }
        const bool has_others = block.parts.total.charges > block.parts.charges.size();
        if (has_others) {
            add(table, {"(others)", "", "", ""}, block.parts.other_charges, Style::kDim);
        }
        add(table, {"total", "", "", ""}, block.parts.total, Style::kBold);
        page_.table(table);
        show_row(block);
    }

    /// The first charge as its file has it, and what is not known of the others.
    void show_row(const ExplainedBlock& block) {
        std::vector<std::string> notes;
        for (const app::RawRow& row : block.rows) {
            if (!row.note.empty() && std::ranges::find(notes, row.note) == notes.end()) {
                notes.push_back(row.note);
            }
        }
        for (const std::string& note : notes) {
            page_.paragraph(terminal_text(note), 2, 2, Style::kWarning);
        }
        if (block.rows.empty() || block.rows.front().cells.empty()) {
            return;
        }
        const app::RawRow& row = block.rows.front();
        page_.blank();
        page_.line(fmt::format("Row {} of {}{}", count_text(row.row), terminal_text(row.file),
                               row.byte_offset ? fmt::format(", byte {}", count_text(*row.byte_offset)) : ""),
                   Style::kBold);
        if (!row.text.empty()) {
            // Not cut to the terminal's width: it is what stands in the file.
            text_ += page_.take() + "  " + terminal_text(row.text) + "\n\n";
            return;
        }
        for (const auto& [name, text] : row.cells) {
            page_.paragraph(fmt::format("{}: {}", terminal_text(name), terminal_text(text)), 2, 4);
        }
    }

    const ExplainedNumber& number_;
    const query::Explanation& explanation_;
    TextPage page_;
    std::string currency_;
    std::string text_; ///< written before what is on the page
};

} // namespace

base::Result<int> run_explain(Session& session, const ExplainCommand& command) {
    FLORIN_TRY_ASSIGN(app::Workspace workspace, session.open_workspace());
    FLORIN_TRY(check_folder_of("--out", command.out));
    app::ExplainRequest request;
    request.question.measures = {command.measure};
    FLORIN_TRY_ASSIGN(const std::string row, app::row_filter(command.row));
    request.question.filter = row;
    if (!command.filter.empty()) {
        request.question.filter = row.empty() ? command.filter : fmt::format("{} and ({})", row, command.filter);
    }
    FLORIN_TRY_ASSIGN(request.question.period, parse_optional_period(command.period, workspace));
    FLORIN_TRY_ASSIGN(request.question.period_kind, query::parse_period_kind(command.period_kind));
    FLORIN_TRY_ASSIGN(request.question.basis, query::parse_basis(command.basis));
    FLORIN_TRY_ASSIGN(request.as_of, parse_as_of(command.as_of));
    request.tuples_max = command.tuples;
    request.charges_max = command.charges;
    request.running = Session::interruptible();
    FLORIN_TRY_ASSIGN(const ExplainedNumber number, app::explain_number(workspace, request));
    const Terminal& terminal = session.terminal();
    const std::string text =
        command.format == "json"
            ? json_text(explanation_json(number)) + "\n"
            : ExplanationText(number, terminal.width, terminal.has_colour && command.out.empty()).run();
    FLORIN_TRY(session.put(text, command.out));
    return 0;
}

} // namespace florin::cli
