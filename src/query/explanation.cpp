#include "query/explanation.hpp"

#include "base/check.hpp"
#include "query/duckdb_sql.hpp"
#include "query/explanation_sql.hpp"
#include "query/notes.hpp"
#include "query/series.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <map>
#include <set>

namespace florin::query {
namespace {

using base::Result;
using engine::Value;

constexpr std::string_view kChargeCount = "charge_count";
/// A statement of more arms takes DuckDB longer than two of half as many.
constexpr std::size_t kFilesAtOnce = 100;

/// The question with the number of charges beside its measure.
Result<Resolved> resolve_for_parts(const Question& question) {
    Question with_count = question;
    FLORIN_CHECK(!with_count.measures.empty(), "an explanation of nothing");
    with_count.measures.resize(1);
    if (with_count.measures.front() != kChargeCount) {
        with_count.measures.emplace_back(kChargeCount);
    }
    with_count.dimensions.clear();
    with_count.grain = period::Grain::kNone;
    with_count.comparison = Comparison::kNone;
    with_count.order.reset();
    with_count.limit = 0;
    with_count.currency.clear();
    return resolve(with_count, catalogue());
}

Value sum_value(const Resolved& resolved, std::size_t sum, const Amount& amount) {
    const Input& input = resolved.inputs[resolved.sums[sum].input];
    if (!amount.known) {
        return {};
    }
    if (is_quantity(input)) {
        return money::Quantity::from_units(amount.units);
    }
    return is_money(input) ? Value{money::Decimal::from_units(amount.units)}
                           : Value{static_cast<std::int64_t>(amount.units)};
}

/// The filter for one value of a field, as a shell takes it.
std::string one_value(const Field& field, const Value& value) {
    const std::optional<std::string> text = text_of(value);
    const std::string filter = text ? to_text(Filter{Compare{.field = field, .op = Operator::kEqual, .value = *text}})
                                    : to_text(Filter{IsNull{.field = field}});
    return fmt::format("\"{}\"", filter);
}

/// The stored sums of the measure itself, each once, in the order in which it uses them.
std::vector<std::size_t> sums_of(const AskedMeasure& measure) {
    std::vector<std::size_t> sums;
    for (const auto* terms : {&measure.sum, &measure.over}) {
        for (const SignedSum& term : *terms) {
            if (std::ranges::find(sums, term.sum) == sums.end()) {
                sums.push_back(term.sum);
            }
        }
    }
    return sums;
}

std::string column_label(const std::string& column) {
    if (column == lake::column::kChargeRows) {
        return "Charges";
    }
    if (column == lake::column::kCappedSavings) {
        return "Savings where there are any";
    }
    const auto measures = catalogue().measures();
    const auto found = std::ranges::find_if(measures, [&column](const Measure& measure) {
        return measure.over.empty() && measure.sum.size() == 1 && measure.sum.front().of == column &&
               measure.sum.front().where.empty();
    });
    return found == measures.end() ? column : found->label;
}

/// `a - b`, in the order of the terms.
std::string side_text(const std::vector<SignedSum>& terms, const std::vector<std::size_t>& sums) {
    std::string text;
    for (const SignedSum& term : terms) {
        const auto at = static_cast<std::size_t>(std::ranges::find(sums, term.sum) - sums.begin());
        text += term.minus ? (text.empty() ? "-" : " - ") : (text.empty() ? "" : " + ");
        text += static_cast<char>('a' + at);
    }
    return text;
}

std::string formula_of(const AskedMeasure& measure) {
    const std::vector<std::size_t> sums = sums_of(measure);
    const auto in_brackets = [](const std::string& side) { return side.size() > 1 ? "(" + side + ")" : side; };
    const std::string sum = side_text(measure.sum, sums);
    return measure.over.empty() ? sum : in_brackets(sum) + " / " + in_brackets(side_text(measure.over, sums));
}

class Explainer {
public:
    Explainer(Resolved resolved, std::span<const lake::FileSet> files, engine::Engine& engine,
              const ExplainOptions& options)
        : resolved_(std::move(resolved)), files_(files), engine_(engine), options_(options),
          period_(resolved_.question.period),
          sources_(choose_sources(resolved_, files, period_, false, options.compacted)),
          unknown_(absence_means_unknown(resolved_, sources_)) {}

