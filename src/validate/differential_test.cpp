// The fused SQL against an evaluator that reads one row after another and knows no SQL.
#include "money/decimal.hpp"
#include "validate/test_bills.hpp"
#include "validate/validate.hpp"

#include <array>
#include <map>
#include <optional>
#include <random>
#include <set>

namespace florin::validate {
namespace {

using NaiveRow = std::map<std::string, std::optional<std::string>>;

bool holds(const Term& term, const NaiveRow& row) {
    const auto& cell = row.at(term.column);
    const bool listed = cell && std::ranges::find(term.values, *cell) != term.values.end();
    switch (term.kind) {
    case Term::Kind::kIsNull: return !cell;
    case Term::Kind::kIsNotNull: return cell.has_value();
    case Term::Kind::kIsOneOf: return listed;
    case Term::Kind::kIsNoneOf: break;
    }
    return !listed;
}

bool holds(const Condition& condition, const NaiveRow& row) {
    if (condition.is_always()) {
        return true;
    }
    for (const auto& terms : condition.any_of) {
        if (std::ranges::all_of(terms, [&](const Term& term) { return holds(term, row); })) {
            return true;
        }
    }
    return false;
}

std::optional<money::Decimal> number(const std::optional<std::string>& cell) {
    if (!cell) {
        return std::nullopt;
    }
    const auto parsed = money::Decimal::parse(*cell);
    return parsed.ok() ? std::optional(parsed.value()) : std::nullopt;
}

bool is_listed(const std::string& list, const std::string& value) {
    return ("|" + list + "|").find("|" + value + "|") != std::string::npos;
}

/// Whether the row is one that the rule is about, and whether it violates it; nothing for other checks.
std::optional<std::pair<bool, bool>> judge(const Rule& rule, const NaiveRow& row) {
    const auto& x = row.at(rule.column);
    const bool about = holds(rule.when, row);
    switch (rule.check) {
    case Check::kNotNull: return std::pair(about, about && !x);
    case Check::kNull: return std::pair(about, about && x);
    case Check::kAllowed: {
        const auto& values = focus::find_column(focus::Dataset::kCostAndUsage, rule.column)->allowed_values;
        return std::pair(about && x, about && x && std::ranges::find(values, *x) == values.end());
    }
    case Check::kValue: return std::pair(about, about && !(x && is_listed(rule.parameter, *x)));
    case Check::kNotValue: return std::pair(about && x, about && x && is_listed(rule.parameter, *x));
    case Check::kNonNegative: {
        const auto a = number(x);
        return std::pair(about && a, about && a && a->is_negative());
    }
    case Check::kZero: {
        const auto a = number(x);
        return std::pair(about && a, about && a && !a->is_zero());
    }
    case Check::kEqual:
    case Check::kZeroOrEqual: {
        const auto a = number(x);
        const auto b = number(row.at(rule.parameter));
        const bool both = about && a && b;
        return std::pair(both, both && *a != *b && (rule.check == Check::kEqual || !a->is_zero()));
    }
    case Check::kSame: return std::pair(about, about && x != row.at(rule.parameter));
    case Check::kNotSame: return std::pair(about && x, about && x && x == row.at(rule.parameter));
    default: return std::nullopt;
    }
}

/// A cell that is likely to matter to a rule.
std::optional<std::string> invented_cell(const focus::Column& column, std::mt19937_64& random) {
    static constexpr std::array<std::string_view, 8> kNumbers = {"0", "0.00", "-0", "1", "1.0", "-2.5", "1E-3", "n/a"};
    static constexpr std::array<std::string_view, 5> kTexts = {"a", "b", "Correction", "usage", "c\xC3\xA9"};
    const std::uint64_t dice = random();
    if (dice % 4 == 0) {
        return std::nullopt;
    }
    if (column.type == focus::ColumnType::kDecimal) {
        return std::string(kNumbers[dice / 4 % kNumbers.size()]);
    }
    if (!column.allowed_values.empty() && dice / 4 % 8 != 0) {
        return column.allowed_values[dice / 32 % column.allowed_values.size()];
    }
    return std::string(kTexts[dice / 4 % kTexts.size()]);
}

class Differential : public BillTest {};

TEST_F(Differential, FusedCountsAreThoseOfANaiveEvaluator) {
    std::mt19937_64 random(20260119);
    const auto columns = focus::columns(focus::Dataset::kCostAndUsage);
    std::vector<NaiveRow> rows(3000);
    std::string csv;
    for (const focus::Column& column : columns) {
        csv += (csv.empty() ? "" : ",") + column.name;
    }
    csv += "\n";
    for (NaiveRow& row : rows) {
        std::string line;
        for (const focus::Column& column : columns) {
            const auto cell = invented_cell(column, random);
            row[column.name] = cell;
            line += (&column == columns.data() ? "" : ",") + (cell ? "\"" + *cell + "\"" : std::string());
        }
        csv += line + "\n";
    }
    std::set<Check> seen;
    for (const focus::Version version : {focus::Version::k1_0, focus::Version::k1_2, focus::Version::k1_4}) {
        const Report report = validate(csv, of_version(version));
        for (const Finding& found : report.findings) {
            if (found.rule->column.empty() || found.rule->column == "*" ||
                found.reason.starts_with("the file does not")) {
                continue;
            }
            std::uint64_t about = 0;
            std::uint64_t bad = 0;
            std::uint64_t first = 0;
            bool known = true;
            for (std::size_t i = 0; i < rows.size() && known; ++i) {
                const auto verdict = judge(*found.rule, rows[i]);
                known = verdict.has_value();
                about += known && verdict->first ? 1U : 0U;
                bad += known && verdict->second ? 1U : 0U;
                first = bad == 1 && known && verdict->second ? i + 1 : first;
            }
            if (known) {
                seen.insert(found.rule->check);
                EXPECT_EQ(found.rows_in_scope, about) << found.id;
                EXPECT_EQ(found.rows, bad) << found.id;
                EXPECT_EQ(found.samples.empty() ? 0 : found.samples[0].row, first) << found.id;
            }
        }
    }
    EXPECT_EQ(seen.size(), 11U);
}

} // namespace
} // namespace florin::validate
