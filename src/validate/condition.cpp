#include "validate/condition.hpp"

#include "engine/engine.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace florin::validate {
namespace {

std::vector<std::string_view> split(std::string_view text, std::string_view separator) {
    std::vector<std::string_view> parts;
    for (std::size_t at = 0; at != std::string_view::npos;) {
        const std::size_t end = text.find(separator, at);
        parts.push_back(text.substr(at, end == std::string_view::npos ? end : end - at));
        at = end == std::string_view::npos ? end : end + separator.size();
    }
    return parts;
}

base::Result<Term> parse_term(std::string_view text) {
    struct Operator {
        std::string_view text;
        Term::Kind kind;
    };
    constexpr Operator kOperators[] = {
        {" is not null", Term::Kind::kIsNotNull}, {" is null", Term::Kind::kIsNull},
        {" not in ", Term::Kind::kIsNoneOf},      {" in ", Term::Kind::kIsOneOf},
        {" != ", Term::Kind::kIsNoneOf},          {" = ", Term::Kind::kIsOneOf},
    };
    for (const Operator& candidate : kOperators) {
        const std::size_t at = text.find(candidate.text);
        if (at == std::string_view::npos || at == 0) {
            continue;
        }
        Term term{.column = std::string(text.substr(0, at)), .kind = candidate.kind, .values = {}};
        const std::string_view rest = text.substr(at + candidate.text.size());
        if (candidate.text.ends_with(' ')) {
            for (const std::string_view value : split(rest, "|")) {
                term.values.emplace_back(value);
            }
            return term;
        }
        if (rest.empty()) {
            return term;
        }
    }
    base::Error error;
    error.code = "validate.condition";
    error.message = fmt::format("no condition: {}", text);
    return error;
}

std::string to_string(const Term& term) {
    const bool one = term.values.size() == 1;
    switch (term.kind) {
    case Term::Kind::kIsNull: return term.column + " is null";
    case Term::Kind::kIsNotNull: return term.column + " is not null";
    case Term::Kind::kIsOneOf:
        return fmt::format("{} {} {}", term.column, one ? "=" : "in", fmt::join(term.values, "|"));
    case Term::Kind::kIsNoneOf:
        return fmt::format("{} {} {}", term.column, one ? "!=" : "not in", fmt::join(term.values, "|"));
    }
    return {};
}

std::string to_sql(const Term& term) {
    const std::string column = engine::sql_name(term.column);
    std::string values;
    for (const std::string& value : term.values) {
        values += (values.empty() ? "" : ", ") + engine::sql_text(value);
    }
    switch (term.kind) {
    case Term::Kind::kIsNull: return column + " IS NULL";
    case Term::Kind::kIsNotNull: return column + " IS NOT NULL";
    case Term::Kind::kIsOneOf: return fmt::format("({0} IS NOT NULL AND {0} IN ({1}))", column, values);
    case Term::Kind::kIsNoneOf: return fmt::format("({0} IS NULL OR {0} NOT IN ({1}))", column, values);
    }
    return {};
}

template <class Text>
std::string joined(const Condition& condition, std::string_view between, std::string_view either, Text text) {
    std::string all;
    for (const auto& terms : condition.any_of) {
        all += all.empty() ? "" : std::string(either);
        for (std::size_t i = 0; i < terms.size(); ++i) {
            all += (i == 0 ? "" : std::string(between)) + text(terms[i]);
        }
    }
    return all;
}

} // namespace

base::Result<Condition> parse_condition(std::string_view text) {
    Condition condition;
    if (text.empty()) {
        return condition;
    }
    for (const std::string_view terms : split(text, " or ")) {
        condition.any_of.emplace_back();
        for (const std::string_view term : split(terms, " and ")) {
            FLORIN_TRY_ASSIGN(Term parsed, parse_term(term));
            condition.any_of.back().push_back(std::move(parsed));
        }
    }
    return condition;
}

std::string to_string(const Condition& condition) {
    return joined(condition, " and ", " or ", [](const Term& term) { return to_string(term); });
}

std::string to_sql(const Condition& condition) {
    if (condition.is_always()) {
        return "true";
    }
    return "(" + joined(condition, " AND ", " OR ", [](const Term& term) { return to_sql(term); }) + ")";
}

} // namespace florin::validate