    Result<Explanation> run();
    Result<std::vector<FileFigures>> by_file();

private:
    /// The statement with what its filter asks of other datasets.
    std::string with_joined(const std::string& sql) const {
        const std::vector<std::string> tables = joined_tables(resolved_, options_.datasets);
        return tables.empty() ? sql : fmt::format("WITH {}\n{}", fmt::join(tables, ", "), sql);
    }
    bool has_charges() const { return !sources_.all().empty() && !(period_ && period_->start >= period_->end); }
    const AskedMeasure& measure() const { return resolved_.measures.front(); }
    Result<Figures> figures(Sums sums) const;
    Result<Figures> figures_at(const std::vector<Value>& row, std::size_t first) const;
    Result<Figures> without(const Figures& whole, const std::vector<const Figures*>& parts) const;
    Result<engine::Table> ask(const std::string& sql) const;
    std::vector<const lake::FileSet*> read_files() const;
    void describe(Explanation& out) const;
    Result<void> find_totals(Explanation& out);
    Result<void> add_files(const std::string& sql, std::vector<FileFigures>& out) const;
    Result<void> find_tuples(ExplainedCurrency& out);
    Result<void> describe_tuples(std::vector<ExplainedTuple>& tuples);
    Result<void> find_charges(ExplainedCurrency& out);
    Result<void> describe_charges(std::vector<ExplainedCharge>& charges);
    Result<void> find_spread(Explanation& out);

