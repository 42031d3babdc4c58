#include "allocate/owners_trace.hpp"

#include "query/filter_program.hpp"

#include <string_view>
#include <utility>

namespace florin::allocate {
namespace {

/// One tuple on one day.
struct Moment {
    const TupleTexts& tuples;
    std::size_t tuple = 0;
    period::Day day;

    std::optional<std::string_view> text(const query::Field& field) const {
        const TextColumn& column = tuples.column(field);
        return column.text(column.codes[tuple]);
    }

    bool passes(const query::Filter& filter) const {
        const query::FilterProgram program = query::make_program(filter);
        return program.run([&](std::uint32_t i) {
            const query::TextCondition& condition = program.conditions[i];
            return condition.holds(text(condition.field()));
        });
    }
};

/// What a source gives, and from where; nothing where it has no value.
struct SourceTrace {
    const Moment& moment;
    const Normaliser& normaliser;

    std::optional<OwnerTrace> operator()(const ConstantSource& source) const {
        OwnerTrace trace;
        trace.value = source.value;
        return trace;
    }

    std::optional<OwnerTrace> operator()(const FieldSource& source) const {
        for (const query::Field& field : source.fields) {
            if (const auto text = moment.text(field)) {
                if (auto trace = from(field, *text, *text)) {
                    return trace;
                }
            }
        }
        return std::nullopt;
    }

    std::optional<OwnerTrace> operator()(const CaptureSource& source) const {
        const auto text = moment.text(source.field);
        const auto part = text ? source.pattern.capture(*text) : std::nullopt;
        return part ? from(source.field, *text, *part) : std::nullopt;
    }

    std::optional<OwnerTrace> operator()(const TableSource& source) const {
        for (const query::Field& field : source.fields) {
            if (const auto text = moment.text(field)) {
                if (auto trace = from_table(source, field, *text, *text)) {
                    return trace;
                }
            }
        }
        const query::Field& last = source.fields.back();
        const auto text = moment.text(last);
        auto node = source.parents && text ? source.parents->find(*text) : std::nullopt;
        std::vector<std::string> way;
        while (node && (node = source.parents->parent(*node, moment.day))) {
            way.push_back(source.parents->names()[*node]);
            if (auto trace = from_table(source, last, *text, way.back())) {
                trace->way = std::move(way);
                return trace;
            }
        }
        return std::nullopt;
    }

private:
    std::optional<OwnerTrace> from(const query::Field& field, std::string_view text, std::string_view written) const {
        auto value = normaliser.apply(written);
        if (!value) {
            return std::nullopt;
        }
        OwnerTrace trace;
        trace.value = *std::move(value);
        trace.field = field;
        trace.text = text;
        trace.written = written;
        return trace;
    }

    std::optional<OwnerTrace> from_table(const TableSource& source, const query::Field& field, std::string_view text,
                                         std::string_view key) const {
        const auto number = source.table->find(key);
        if (!number) {
            return std::nullopt;
        }
        for (const LookupTable::Entry& entry : source.table->of(*number)) {
            if (!entry.days.contains(moment.day)) {
                continue;
            }
            auto trace = from(field, text, entry.value);
            if (trace) {
                trace->table = source.table->file();
                trace->row = entry.row;
            }
            return trace;
        }
        return std::nullopt;
    }
};

} // namespace

OwnerTrace trace_owner(std::span<const InForce> history, const TupleTexts& tuples, std::size_t tuple, period::Day day) {
    const Moment moment{tuples, tuple, day};
    std::uint32_t number = 0;
    for (std::size_t i = 0; i < history.size(); ++i) {
        const InForce& version = history[i];
        if (!version.dimension) {
            continue;
        }
        const bool is_in_force = version.from <= day && (i + 1 == history.size() || day < history[i + 1].from);
        for (const Rule& rule : version.dimension->rules) {
            if (is_in_force && rule.days.contains(day) && (!rule.where || moment.passes(*rule.where))) {
                auto trace = std::visit(SourceTrace{moment, version.dimension->normaliser}, rule.source);
                if (trace) {
                    trace->rule = number;
                    return *std::move(trace);
                }
            }
            ++number;
        }
    }
    return {};
}

} // namespace florin::allocate
