// Exchange rates by day: what was published or planned, and which of it counts on a day.
#pragma once

#include "base/result.hpp"
#include "money/money.hpp"
#include "period/period.hpp"

#include <compare>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace florin::fx {

using money::Currency;
using money::Decimal;
using period::Day;

/// Which rate of a pair counts for a charge.
enum class RateType : std::uint8_t {
    kTransactionDay, ///< the last published on or before the day of the charge, at most kAgeDaysMax old
    kMonthAverage,   ///< the mean of what was published in the calendar month of that day
    kBudget,         ///< what the company planned with for that day
};
std::string_view name(RateType type);                          ///< `transaction-day`, `month-average`, `budget`
base::Result<RateType> parse_rate_type(std::string_view text); ///< error `fx.unknown_rate_type`

/// A rate published on Friday counts until the Friday after, included.
inline constexpr int kAgeDaysMax = 7;
/// A rate is above 0 and below this; so products of rates fit 256 bits.
inline constexpr std::int64_t kRateLimit = 1'000'000'000;
/// Rates in all files together.
inline constexpr std::uint64_t kRatesMax = 5'000'000;
/// Bytes of one file.
inline constexpr std::uint64_t kFileBytesMax = std::uint64_t{64} << 20U;

/// One rate as a file gives it: on `first`, one `from` is worth `rate` `to`. A budget rate is that from
/// `first` to `last`, both included; a published one has first == last.
struct Entry {
    Day first;
    Day last;
    Decimal rate;
    std::uint32_t file = 0; ///< index into Table::files()
    std::uint64_t row = 0;  ///< line of the file below the header, from 1
};

/// Two currencies in the direction in which a file gives them.
struct Pair {
    Currency from;
    Currency to;
    friend auto operator<=>(const Pair&, const Pair&) = default;
    friend bool operator==(const Pair&, const Pair&) = default;
};

struct File {
    std::string name;
    std::uint64_t rates = 0;
    std::vector<std::string> left_out; ///< columns whose code is no currency of ISO 4217 since 2010
};

/// One step of a rate that was found: entries of one pair.
struct Leg {
    Pair pair;               ///< as the files give it
    bool inverted = false;   ///< it was asked the other way round
    std::uint64_t count = 1; ///< so many entries, whose mean was taken
    Entry last;              ///< the last one of them
};

/// A rate that counts, with how it came about.
struct FoundRate {
    money::Rate rate;         ///< rounded half even to 18 places, once; amounts are multiplied by exactly this
    std::vector<Leg> legs;    ///< none for a currency and itself; two for a cross over EUR
    Day published;            ///< day of the last entry used; for a budget rate the day asked for
    int age_days = 0;         ///< from there to the day asked for; 0 for averages and budget rates
    bool provisional = false; ///< an average of a month that is not over, or not published to its end
};

/// The rates of a workspace. Reading it is safe from several threads once it is filled.
///
/// A pair that no file gives is inverted (1 / rate), or crossed over EUR from two pairs; whatever is
/// nearest to the day counts, and of one day the pair itself before its inverse before the cross. Both
/// legs of a cross are of the same day. An average is that of the published rates, inverted and crossed
/// after. Nothing is ever assumed to be 1 but a currency against itself.
class Table {
public:
    /// Reads a file in one of two forms, told apart by the first line:
    ///   date,from,to,rate[,type[,until]]   one rate a line, in any order of columns; type is spot (as
    ///                                      if empty) or budget; a budget rate needs `until`, its last day
    ///   Date,USD,JPY,...                   as the ECB publishes it: for one EUR; `N/A` or empty where
    ///                                      there is none
    /// Where a comma ends the first line, nothing stands behind the last comma of any other.
    /// Errors `fx.*` with file, line, column and cell; the same pair and day with another rate is one, in
    /// whichever file it stands. After an error the table is not to be used.
    base::Result<void> read(const std::string& file_name, std::string_view text);

    /// One `from` in `to` for a charge of day `on`. `today` says which months are over. Errors `fx.no_rate`
    /// (nothing is known, or not for that day), `fx.too_old` (the last published is older than kAgeDaysMax),
    /// `fx.out_of_range` (the cross or inverse does not fit 18 places).
    base::Result<FoundRate> rate(Currency from, Currency to, Day on, RateType type, Day today) const;

    /// As rate, nothing for any of its errors: for callers that look up many days and explain one.
    std::optional<FoundRate> find(Currency from, Currency to, Day on, RateType type, Day today) const;

    using Series = std::map<Pair, std::vector<Entry>>; ///< each by day
    const Series& published() const { return published_; }
    const Series& budget() const { return budget_; }
    const std::vector<File>& files() const { return files_; }

private:
    base::Result<void> add(Series& series, const std::vector<std::pair<Pair, Entry>>& entries);
    base::Error why_none(const Pair& pair, Day on, RateType type) const;

    Series published_;
    Series budget_;
    std::vector<File> files_;
    std::uint64_t rates_ = 0;
};

} // namespace florin::fx
