// Why a period costs more or less than another: as a table, CSV, JSON and a page.
#include "cli/delivery_json.hpp"
#include "cli/session.hpp"

#include "app/cost_variance.hpp"
#include "base/csv_cell.hpp"
#include "report/variance.hpp"
#include "variance/sentence.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

namespace florin::cli {
namespace {

using variance::Effect;
using variance::Row;

/// So many rows have a sentence of their own on the terminal and the page.
constexpr std::size_t kSentencesMax = 3;

base::Result<app::VarianceRequest> request_of(const VarianceCommand& command, const app::Workspace& workspace) {
    app::VarianceRequest request;
    std::vector<std::optional<period::Period>> periods;
    for (const std::string& text : command.periods) {
        FLORIN_TRY_ASSIGN(periods.emplace_back(), parse_optional_period(text, workspace));
    }
    if (!periods.empty()) {
        request.actual = periods.back();
    }
    if (periods.size() == 2) {
        request.base = periods.front();
    }
    if (command.dimensions != std::vector<std::string>{"none"}) {
        request.dimensions = command.dimensions;
    }
    request.filter = command.filter;
    FLORIN_TRY_ASSIGN(request.basis, query::parse_basis(command.basis));
    FLORIN_TRY_ASSIGN(const ConversionOptions conversion,
                      parse_conversion(command.currency, command.rate_type, workspace.configuration()));
    request.currency = conversion.currency;
    request.rate_type = conversion.rate_type;
    request.rows_max = command.top;
    FLORIN_TRY_ASSIGN(request.as_of, parse_as_of(command.as_of));
    request.running = Session::interruptible();
    return request;
}

std::string others_text(const Row& row) {
    return fmt::format("({} {})", row.others, row.others == 1 ? "other" : "others");
}

/// Says sentences about the rows of one currency.
class Words {
public:
    Words(const app::CostVariance& found, const app::VarianceBlock& block)
        : labels_(found.labels), block_(block),
          wording_{
              .currency = block.currency, .places = money::minor_units_of(block.currency), .base = found.base_name} {}

