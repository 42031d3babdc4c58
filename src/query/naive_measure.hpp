// Parts of the independent evaluator: what a charge is, what of it falls where, and measures of sums.
#pragma once

#include "query/naive_answer.hpp"

#include <boost/multiprecision/cpp_int.hpp>

#include <array>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace florin::query::test {

using boost::multiprecision::cpp_int;
using Text = std::optional<std::string>;

/// The charge's value of a dimension as a question names it: `service_name`, `tag.env`, `x.team`.
Text text_of(const std::string& name, const Charge& charge);

cpp_int integer(base::int128 units);
base::int128 small(const cpp_int& value);
/// Quotient rounded half to even.
cpp_int divided(const cpp_int& a, const cpp_int& b);
/// 10^exponent.
cpp_int power_of_ten(unsigned exponent);

/// What of one charge falls on one day.
struct Piece {
    period::Day day;
    period::Day rate_day; ///< the same, but where charges are asked for by billing period
    bool first = true;
    std::optional<money::Decimal> effective, list, contracted;
};

/// A sum that knows whether anything was in it.
struct Counted {
    bool known = false;
    cpp_int sum = 0;
    void add(const cpp_int& value) {
        known = true;
        sum += value;
    }
    void add(const Counted& other) {
        known = known || other.known;
        sum += other.sum;
    }
};

/// The two sides of a measure; `below` is for ratios.
struct Parts {
    Counted above, below;
    void add(const Parts& other) {
        above.add(other.above);
        below.add(other.below);
    }
};

/// What the whole of one side (now, before) knows.
struct Side {
    std::optional<period::Period> period;
    std::array<bool, 4> lacking{}; ///< a touched bill has charges without that cost
};

/// The rate of a charge's currency by day, each x 10^18. Written from the rules, for one target.
struct NaiveRates {
    std::map<std::string, std::map<period::Day, cpp_int>> published; ///< by the charge's currency
    std::map<std::string, cpp_int> budget;                           ///< of every day
    cpp_int of(const std::string& currency, period::Day day, const Question& question) const;
};
/// Each part times the rate, rounded half even, if the measure is of money.
Parts converted(const std::string& measure, const Parts& parts, const cpp_int& rate);

std::vector<Piece> pieces_of(const Charge& charge, const Bill& bill, const Question& question, bool days_matter);
/// `cost` by the question's basis.
std::string measure_name(const Question& question, const std::string& asked);
Parts parts_of(const std::string& measure, const Charge& charge, const Piece& piece);
bool is_ratio(const std::string& measure);
/// The dimension that a measure of quantities is split by; empty for others.
std::string unit_of(const std::string& measure);
engine::Value value_of(const std::string& measure, const Parts& parts, const Side& side, bool present);

} // namespace florin::query::test
