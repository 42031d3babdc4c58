#include "query/conversion.hpp"

#include "query/series.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <unordered_map>
#include <utility>

namespace florin::query {
namespace {

using base::Result;
using engine::Value;
using money::Decimal;
using money::Rounding;
using period::Day;

/// The sum as a statement gives it; what duckdb_sql says of its columns.
Value to_value(const Input& input, const Amount& amount) {
    if (!amount.known) {
        return {};
    }
    if (is_money(input)) {
        return Decimal::from_units(amount.units);
    }
    return is_quantity(input) ? Value{money::Quantity::from_units(amount.units)}
                              : Value{static_cast<std::int64_t>(amount.units)};
}

/// Rows of one statement, merged as they come: those of one group and step are one, whatever their day
/// and currency were.
class Merger {
public:
    explicit Merger(const Resolved& resolved) : resolved_(resolved) {}

    /// `row` is of a statement with a target: its first columns are the key.
    Result<void> add(const std::vector<Value>& row, const Sums& sums) {
        const std::size_t dimensions = resolved_.dimensions.size();
        const bool has_step = resolved_.question.grain != period::Grain::kNone;
        std::vector<DimensionValue> key;
        for (std::size_t i = 0; i < dimensions; ++i) {
            key.push_back(text_of(row[i]));
        }
        const std::string step = has_step ? period::to_string(std::get<Day>(row[dimensions + 1])) : std::string();
        const auto [entry, is_new] = index_.try_emplace(packed(step, key), groups_.size());
        if (is_new) {
            std::vector<Value> values(row.begin(), row.begin() + static_cast<std::ptrdiff_t>(dimensions));
            values.emplace_back(resolved_.target->code());
            if (has_step) {
                values.push_back(row[dimensions + 1]);
            }
            groups_.push_back({std::move(values), {}});
        }
        return query::add(groups_[entry->second].sums, sums);
    }