    std::string of_total() const {
        return variance::sentence(block_.comparison.total, "Spend", block_.comparison, wording_);
    }
    std::string of(const Row& row) const {
        return row.others != 0
                   ? std::string()
                   : variance::sentence(row, variance::subject(row.key, labels_), block_.comparison, wording_);
    }

private:
    const std::vector<std::string>& labels_;
    const app::VarianceBlock& block_;
    variance::Wording wording_;
};

std::string render_csv(const app::CostVariance& found) {
    std::vector<std::string> names;
    for (const std::string& dimension : found.dimensions) {
        names.push_back(base::csv_cell(dimension));
    }
    names.insert(names.end(), {"currency", "base", "actual", "variance"});
    for (const Effect effect : variance::all_effects()) {
        names.emplace_back(variance::name(effect));
    }
    std::string out = fmt::format("{}\n", fmt::join(names, ","));
    for (const app::VarianceBlock& block : found.blocks) {
        for (const Row& row : block.comparison.rows) {
            std::vector<std::string> cells(found.dimensions.size());
            for (std::size_t i = 0; i < row.key.size(); ++i) {
                cells[i] = base::csv_cell(row.key[i].value_or(""));
            }
            if (row.others != 0) {
                cells.front() = others_text(row);
            }
            cells.insert(cells.end(),
                         {block.currency, row.base.to_string(), row.actual.to_string(), row.variance.to_string()});
            for (const Effect effect : variance::all_effects()) {
                cells.push_back(row.effect(effect).to_string());
            }
            out += fmt::format("{}\n", fmt::join(cells, ","));
        }
    }
    return out;
}

nlohmann::json row_json(const app::CostVariance& found, const Row& row, const std::string& sentence) {
    nlohmann::json object = {
        {"base", row.base.to_string()}, {"actual", row.actual.to_string()}, {"variance", row.variance.to_string()}};
    for (const Effect effect : variance::all_effects()) {
        object["effects"][std::string(variance::name(effect))] = row.effect(effect).to_string();
    }
    for (std::size_t i = 0; i < row.key.size(); ++i) {
        object["dimensions"][found.dimensions[i]] = row.key[i] ? nlohmann::json(*row.key[i]) : nlohmann::json(nullptr);
    }
    nlohmann::json units = nlohmann::json::array();
    for (const variance::UnitUse& use : row.units) {
        units.push_back({{"unit", use.unit ? nlohmann::json(*use.unit) : nlohmann::json(nullptr)},
                         {"base", use.base.to_string()},
                         {"actual", use.actual.to_string()},
                         {"usage", use.usage.to_string()},
                         {"mix", use.mix.to_string()},
                         {"rate", use.rate.to_string()}});
    }
    object["units"] = units;
    if (row.others != 0) {
        object["others"] = row.others;
    } else {
        object["sentence"] = sentence;
    }
    return object;
}

nlohmann::json period_json(const period::Period& period) {
    return {{"start", period::to_string(period.start)}, {"end", period::to_string(period.end)}};
}

std::string render_json(const app::CostVariance& found) {
    nlohmann::json blocks = nlohmann::json::array();
    for (const app::VarianceBlock& block : found.blocks) {
        const Words words(found, block);
        nlohmann::json rows = nlohmann::json::array();
        for (const Row& row : block.comparison.rows) {
            rows.push_back(row_json(found, row, words.of(row)));
        }
        blocks.push_back({{"currency", block.currency},
                          {"rows", rows},
                          {"total", row_json(found, block.comparison.total, words.of_total())}});
    }
    return json_text({{"base", period_json(found.base)},
                      {"actual", period_json(found.actual)},
                      {"basis", query::name(found.basis)},
                      {"blocks", blocks},
                      {"notes", found.notes}}) +
           "\n";
}

report::Basis shown_basis(query::Basis basis) {
    switch (basis) {
    case query::Basis::kBilled: return report::Basis::kBilled;
    case query::Basis::kList: return report::Basis::kList;
    case query::Basis::kContracted: return report::Basis::kContracted;
    case query::Basis::kEffective: break;
    }
    return report::Basis::kEffective;
}

report::VarianceLine shown_line(const Row& row, std::string name) {
    return {.name = std::move(name),
            .base = row.base,
            .actual = row.actual,
            .variance = row.variance,
            .effects = {row.effects.begin(), row.effects.end()}};
}

base::Result<report::VarianceReport> shown(const app::CostVariance& found, const std::string& title) {
    report::VarianceReport report{.workspace_title = title,
                                  .basis = shown_basis(found.basis),
                                  .base = found.base_name,
                                  .actual = period::to_string(found.actual),
                                  .heading = fmt::format("{}", fmt::join(found.labels, ", ")),
                                  .notes = found.notes};
    for (const app::VarianceBlock& found_block : found.blocks) {
        FLORIN_TRY_ASSIGN(const money::Currency currency, money::Currency::parse(found_block.currency));
        const Words words(found, found_block);
        report::VarianceBlock block{.currency = currency,
                                    .sentences = {words.of_total()},
                                    .total = shown_line(found_block.comparison.total, "total")};
        for (const Effect effect : variance::all_effects()) {
            block.effects.push_back({std::string(variance::label(effect)), std::string(variance::heading(effect))});
        }
        for (const Row& row : found_block.comparison.rows) {
            if (row.others == 0 && row.key.empty()) {
                continue; // the total is all there is
            }
            std::vector<std::string> names;
            for (const variance::Text& part : row.key) {
                names.push_back(part.value_or("–"));
            }
            block.lines.push_back(
                shown_line(row, row.others != 0 ? others_text(row) : fmt::format("{}", fmt::join(names, ", "))));
            if (row.others == 0 && block.sentences.size() <= kSentencesMax) {
                block.sentences.push_back(words.of(row));
            }
        }
        report.blocks.push_back(std::move(block));
    }
    return report;
}

} // namespace

base::Result<int> run_variance(Session& session, const VarianceCommand& command) {
    FLORIN_TRY_ASSIGN(app::Workspace workspace, session.open_workspace());
    FLORIN_TRY(check_folder_of("--out", command.out));
    FLORIN_TRY_ASSIGN(const app::VarianceRequest request, request_of(command, workspace));
    FLORIN_TRY_ASSIGN(const app::CostVariance found, app::explain_variance(workspace, request));
    std::string text;
    if (command.format == "csv") {
        text = render_csv(found);
    } else if (command.format == "json") {
        text = render_json(found);
    } else {
        FLORIN_TRY_ASSIGN(const report::VarianceReport report, shown(found, workspace.configuration().name));
        text = command.format == "html" ? report::render_html(report)
                                        : report::render_terminal(report, session.terminal().width,
                                                                  session.terminal().has_colour && command.out.empty());
    }
    FLORIN_TRY(session.put(text, command.out));
    return 0;
}

} // namespace florin::cli
