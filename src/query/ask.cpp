#include "query/answer.hpp"
#include "query/conversion.hpp"
#include "query/duckdb_sql.hpp"
#include "query/notes.hpp"
#include "query/plan.hpp"
#include "query/series.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <utility>

namespace florin::query {
namespace {

using base::Result;
using engine::Value;

/// A statement and what it reads; no statement where no file holds the period.
struct Prepared {
    Sources sources;
    std::string sql;
};

Prepared prepare(const Resolved& resolved, std::span<const lake::FileSet> files,
                 const std::optional<period::Period>& period, const AskOptions& options) {
    Prepared prepared;
    const bool empty_period = period && period->start >= period->end;
    if (!empty_period) {
        prepared.sources = choose_sources(resolved, files, period, options.charges_only, options.compacted);
    }
    if (!prepared.sources.cells.empty() || !prepared.sources.charges.empty()) {
        prepared.sql = duckdb_sql(resolved, prepared.sources, period, options.datasets);
    }
    return prepared;
}

/// A statement's rows, converted where the question says so.
Result<Converter::Converted> run(const Resolved& resolved, const Prepared& prepared, engine::Engine& engine,
                                 Converter* converter) {
    Converter::Converted out;
    if (prepared.sql.empty()) {
        return out;
    }
    if (converter != nullptr) {
        FLORIN_TRY_ASSIGN(out, converter->run(prepared.sql, engine));
    } else {
        FLORIN_TRY_ASSIGN(out.table, engine.query(prepared.sql));
    }
    std::vector<std::string> money;
    for (std::size_t i = 0; i < resolved.sums.size(); ++i) {
        if (is_money(resolved.inputs[resolved.sums[i].input])) {
            money.push_back(fmt::format("s{}", i));
        }
    }
    FLORIN_TRY(engine::check_money_columns(out.table.columns, money));
    return out;
}

std::vector<AnswerColumn> make_columns(const Resolved& resolved) {
    using Kind = AnswerColumn::Kind;
    const Question& question = resolved.question;
    std::vector<AnswerColumn> columns;
    for (const AskedDimension& dimension : resolved.dimensions) {
        columns.push_back({Kind::kDimension, dimension.name, dimension.label, Unit::kCount, false});
    }
    if (question.grain != period::Grain::kNone) {
        columns.push_back({Kind::kTime, std::string(period::name(question.grain)), "Period", Unit::kCount, false});
    }
    for (const AskedMeasure& measure : resolved.measures) {
        const Unit unit = measure.measure->unit;
        const bool has_currency = measure.measure->has_currency;
        columns.push_back({Kind::kMeasure, measure.name, measure.label, unit, has_currency});
        if (question.comparison != Comparison::kNone) {
            columns.push_back(
                {Kind::kPrevious, measure.name + "_previous", measure.label + " before", unit, has_currency});
            columns.push_back({Kind::kChange, measure.name + "_change", "Change", unit, has_currency});
            if (unit != Unit::kRatio) {
                columns.push_back(
                    {Kind::kChangePercent, measure.name + "_change_percent", "Change %", Unit::kRatio, false});
            }
        }
    }
    return columns;
}

/// Makes the rows of a block from its groups.
class BlockMaker {
public:
    BlockMaker(const Resolved& resolved, std::vector<bool> unknown, std::vector<bool> unknown_before)
        : resolved_(resolved), unknown_(std::move(unknown)), unknown_before_(std::move(unknown_before)) {}