    /// `columns` are the statement's.
    engine::Table finish(std::vector<engine::Column> columns) {
        engine::Table table;
        std::erase_if(columns, [](const engine::Column& column) { return column.name == "rate_day"; });
        table.columns = std::move(columns);
        for (Group& group : groups_) {
            for (std::size_t i = 0; i < resolved_.sums.size(); ++i) {
                group.values.push_back(to_value(resolved_.inputs[resolved_.sums[i].input], group.sums[i]));
            }
            table.rows.push_back(std::move(group.values));
        }
        return table;
    }

private:
    struct Group {
        std::vector<Value> values;
        Sums sums;
    };
    const Resolved& resolved_;
    std::vector<Group> groups_;
    std::unordered_map<std::string, std::size_t> index_;
};

std::string type_note(const Conversion& conversion) {
    const auto how = [&] {
        switch (conversion.rate_type) {
        case fx::RateType::kTransactionDay: return "the rate of each charge's day";
        case fx::RateType::kMonthAverage: return "the average rate of each charge's month";
        case fx::RateType::kBudget: return "the budget rate of each charge's day";
        }
        return "";
    };
    return fmt::format("Converted to {} by {} ({}).", conversion.currency, how(), fx::name(conversion.rate_type));
}

/// At least six digits that mean something.
std::string rate_text(const Decimal& rate) {
    constexpr int kPlacesMin = 6;
    constexpr base::int128 kSixDigits = 100'000;
    base::int128 unit = 1'000'000'000'000; // of the last place shown
    int places = kPlacesMin;
    for (; places < Decimal::kScale && rate.absolute().units() < kSixDigits * unit; ++places) {
        unit /= 10;
    }
    const auto rounded = rate.rounded(places, Rounding::kHalfEven);
    return (rounded.ok() ? *rounded : rate).to_string();
}

std::string amount_text(const Value& value, const std::string& currency) {
    const auto* amount = std::get_if<Decimal>(&value);
    return amount == nullptr ? "–" : money::display_amount(*amount, money::minor_units_of(currency));
}

std::string rates_note(const ConvertedCurrency& from, fx::RateType type) {
    if (from.days == 0 || type == fx::RateType::kBudget) {
        return "";
    }
    if (type == fx::RateType::kMonthAverage) {
        return from.provisional ? fmt::format("; provisional, because a month is not over or not published to its end "
                                              "(up to {})",
                                              period::to_string(from.oldest_published))
                                : "";
    }
    return from.oldest_age_days == 0
               ? "; every rate is of its own day"
               : fmt::format("; the oldest rate is of {}, {} before {}", period::to_string(from.oldest_published),
                             from.oldest_age_days == 1 ? std::string("1 day")
                                                       : fmt::format("{} days", from.oldest_age_days),
                             period::to_string(from.oldest_used_on));
}

} // namespace

Converter::Converter(const Resolved& resolved, const fx::Table& rates, Day today)
    : resolved_(resolved), rates_(rates), today_(today) {
    for (const Sum& sum : resolved.sums) {
        is_converted_.push_back(is_billing_money(resolved.inputs[sum.input]));
    }
}

Result<Converter::Converted> Converter::run(const std::string& sql, engine::Engine& engine) {
    Converted out;
    Merger merger(resolved_);
    const std::size_t at_currency = resolved_.dimensions.size();
    const std::size_t at_day = at_currency + (resolved_.question.grain != period::Grain::kNone ? 2 : 1);
    FLORIN_TRY_ASSIGN(std::vector<engine::Column> columns,
                      engine.stream(sql, [&](const std::vector<Value>& row) -> Result<void> {
                          FLORIN_TRY_ASSIGN(OfCurrency * from, find(text_of(row[at_currency]).value_or("")));
                          Sums sums;
                          for (std::size_t i = at_day + 1; i < row.size(); ++i) {
                              sums.push_back(to_amount(row[i]));
                          }
                          FLORIN_TRY_ASSIGN(const Sums converted, convert(sums, *from, std::get<Day>(row[at_day])));
                          ByCurrency& currency = out.currencies[from->used.currency];
                          FLORIN_TRY(query::add(currency.original, sums));
                          FLORIN_TRY(query::add(currency.converted, converted));
                          return merger.add(row, converted);
                      }));
    if (auto error = first_missing()) {
        return *std::move(error);
    }
    out.table = merger.finish(std::move(columns));
    return out;
}

Result<Converter::OfCurrency*> Converter::find(const std::string& currency) {
    const auto found = currencies_.find(currency);
    if (found != currencies_.end()) {
        return &found->second;
    }
    FLORIN_TRY_ASSIGN(const money::Currency code, money::Currency::parse(currency));
    OfCurrency& made = currencies_.emplace(currency, OfCurrency(code)).first->second;
    made.used.currency = currency;
    return &made;
}

/// Zero needs no rate, and what is not known has none.
Result<Sums> Converter::convert(const Sums& sums, OfCurrency& from, Day day) {
    Sums out = sums;
    for (std::size_t i = 0; i < sums.size(); ++i) {
        if (!is_converted_[i] || !sums[i].known || sums[i].units == 0 || from.code == *resolved_.target) {
            continue;
        }
        if (const auto found = rate(from, day)) {
            FLORIN_TRY_ASSIGN(const Decimal product,
                              money::multiply(Decimal::from_units(sums[i].units), found->value(), Rounding::kHalfEven));
            out[i].units = product.units();
        }
    }
    return out;
}

/// Nothing where it is missing, which is told when all days are known.
std::optional<money::Rate> Converter::rate(OfCurrency& from, Day day) {
    if (const auto known = from.rates.find(day); known != from.rates.end()) {
        return known->second;
    }
    if (from.missing.contains(day)) {
        return std::nullopt;
    }
    const auto found = rates_.find(from.code, *resolved_.target, day, resolved_.question.rate_type, today_);
    if (!found) {
        from.missing.insert(day);
        return std::nullopt;
    }
    ConvertedCurrency& used = from.used;
    // By age; of averages, which have none, by what was published last. Days come in any order.
    const bool is_average = resolved_.question.rate_type == fx::RateType::kMonthAverage;
    const bool is_older = is_average
                              ? std::pair(found->published, day) < std::pair(used.oldest_published, used.oldest_used_on)
                              : std::pair(found->age_days, day) > std::pair(used.oldest_age_days, used.oldest_used_on);
    if (used.days == 0 || is_older) {
        used.oldest_published = found->published;
        used.oldest_used_on = day;
        used.oldest_age_days = found->age_days;
    }
    used.provisional = used.provisional || found->provisional;
    ++used.days;
    return from.rates.emplace(day, found->rate).first->second;
}

std::optional<base::Error> Converter::first_missing() const {
    const OfCurrency* first = nullptr;
    for (const auto& [currency, of] : currencies_) {
        if (!of.missing.empty() && (first == nullptr || *of.missing.begin() < *first->missing.begin())) {
            first = &of;
        }
    }
    if (first == nullptr) {
        return std::nullopt;
    }
    const Day day = *first->missing.begin();
    base::Error error = rates_.rate(first->code, *resolved_.target, day, resolved_.question.rate_type, today_).error();
    if (const std::size_t days = first->missing.size(); days > 1) {
        error.message += fmt::format("; {} is the first of {} days with amounts in {} that lack one",
                                     period::to_string(day), days, first->code.code());
    }
    if (day > today_) {
        error.remedy =
            "That day is still to come, and a charge that spans days reaches to it: end the period before, or "
            "ask by billing period or budget rate.";
    }
    return error;
}

ConvertedCurrency Converter::rates_used(const std::string& currency) const {
    const auto found = currencies_.find(currency);
    return found == currencies_.end() ? ConvertedCurrency{.currency = currency} : found->second.used;
}

Result<std::vector<ConvertedAmount>> converted_amounts(const Resolved& resolved, const Converter::ByCurrency& sums,
                                                       const std::vector<bool>& unknown) {
    std::vector<ConvertedAmount> amounts;
    for (const AskedMeasure& measure : resolved.measures) {
        if (!measure.measure->has_currency) {
            continue;
        }
        ConvertedAmount amount{.measure = measure.name};
        FLORIN_TRY_ASSIGN(amount.original, measure_value(measure, sums.original, unknown));
        FLORIN_TRY_ASSIGN(amount.converted, measure_value(measure, sums.converted, unknown));
        const auto* original = std::get_if<Decimal>(&amount.original);
        const auto* converted = std::get_if<Decimal>(&amount.converted);
        if (original != nullptr && converted != nullptr && !original->is_zero()) {
            const auto rate = money::divide(*converted, *original, Rounding::kHalfEven);
            amount.rate = rate.ok() ? Value{*rate} : Value{};
        }
        amounts.push_back(std::move(amount));
    }
    return amounts;
}

std::vector<std::string> conversion_notes(const Conversion& conversion) {
    std::vector<std::string> notes{type_note(conversion)};
    for (const ConvertedCurrency& from : conversion.from) {
        std::vector<std::string> parts;
        for (const ConvertedAmount& amount : from.amounts) {
            const std::string original = amount_text(amount.original, from.currency);
            const auto* rate = std::get_if<Decimal>(&amount.rate);
            parts.push_back(
                from.currency == conversion.currency
                    ? fmt::format("{} {}", amount.measure, original)
                    : fmt::format("{} {} is {}{}", amount.measure, original,
                                  amount_text(amount.converted, conversion.currency),
                                  rate == nullptr ? "" : fmt::format(", at {} on average", rate_text(*rate))));
        }
        if (!parts.empty()) {
            notes.push_back(fmt::format("{}{}: {}{}.", from.currency,
                                        from.currency == conversion.currency ? "" : " to " + conversion.currency,
                                        fmt::join(parts, "; "), rates_note(from, conversion.rate_type)));
        }
    }
    return notes;
}

} // namespace florin::query
