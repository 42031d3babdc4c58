// How figures are worded, the same for the page and the terminal: rounded amounts, exact amounts,
// shares, changes, and what makes a rounded table foot. Exact arithmetic only.
#pragma once

#include "report/summary.hpp"

#include <span>
#include <string>
#include <string_view>

namespace florin::report {

inline constexpr std::string_view kNotAvailable = "not available";

/// `Effective cost`, `Billed cost`, `List cost`, `Contracted cost`.
std::string_view basis_name(Basis basis);

/// Rounded half even to the currency's minor units, thousands separated: `1,234.50`; null gives
/// kNotAvailable.
std::string display_text(const Amount& amount, money::Currency currency);
/// As display_text, with `+` before positive amounts.
std::string signed_text(const Amount& amount, money::Currency currency);
/// Every digit, and the currency: `1234.5000001 USD`.
std::string exact_text(money::Decimal amount, money::Currency currency);
/// A ratio in percent with one decimal: 0.1234 gives `12.3 %` (no-break space).
std::string percent_text(money::Decimal ratio);
/// Three significant digits: `1.23 M`, `450 k`, `12.5`, `0.002`.
std::string compact_text(money::Decimal amount);
/// `1,234,567`.
std::string count_text(std::uint64_t count);
/// `1 row`, `1,234 rows`, of nouns whose plural is an s.
std::string count_text(std::uint64_t count, std::string_view one);
/// `September 2024`, `18 September 2024`, or `1 September to 15 October 2024` (last day included).
std::string period_text(const period::Period& period);

/// `effective cost`, in the middle of a sentence.
std::string lower_basis_name(Basis basis);
std::string lower_first(std::string text);
/// `2024-09-29 04:12 UTC`.
std::string instant_text(period::Instant instant);

/// part / total, where both are known and total is positive.
std::optional<money::Decimal> share_of(const Amount& part, const Amount& total);

/// tagged / (tagged + untagged), where both are known, none is negative and one is not zero.
std::optional<money::Decimal> tag_share(const TagCoverage& tag);

/// What happened between two periods.
struct Change {
    Amount difference; ///< null unless both amounts are known
    /// `+3.2 %`, `new` (nothing before), `unchanged`, `more than +9,999 %`; empty where a percentage
    /// means nothing (a negative amount before) or an amount is not known.
    std::string percent;
};
Change change_between(const Amount& amount, const Amount& previous);

/// The exact sum of amounts; null where one of them is null or the sum is beyond the range.
Amount sum_of(std::span<const Amount> amounts);

/// What a column of rounded amounts needs under it so that it adds up to its rounded total.
struct Footing {
    /// total - sum(rows), exact: zero unless the rows are not all there is. Null where a row or the
    /// total is not available.
    Amount missing;
    /// rounded(total) - rounded(missing) - sum(rounded(rows)); null as above.
    Amount rounding;
    bool is_exact() const { return !missing || missing->is_zero(); }
    bool has_rounding() const { return rounding && !rounding->is_zero(); }
};
Footing footing_of(std::span<const Amount> rows, const Amount& total, money::Currency currency);

/// How far the data reaches, what waits and what has gaps, in a sentence or three.
std::string freshness_sentence(const Summary& summary);

/// How a row of a breakdown is called: `12 other services`, `no team` for charges without one.
std::string row_name(const BreakdownRow& row, const Breakdown& breakdown);

/// The marks that stand beside `part`: those of the block and of the whole summary.
std::vector<Mark> marks_for(const Summary& summary, const CurrencyBlock& block, Part part);

} // namespace florin::report