    /// `cut_rest` is what the engine left out already, or null.
    Result<CurrencyBlock> make(const std::string& currency, const std::vector<Group>& groups,
                               const Group* cut_rest) const {
        CurrencyBlock block;
        block.currency = currency;
        FLORIN_TRY_ASSIGN(std::vector<const Group*> ordered, order(groups));
        const std::uint64_t limit = resolved_.question.limit;
        const bool cut = limit != 0 && limit < ordered.size();
        const std::size_t shown = cut ? static_cast<std::size_t>(limit) : ordered.size();
        for (std::size_t i = 0; i < shown; ++i) {
            FLORIN_TRY(add_rows(*ordered[i], AnswerRow::Kind::kGroup, block.rows));
        }
        if (cut) {
            block.rest_groups = ordered.size() - shown;
            FLORIN_TRY_ASSIGN(const Group rest,
                              merged({ordered.begin() + static_cast<std::ptrdiff_t>(shown), ordered.end()},
                                     resolved_.dimensions.size()));
            FLORIN_TRY(add_rows(rest, AnswerRow::Kind::kRest, block.rows));
        }
        if (cut_rest != nullptr) {
            block.rest_groups = cut_rest->members;
            FLORIN_TRY(add_rows(*cut_rest, AnswerRow::Kind::kRest, block.rows));
            ordered.push_back(cut_rest);
        }
        FLORIN_TRY_ASSIGN(const Group all, merged(ordered, resolved_.dimensions.size()));
        FLORIN_TRY_ASSIGN(block.total, make_row(all, std::nullopt, all.now, all.before, AnswerRow::Kind::kTotal));
        return block;
    }

private:
    bool has_grain() const { return resolved_.question.grain != period::Grain::kNone; }

    static std::strong_ordering compare_texts(const DimensionValue& a, const DimensionValue& b) {
        if (!a || !b) {
            return !a <=> !b;
        }
        return a->compare(*b) <=> 0;
    }

    Result<std::vector<const Group*>> order(const std::vector<Group>& groups) const {
        struct Ranked {
            const Group* group;
            Value value;
        };
        std::vector<Ranked> ranked;
        for (const Group& group : groups) {
            Value value;
            if (resolved_.order_measure && !group.now.empty()) {
                FLORIN_TRY_ASSIGN(value,
                                  measure_value(resolved_.measures[*resolved_.order_measure], group.now, unknown_));
            }
            ranked.push_back({&group, std::move(value)});
        }
        const bool descending = !resolved_.question.order || resolved_.question.order->descending;
        std::ranges::sort(ranked, [&](const Ranked& a, const Ranked& b) {
            const bool a_null = std::holds_alternative<std::monostate>(a.value);
            const bool b_null = std::holds_alternative<std::monostate>(b.value);
            if (a_null != b_null) {
                return b_null;
            }
            auto compared = compare_values(a.value, b.value);
            if (resolved_.order_dimension) {
                const DimensionValue& x = a.group->key[*resolved_.order_dimension];
                const DimensionValue& y = b.group->key[*resolved_.order_dimension];
                if (x.has_value() != y.has_value()) {
                    return x.has_value();
                }
                compared = compare_texts(x, y);
            }
            if (compared != 0) {
                return descending ? compared > 0 : compared < 0;
            }
            for (std::size_t i = 0; i < a.group->key.size(); ++i) {
                if (const auto texts = compare_texts(a.group->key[i], b.group->key[i]); texts != 0) {
                    return texts < 0;
                }
            }
            return false;
        });
        std::vector<const Group*> ordered;
        for (const Ranked& each : ranked) {
            ordered.push_back(each.group);
        }
        return ordered;
    }

    Result<void> add_rows(const Group& group, AnswerRow::Kind kind, std::vector<AnswerRow>& rows) const {
        for (const Step& step : group.steps) {
            FLORIN_TRY_ASSIGN(AnswerRow row, make_row(group, step.start, step.now, step.before, kind));
            if (!has_grain() || says_something(row)) {
                rows.push_back(std::move(row));
            }
        }
        return {};
    }

    /// A step may hold nothing but a part of a longer charge's other costs: a year's purchase is billed
    /// on its first day and listed on 365.
    bool says_something(const AnswerRow& row) const {
        const std::size_t keys = resolved_.dimensions.size() + 1;
        return std::any_of(row.values.begin() + static_cast<std::ptrdiff_t>(keys), row.values.end(),
                           [](const Value& value) { return !std::holds_alternative<std::monostate>(value); });
    }

