#include "query/naive_measure.hpp"

#include <algorithm>
#include <stdexcept>

namespace florin::query::test {
namespace {

using engine::Value;
using money::Decimal;
using money::Quantity;

/// Costs without which a measure is not known, and quantities, which just may be missing.
std::vector<int> costs_of(const std::string& measure) {
    enum { kBilled, kEffective, kList, kContracted };
    if (measure == "billed_cost") {
        return {kBilled};
    }
    if (measure == "list_cost" || measure == "commitment_coverage_of_usage") {
        return {kList};
    }
    if (measure == "contracted_cost") {
        return {kContracted};
    }
    if (measure == "negotiated_savings") {
        return {kList, kContracted};
    }
    if (measure == "commitment_savings") {
        return {kEffective, kContracted};
    }
    if (measure.find("savings") != std::string::npos) {
        return {kEffective, kList};
    }
    return {kEffective};
}

void add(Counted& to, const std::optional<Decimal>& value, int sign = 1) {
    if (value) {
        to.add(sign * integer(value->units()));
    }
}

/// Measures that look at commitments, or at differences of costs.
Parts savings_parts(const std::string& measure, const Charge& charge, const Piece& piece) {
    Parts parts;
    const std::string category = charge.column("ChargeCategory").value_or("");
    const std::string status = charge.column("CommitmentDiscountStatus").value_or("");
    const bool covering = category == "Purchase" && charge.column("CommitmentDiscountCategory");
    const bool counts = category != "Tax" && category != "Credit" && !covering;
    const bool used = counts && status != "Unused";
    const bool unused = counts && status == "Unused";
    if (measure == "savings" || measure == "effective_savings_rate") {
        if (used && piece.list && piece.effective) {
            add(parts.above, piece.list);
            add(parts.above, piece.effective, -1);
            add(parts.below, piece.list);
        }
        if (unused) {
            add(parts.above, piece.effective, -1);
        }
    } else if (measure == "negotiated_savings") {
        if (used && piece.list && piece.contracted) {
            add(parts.above, piece.list);
            add(parts.above, piece.contracted, -1);
        }
    } else if (measure == "commitment_savings") {
        if (used && piece.contracted && piece.effective) {
            add(parts.above, piece.contracted);
            add(parts.above, piece.effective, -1);
        }
        if (unused) {
            add(parts.above, piece.effective, -1);
        }
    } else if (measure == "effective_savings_rate_capped") {
        if (used && piece.list && piece.effective) {
            add(parts.below, piece.list);
        }
        if (used && piece.first) {
            const bool saved = charge.list && charge.effective && *charge.list > *charge.effective;
            parts.above.add(saved ? integer(charge.list->units()) - integer(charge.effective->units()) : cpp_int(0));
        }
    } else if (measure == "commitment_coverage_of_usage") {
        if (category == "Usage" && status == "Used") {
            add(parts.above, piece.list);
        }
        if (category == "Usage" && status != "Unused") {
            add(parts.below, piece.list);
        }
    } else if (measure == "commitment_used_quantity" || measure == "commitment_unused_quantity" ||
               measure == "commitment_quantity_utilization") {
        if (piece.first && charge.committed && category == "Usage" && !status.empty()) {
            const cpp_int quantity = integer(charge.committed->units());
            if ((status == "Unused") == (measure == "commitment_unused_quantity")) {
                parts.above.add(quantity);
            }
            parts.below.add(quantity);
        }
    } else if (measure == "commitment_used" || measure == "commitment_unused" || measure == "commitment_utilization") {
        const bool is_used = category == "Usage" && status == "Used";
        const bool is_unused = category == "Usage" && status == "Unused";
        if (measure == "commitment_unused" ? is_unused : is_used) {
            add(parts.above, piece.effective);
        }
        if (is_used || is_unused) {
            add(parts.below, piece.effective);
        }
    } else {
        throw std::logic_error("no such measure in tests: " + measure);
    }
    return parts;
}

} // namespace

cpp_int integer(base::int128 units) {
    const bool negative = units < 0;
    const base::uint128 size = negative ? -static_cast<base::uint128>(units) : static_cast<base::uint128>(units);
    cpp_int out = static_cast<std::uint64_t>(size >> 64U);
    out = (out << 64) + static_cast<std::uint64_t>(size);
    return negative ? cpp_int(-out) : out;
}

cpp_int power_of_ten(unsigned exponent) {
    return boost::multiprecision::pow(cpp_int(10), exponent);
}

std::vector<Piece> pieces_of(const Charge& charge, const Bill& bill, const Question& question, bool days_matter) {
    if (question.period_kind == PeriodKind::kBilling) {
        return {{bill.billing_start, charge.start, true, charge.effective, charge.list, charge.contracted}};
    }
    if ((!days_matter && question.currency.empty()) || charge.days == 1) {
        return {{charge.start, charge.start, true, charge.effective, charge.list, charge.contracted}};
    }
    std::vector<Piece> pieces;
    for (int i = 0; i < charge.days; ++i) {
        const auto part = [&](const std::optional<Decimal>& cost) {
            return cost ? std::optional(parts_by_day(*cost, charge.days).at(static_cast<std::size_t>(i)))
                        : std::nullopt;
        };
        const period::Day day = charge.start + std::chrono::days(i);
        pieces.push_back({day, day, i == 0, part(charge.effective), part(charge.list), part(charge.contracted)});
    }
    return pieces;
}

cpp_int NaiveRates::of(const std::string& currency, period::Day day, const Question& question) const {
    if (currency == question.currency) {
        return power_of_ten(18);
    }
    switch (question.rate_type) {
    case fx::RateType::kTransactionDay:
        for (int age = 0; age <= 7; ++age) {
            const auto found = published.at(currency).find(day - std::chrono::days(age));
            if (found != published.at(currency).end()) {
                return found->second;
            }
        }
        throw std::logic_error("no rate in tests on " + period::to_string(day));
    case fx::RateType::kMonthAverage: {
        cpp_int sum = 0;
        cpp_int count = 0;
        for (const auto& [published_on, rate] : published.at(currency)) {
            const std::chrono::year_month_day a(published_on);
            const std::chrono::year_month_day b(day);
            if (a.year() == b.year() && a.month() == b.month()) {
                sum += rate;
                count += 1;
            }
        }
        return divided(sum, count);
    }
    case fx::RateType::kBudget: return budget.at(currency);
    }
    return 0;
}

Parts converted(const std::string& measure, const Parts& parts, const cpp_int& rate) {
    if (measure == "charge_count" || !unit_of(measure).empty()) {
        return parts;
    }
    Parts out = parts;
    out.above.sum = divided(parts.above.sum * rate, power_of_ten(18));
    out.below.sum = divided(parts.below.sum * rate, power_of_ten(18));
    return out;
}

std::string measure_name(const Question& question, const std::string& asked) {
    if (asked != "cost") {
        return asked;
    }
    switch (question.basis) {
    case Basis::kBilled: return "billed_cost";
    case Basis::kEffective: return "effective_cost";
    case Basis::kList: return "list_cost";
    case Basis::kContracted: return "contracted_cost";
    }
    return "";
}

Parts parts_of(const std::string& measure, const Charge& charge, const Piece& piece) {
    Parts parts;
    if (measure == "billed_cost") {
        if (piece.first) {
            add(parts.above, charge.billed);
        }
    } else if (measure == "effective_cost") {
        add(parts.above, piece.effective);
    } else if (measure == "list_cost") {
        add(parts.above, piece.list);
    } else if (measure == "contracted_cost") {
        add(parts.above, piece.contracted);
    } else if (measure == "charge_count") {
        parts.above.add(cpp_int(piece.first ? 1 : 0));
    } else if (measure == "consumed_quantity") {
        if (piece.first && charge.consumed) {
            parts.above.add(integer(charge.consumed->units()));
        }
    } else if (measure == "pricing_quantity") {
        if (piece.first && charge.priced) {
            parts.above.add(integer(charge.priced->units()));
        }
    } else if (measure.starts_with("tag_coverage.")) {
        if (charge.tags.contains(measure.substr(13))) {
            add(parts.above, piece.effective);
        }
        add(parts.below, piece.effective);
    } else {
        return savings_parts(measure, charge, piece);
    }
    return parts;
}

bool is_ratio(const std::string& measure) {
    return measure.starts_with("effective_savings_rate") || measure.starts_with("commitment_coverage") ||
           (measure.starts_with("commitment_") && measure.ends_with("utilization")) ||
           measure.starts_with("tag_coverage.");
}

std::string unit_of(const std::string& measure) {
    if (measure.find("quantity") == std::string::npos) {
        return "";
    }
    return measure == "consumed_quantity"  ? "consumed_unit"
           : measure == "pricing_quantity" ? "pricing_unit"
                                           : "commitment_discount_unit";
}

cpp_int divided(const cpp_int& a, const cpp_int& b) {
    const bool negative = (a < 0) != (b < 0);
    const cpp_int x = abs(a);
    const cpp_int y = abs(b);
    cpp_int quotient = x / y;
    const cpp_int twice = 2 * (x % y);
    if (twice > y || (twice == y && (quotient & 1) == 1)) {
        ++quotient;
    }
    return negative ? cpp_int(-quotient) : quotient;
}

base::int128 small(const cpp_int& value) {
    const cpp_int size = abs(value);
    base::uint128 out = static_cast<std::uint64_t>(size >> 64);
    out = (out << 64U) | static_cast<std::uint64_t>(size & cpp_int(~std::uint64_t{0}));
    return value < 0 ? -static_cast<base::int128>(out) : static_cast<base::int128>(out);
}

Value value_of(const std::string& measure, const Parts& parts, const Side& side, bool present) {
    if (!present) {
        return {};
    }
    const bool is_quantity = !unit_of(measure).empty();
    const auto costs = costs_of(measure);
    const bool may_lack =
        is_quantity ||
        (measure != "effective_savings_rate_capped" && measure != "charge_count" &&
         std::ranges::any_of(costs, [&](int cost) { return side.lacking.at(static_cast<std::size_t>(cost)); }));
    if (is_ratio(measure)) {
        if ((!parts.above.known && may_lack) || parts.below.sum == 0) {
            return {};
        }
        const cpp_int ratio = divided(parts.above.sum * power_of_ten(18), parts.below.sum);
        return abs(ratio) < power_of_ten(18) * power_of_ten(20) ? Value{Decimal::from_units(small(ratio))} : Value{};
    }
    if (!parts.above.known && may_lack) {
        return {};
    }
    if (measure == "charge_count") {
        return static_cast<std::int64_t>(parts.above.sum);
    }
    return is_quantity ? Value{Quantity::from_units(small(parts.above.sum))}
                       : Value{Decimal::from_units(small(parts.above.sum))};
}

} // namespace florin::query::test