    Resolved resolved_;
    std::span<const lake::FileSet> files_;
    engine::Engine& engine_;
    const ExplainOptions& options_;
    std::optional<period::Period> period_;
    Sources sources_;
    std::vector<bool> unknown_;
};

Result<Figures> Explainer::figures(Sums sums) const {
    Figures out;
    FLORIN_TRY_ASSIGN(out.value, measure_value(measure(), sums, unknown_));
    for (const std::size_t sum : sums_of(measure())) {
        out.terms.push_back(sum_value(resolved_, sum, sums[sum]));
    }
    const AskedMeasure& count = resolved_.measures.back();
    out.charges = static_cast<std::uint64_t>(sums[count.sum.front().sum].units);
    out.sums = std::move(sums);
    return out;
}

Result<Figures> Explainer::figures_at(const std::vector<Value>& row, std::size_t first) const {
    Sums sums;
    for (std::size_t i = 0; i < resolved_.sums.size(); ++i) {
        sums.push_back(to_amount(row[first + i]));
    }
    return figures(std::move(sums));
}

Result<Figures> Explainer::without(const Figures& whole, const std::vector<const Figures*>& parts) const {
    Sums rest = whole.sums;
    for (const Figures* part : parts) {
        Sums taken = part->sums;
        for (Amount& amount : taken) {
            amount.units = -amount.units;
            amount.known = false; // what is left is known as the whole is
        }
        FLORIN_TRY(add(rest, taken));
    }
    return figures(std::move(rest));
}

Result<engine::Table> Explainer::ask(const std::string& sql) const {
    FLORIN_TRY_ASSIGN(engine::Table table, engine_.query(sql));
    std::vector<std::string> money;
    for (std::size_t i = 0; i < resolved_.sums.size(); ++i) {
        if (is_money(resolved_.inputs[resolved_.sums[i].input])) {
            money.push_back(fmt::format("s{}", i));
        }
    }
    FLORIN_TRY(engine::check_money_columns(table.columns, money));
    return table;
}

/// Those that hold the period, each by itself rather than compacted.
std::vector<const lake::FileSet*> Explainer::read_files() const {
    std::vector<const lake::FileSet*> read;
    for (const lake::FileSet& file : files_) {
        if (touches(file, resolved_.question, period_)) {
            read.push_back(&file);
        }
    }
    return read;
}

void Explainer::describe(Explanation& out) const {
    out.measure = measure().name;
    out.label = measure().label;
    out.description = measure().measure->description;
    out.unit = measure().measure->unit;
    for (const std::size_t at : sums_of(measure())) {
        const Sum& sum = resolved_.sums[at];
        const Input& input = resolved_.inputs[sum.input];
        out.terms.push_back({.column = input.of,
                             .label = column_label(input.of),
                             .where = sum.condition ? to_text(resolved_.conditions[*sum.condition]) : std::string(),
                             .known = input.known});
    }
    out.formula = formula_of(measure());
    out.notes = make_notes(resolved_, sources_, {}, std::nullopt, 0);
    std::ranges::move(joined_notes(resolved_, options_.datasets), std::back_inserter(out.notes));
}

/// One row a currency, and a unit where a quantity has one.
Result<void> Explainer::find_totals(Explanation& out) {
    const std::size_t dimensions = resolved_.dimensions.size();
    FLORIN_TRY_ASSIGN(const engine::Table table, ask(duckdb_sql(resolved_, sources_, period_, options_.datasets)));
    std::set<std::string> currencies;
    for (const auto& row : table.rows) {
        ExplainedCurrency one;
        one.currency = text_of(row[dimensions]).value_or("");
        if (!currencies.insert(one.currency).second) {
            return base::user_error(
                       "explain.several_units",
                       fmt::format("{} is in more than one unit here, and units do not add", measure().label))
                .with_remedy(fmt::format("choose one, as in --where {}",
                                         one_value(resolved_.dimensions.front().field, table.rows.front().front())));
        }
        FLORIN_TRY_ASSIGN(one.total, figures_at(row, dimensions + 1));
        out.currencies.push_back(std::move(one));
    }
    std::ranges::sort(out.currencies, {}, &ExplainedCurrency::currency);
    return {};
}

Result<std::vector<FileFigures>> Explainer::by_file() {
    std::vector<FileFigures> out;
    std::vector<std::string> parts;
    for (std::size_t i = 0; i < files_.size(); ++i) {
        if (touches(files_[i], resolved_.question, period_)) {
            const Sources one = choose_sources(resolved_, files_.subspan(i, 1), period_, false, {});
            parts.push_back(fmt::format("SELECT {} AS f, * FROM (\n{}\n)", i,
                                        duckdb_sql(resolved_, one, period_, options_.datasets)));
        }
        if (parts.size() == kFilesAtOnce || (i + 1 == files_.size() && !parts.empty())) {
            FLORIN_TRY(add_files(fmt::format("{}", fmt::join(parts, "\nUNION ALL BY NAME\n")), out));
            parts.clear();
        }
    }
    std::ranges::sort(out, {}, [](const FileFigures& each) { return std::pair(each.file, each.currency); });
    return out;
}

/// The rows of one statement, each with its file's place before.
Result<void> Explainer::add_files(const std::string& sql, std::vector<FileFigures>& out) const {
    const std::size_t first = 2 + resolved_.dimensions.size();
    FLORIN_TRY_ASSIGN(const engine::Table table, ask(sql));
    for (const auto& row : table.rows) {
        FLORIN_TRY_ASSIGN(Figures one, figures_at(row, first));
        if (std::ranges::all_of(one.sums, [](const Amount& amount) { return amount.units == 0; })) {
            continue;
        }
        out.push_back({static_cast<std::size_t>(std::get<std::int64_t>(row[0])), text_of(row[first - 1]).value_or(""),
                       std::move(one)});
    }
    return {};
}

Result<void> Explainer::find_tuples(ExplainedCurrency& out) {
    Resolved by_tuple = resolved_;
    by_tuple.by_tuple = true;
    std::string sums;
    for (std::size_t i = 0; i < resolved_.sums.size(); ++i) {
        sums += fmt::format(", s{}", i);
    }
    FLORIN_TRY_ASSIGN(
        const engine::Table table,
        ask(fmt::format("SELECT CAST(tuple_key AS VARCHAR), count(*) OVER (){} FROM (\n{}\n) WHERE currency = {} ORDER "
                        "BY abs({}) DESC, tuple_key LIMIT {}",
                        sums, duckdb_sql(by_tuple, sources_, period_, options_.datasets),
                        engine::sql_text(out.currency), value_sql(resolved_), options_.tuples_max)));
    std::vector<const Figures*> shown;
    for (const auto& row : table.rows) {
        ExplainedTuple tuple{.key = std::get<std::string>(row[0])};
        FLORIN_TRY_ASSIGN(tuple.figures, figures_at(row, 2));
        out.tuples.push_back(std::move(tuple));
    }
    for (const ExplainedTuple& tuple : out.tuples) {
        shown.push_back(&tuple.figures);
    }
    if (!table.rows.empty()) {
        out.other_tuple_count =
            static_cast<std::uint64_t>(std::get<std::int64_t>(table.rows[0][1])) - out.tuples.size();
    }
    FLORIN_TRY_ASSIGN(out.other_tuples, without(out.total, shown));
    return describe_tuples(out.tuples);
}

Result<void> Explainer::describe_tuples(std::vector<ExplainedTuple>& tuples) {
    std::map<std::string, ExplainedTuple*> by_key;
    std::string keys;
    for (ExplainedTuple& tuple : tuples) {
        by_key.emplace(tuple.key, &tuple);
        keys += fmt::format("{}{}::UUID", keys.empty() ? "" : ", ", engine::sql_text(tuple.key));
    }
    if (keys.empty()) {
        return {};
    }
    std::string columns;
    for (const std::string& column : lake::tuple_columns()) {
        columns += fmt::format(", {}", engine::sql_name(column));
    }
    std::vector<std::string> paths;
    for (const lake::FileSet* file : sources_.all()) {
        paths.push_back(file->tuples);
    }
    FLORIN_TRY_ASSIGN(const engine::Table table,
                      engine_.query(fmt::format("SELECT DISTINCT CAST(\"TupleKey\" AS VARCHAR){} FROM "
                                                "{} WHERE \"TupleKey\" IN ({})",
                                                columns, engine::sql_parquet(paths), keys)));
    for (const auto& row : table.rows) {
        ExplainedTuple& tuple = *by_key.at(std::get<std::string>(row[0]));
        for (std::size_t i = 1; i < row.size(); ++i) {
            if (const auto* text = std::get_if<std::string>(&row[i]); text != nullptr) {
                tuple.columns.emplace_back(table.columns[i].name, *text);
            }
        }
    }
    return {};
}

Result<void> Explainer::find_charges(ExplainedCurrency& out) {
    const ChargeFiles files = choose_charge_files(read_files(), sources_.with_spread);
    FLORIN_TRY_ASSIGN(
        const engine::Table table,
        ask(with_joined(largest_charges_sql(resolved_, files, period_, out.currency, options_.charges_max))));
    for (const auto& row : table.rows) {
        const lake::FileSet* file = files.at(static_cast<std::size_t>(std::get<std::int64_t>(row[0])));
        ExplainedCharge charge{.file = static_cast<std::size_t>(file - files_.data()),
                               .row = std::get<std::int64_t>(row[1]),
                               .is_spread = std::get<bool>(row[2])};
        FLORIN_TRY_ASSIGN(charge.figures, figures_at(row, 3));
        out.charges.push_back(std::move(charge));
    }
    std::vector<const Figures*> shown;
    for (const ExplainedCharge& charge : out.charges) {
        shown.push_back(&charge.figures);
    }
    FLORIN_TRY_ASSIGN(out.other_charges, without(out.total, shown));
    return describe_charges(out.charges);
}

Result<void> Explainer::describe_charges(std::vector<ExplainedCharge>& charges) {
    for (ExplainedCharge& charge : charges) {
        FLORIN_TRY_ASSIGN(const engine::Table table,
                          engine_.query(fmt::format("SELECT * REPLACE (to_json(\"x_Custom\")::VARCHAR AS \"x_Custom\", "
                                                    "CAST(\"TupleKey\" AS VARCHAR) AS \"TupleKey\") FROM "
                                                    "{} WHERE file_row_number = {}",
                                                    engine::sql_parquet({files_[charge.file].charges}), charge.row)));
        FLORIN_CHECK(table.rows.size() == 1, "a charge that was found is gone");
        for (std::size_t i = 0; i < table.columns.size(); ++i) {
            const std::string& name = table.columns[i].name;
            const Value& value = table.rows[0][i];
            if (name == lake::column::kTupleKey || name == lake::column::kChargeDay ||
                std::holds_alternative<std::monostate>(value)) {
                continue;
            }
            if (name != lake::column::kCustom) {
                charge.columns.emplace_back(name, value);
                continue;
            }
            const auto custom = nlohmann::ordered_json::parse(std::get<std::string>(value), nullptr, false);
            for (const auto& [key, text] : custom.items()) {
                charge.columns.emplace_back(key, text.is_string() ? text.get<std::string>() : text.dump());
            }
        }
    }
    return {};
}

Result<void> Explainer::find_spread(Explanation& out) {
    const ChargeFiles files = choose_charge_files(read_files(), sources_.with_spread);
    const bool spreads = std::ranges::any_of(sums_of(measure()), [this](std::size_t sum) {
        const std::string& of = resolved_.inputs[resolved_.sums[sum].input].of;
        return of == "EffectiveCost" || of == "ListCost" || of == "ContractedCost";
    });
    if (files.spread.empty() || !spreads) {
        return {};
    }
    FLORIN_TRY_ASSIGN(const engine::Table table, ask(with_joined(spread_sql(resolved_, files.spread, period_))));
    for (const auto& row : table.rows) {
        const auto found =
            std::ranges::find(out.currencies, text_of(row[0]).value_or(""), &ExplainedCurrency::currency);
        FLORIN_CHECK(found != out.currencies.end(), "charges of a currency without a total");
        ExplainedSpread spread{.charges = static_cast<std::uint64_t>(std::get<std::int64_t>(row[1]))};
        FLORIN_TRY_ASSIGN(spread.first_day, figures_at(row, 2));
        FLORIN_TRY_ASSIGN(spread.spread, figures_at(row, 2 + resolved_.sums.size()));
        found->spread = std::move(spread);
    }
    return {};
}

Result<Explanation> Explainer::run() {
    Explanation out;
    describe(out);
    if (!has_charges()) {
        return out;
    }
    FLORIN_TRY(find_totals(out));
    FLORIN_TRY_ASSIGN(std::vector<FileFigures> files, by_file());
    for (FileFigures& file : files) {
        const auto found = std::ranges::find(out.currencies, file.currency, &ExplainedCurrency::currency);
        FLORIN_CHECK(found != out.currencies.end(), "a file of a currency without a total");
        found->files.emplace_back(file.file, std::move(file.figures));
    }
    for (ExplainedCurrency& currency : out.currencies) {
        FLORIN_TRY(find_tuples(currency));
        FLORIN_TRY(find_charges(currency));
    }
    FLORIN_TRY(find_spread(out));
    return out;
}

} // namespace

Result<Explanation> explain_measure(const Question& question, std::span<const lake::FileSet> files,
                                    engine::Engine& engine, const ExplainOptions& options) {
    FLORIN_TRY_ASSIGN(Resolved resolved, resolve_for_parts(question));
    return Explainer(std::move(resolved), files, engine, options).run();
}

Result<std::vector<FileFigures>> figures_by_file(const Question& question, std::span<const lake::FileSet> files,
                                                 engine::Engine& engine, const ExplainOptions& options) {
    FLORIN_TRY_ASSIGN(Resolved resolved, resolve_for_parts(question));
    return Explainer(std::move(resolved), files, engine, options).by_file();
}

} // namespace florin::query