    Result<AnswerRow> make_row(const Group& group, std::optional<period::Day> start, const Sums& now,
                               const Sums& before, AnswerRow::Kind kind) const {
        AnswerRow row;
        row.kind = kind;
        for (const DimensionValue& value : group.key) {
            row.values.push_back(value ? Value{*value} : Value{});
        }
        if (has_grain()) {
            row.values.push_back(start ? Value{*start} : Value{});
        }
        for (std::size_t i = 0; i < resolved_.measures.size(); ++i) {
            const AskedMeasure& measure = resolved_.measures[i];
            const bool mixed = !group.units.empty() && group.units[i].mixed;
            if (kind != AnswerRow::Kind::kGroup && measure.unit && !mixed && !group.units.empty() &&
                group.units[i].unit) {
                row.values[*measure.unit] = Value{*group.units[i].unit};
            }
            FLORIN_TRY(add_values(measure, mixed, now, before, row.values));
        }
        return row;
    }

    Result<void> add_values(const AskedMeasure& measure, bool mixed, const Sums& now, const Sums& before,
                            std::vector<Value>& values) const {
        Value value;
        if (!now.empty() && !mixed) {
            FLORIN_TRY_ASSIGN(value, measure_value(measure, now, unknown_));
        }
        values.push_back(value);
        if (resolved_.question.comparison == Comparison::kNone) {
            return {};
        }
        Value previous;
        if (!before.empty() && !mixed) {
            FLORIN_TRY_ASSIGN(previous, measure_value(measure, before, unknown_before_));
        }
        values.push_back(previous);
        // A side without charges counts as zero where things add up; a side that is not known does not.
        const bool is_ratio = measure.measure->unit == Unit::kRatio;
        const bool missing = (std::holds_alternative<std::monostate>(value) && (is_ratio || !now.empty())) ||
                             (std::holds_alternative<std::monostate>(previous) && (is_ratio || !before.empty()));
        Value change;
        if (!missing && !mixed) {
            FLORIN_TRY_ASSIGN(change, difference(value, previous, measure.measure->unit));
        }
        values.push_back(change);
        if (!is_ratio) {
            values.push_back(percent(change, previous));
        }
        return {};
    }

