// The amounts of a statement converted to one currency, day by day.
#pragma once

#include "query/answer.hpp"
#include "query/sums.hpp"

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace florin::query {

/// Converts what statements give, row by row. One for all statements of a question, so that each rate is
/// looked up once and the oldest one is known.
class Converter {
public:
    /// `rates` and `resolved`, which has a target, must live as long.
    Converter(const Resolved& resolved, const fx::Table& rates, period::Day today);

    /// The sums of one statement by the currency of the bills, before and after.
    struct ByCurrency {
        Sums original;
        Sums converted;
    };
    struct Converted {
        engine::Table table; ///< as duckdb_sql describes it without a target, all in the target currency
        std::map<std::string, ByCurrency> currencies;
    };
    /// Runs a statement of duckdb_sql and converts its rows as they come. Errors: that of the first day
    /// whose rate is missing, `money.overflow`, those of the engine.
    base::Result<Converted> run(const std::string& sql, engine::Engine& engine);

    /// What the rates used were, beside the amounts, which are the caller's.
    ConvertedCurrency rates_used(const std::string& currency) const;

private:
    struct OfCurrency {
        explicit OfCurrency(money::Currency of) : code(of) {}
        money::Currency code;
        std::map<period::Day, money::Rate> rates;
        std::set<period::Day> missing;
        ConvertedCurrency used;
    };
    base::Result<Sums> convert(const Sums& sums, OfCurrency& from, period::Day day);
    std::optional<money::Rate> rate(OfCurrency& from, period::Day day);
    base::Result<OfCurrency*> find(const std::string& currency);
    std::optional<base::Error> first_missing() const;

    const Resolved& resolved_;
    const fx::Table& rates_;
    period::Day today_;
    std::vector<bool> is_converted_; ///< for each of Resolved::sums
    std::map<std::string, OfCurrency> currencies_;
};

/// One amount of each measure that has a currency, from the sums of one currency of the bills.
base::Result<std::vector<ConvertedAmount>> converted_amounts(const Resolved& resolved,
                                                             const Converter::ByCurrency& sums,
                                                             const std::vector<bool>& unknown);

/// Sentences: by which rates, and for each currency of the bills what became of it.
std::vector<std::string> conversion_notes(const Conversion& conversion);

} // namespace florin::query