    const Resolved& resolved_;
    std::vector<bool> unknown_;
    std::vector<bool> unknown_before_;
};

/// One side of a question: what is asked, or what it is compared with.
struct Side {
    Prepared prepared;
    Converter::Converted rows;
    std::vector<bool> unknown; ///< see absence_means_unknown
};

Result<Side> run_side(const Resolved& resolved, std::span<const lake::FileSet> files, engine::Engine& engine,
                      const std::optional<period::Period>& period, const AskOptions& options, Converter* converter) {
    Side side;
    side.prepared = prepare(resolved, files, period, options);
    FLORIN_TRY_ASSIGN(side.rows, run(resolved, side.prepared, engine, converter));
    side.unknown = absence_means_unknown(resolved, side.prepared.sources);
    return side;
}

Result<Conversion> describe_conversion(const Resolved& resolved, const Side& now, const Side& before,
                                       const Converter& converter) {
    Conversion conversion{.currency = resolved.target->code(), .rate_type = resolved.question.rate_type};
    std::map<std::string, ConvertedCurrency> from;
    for (const Side* side : {&now, &before}) {
        for (const auto& [currency, sums] : side->rows.currencies) {
            ConvertedCurrency& each = from.try_emplace(currency, converter.rates_used(currency)).first->second;
            FLORIN_TRY_ASSIGN((side == &now ? each.amounts : each.amounts_before),
                              converted_amounts(resolved, sums, side->unknown));
        }
    }
    for (auto& [currency, each] : from) {
        conversion.from.push_back(std::move(each));
    }
    return conversion;
}

} // namespace

Result<Answer> ask(const Question& question, std::span<const lake::FileSet> files, engine::Engine& engine,
                   const AskOptions& options) {
    FLORIN_TRY_ASSIGN(const Resolved resolved,
                      resolve(question, options.names == nullptr ? catalogue() : *options.names));
    static const fx::Table kNoRates;
    std::optional<Converter> converter;
    if (resolved.target) {
        converter.emplace(resolved, options.rates == nullptr ? kNoRates : *options.rates, options.today);
    }
    Converter* const conversion = converter ? &*converter : nullptr;
    FLORIN_TRY_ASSIGN(const Side now, run_side(resolved, files, engine, question.period, options, conversion));
    Side before;
    const bool compares = question.comparison != Comparison::kNone;
    if (compares) {
        FLORIN_TRY_ASSIGN(before, run_side(resolved, files, engine, period_before(question), options, conversion));
    }
    FLORIN_TRY_ASSIGN(const Gathered gathered,
                      gather(resolved, now.rows.table, compares ? &before.rows.table : nullptr));

    Answer answer;
    answer.question = question;
    answer.columns = make_columns(resolved);
    const BlockMaker maker(resolved, now.unknown, before.unknown);
    for (const auto& [currency, groups] : gathered.groups) {
        const auto rest = gathered.rest.find(currency);
        FLORIN_TRY_ASSIGN(CurrencyBlock block,
                          maker.make(currency, groups, rest == gathered.rest.end() ? nullptr : &rest->second));
        answer.blocks.push_back(std::move(block));
    }
    const Sources& sources = now.prepared.sources;
    answer.notes =
        make_notes(resolved, sources, before.prepared.sources, period_before(question), gathered.unpaired_steps);
    std::ranges::move(joined_notes(resolved, options.datasets), std::back_inserter(answer.notes));
    if (converter) {
        FLORIN_TRY_ASSIGN(answer.conversion, describe_conversion(resolved, now, before, *converter));
        std::ranges::move(conversion_notes(*answer.conversion), std::back_inserter(answer.notes));
    }
    for (const Side* each : {&now, static_cast<const Side*>(&before)}) {
        if (!each->prepared.sql.empty()) {
            answer.sql.push_back(each->prepared.sql);
        }
    }
    answer.scopes_from_cells = sources.scopes_from_cells;
    answer.scopes_from_charges = sources.charges.size();
    return answer;
}

Result<std::vector<std::string>> explain(const Question& question, std::span<const lake::FileSet> files,
                                         const AskOptions& options) {
    FLORIN_TRY_ASSIGN(const Resolved resolved, resolve(question, catalogue()));
    std::vector<std::string> statements;
    std::vector<std::optional<period::Period>> periods{question.period};
    if (question.comparison != Comparison::kNone) {
        periods.push_back(period_before(question));
    }
    for (const auto& period : periods) {
        if (Prepared prepared = prepare(resolved, files, period, options); !prepared.sql.empty()) {
            statements.push_back(std::move(prepared.sql));
        }
    }
    return statements;
}

std::string rest_text(const CurrencyBlock& block) {
    return fmt::format("({} {})", block.rest_groups, block.rest_groups == 1 ? "other" : "others");
}

std::string step_text(const Question& question, period::Day step) {
    return period::step_label(step, question.grain, question.calendar);
}

std::string_view name(AnswerColumn::Kind kind) {
    switch (kind) {
    case AnswerColumn::Kind::kDimension: return "dimension";
    case AnswerColumn::Kind::kTime: return "time";
    case AnswerColumn::Kind::kMeasure: return "measure";
    case AnswerColumn::Kind::kPrevious: return "previous";
    case AnswerColumn::Kind::kChange: return "change";
    case AnswerColumn::Kind::kChangePercent: return "change-percent";
    }
    return "";
}

} // namespace florin::query
