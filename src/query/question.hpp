// A question as data.
#pragma once

#include "base/result.hpp"
#include "fx/table.hpp"
#include "money/money.hpp"
#include "period/period.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace florin::query {

/// Which cost `cost` means.
enum class Basis : std::uint8_t { kBilled, kEffective, kList, kContracted };
std::string_view name(Basis basis);                     ///< `billed`, `effective`, `list`, `contracted`
base::Result<Basis> parse_basis(std::string_view text); ///< error `question.unknown_basis`

/// Which period a charge belongs to: that of its use, or that of its bill.
enum class PeriodKind : std::uint8_t { kCharge, kBilling };
std::string_view name(PeriodKind kind);                            ///< `charge`, `billing`
base::Result<PeriodKind> parse_period_kind(std::string_view text); ///< error `question.unknown_period_kind`

/// What every figure is compared with.
enum class Comparison : std::uint8_t {
    kNone,
    kPrevious, ///< the period of the same length before
    kYear,     ///< the same dates a year earlier
};
std::string_view name(Comparison comparison);                     ///< `none`, `previous`, `year`
base::Result<Comparison> parse_comparison(std::string_view text); ///< error `question.unknown_comparison`

/// What amounts are converted to, or a rate is asked for; error `question.unknown_currency`.
base::Result<money::Currency> parse_currency(std::string_view text);

struct Order {
    std::string by; ///< one of the question's measures or dimensions
    bool descending = true;
    friend bool operator==(const Order&, const Order&) = default;
};

/// What is asked. Names are those of the catalogue.
struct Question {
    std::vector<std::string> measures{"cost"}; ///< also `cost`, `tag_coverage.KEY`; at least one
    Basis basis = Basis::kEffective;           ///< what `cost` means
    std::vector<std::string> dimensions;       ///< also `tag.KEY`, `x.NAME`
    std::string filter;                        ///< see filter.hpp; empty: all charges
    std::optional<period::Period> period;      ///< half-open days; none: everything
    PeriodKind period_kind = PeriodKind::kCharge;
    period::Grain grain = period::Grain::kNone;
    Comparison comparison = Comparison::kNone; ///< needs a period
    std::optional<Order> order;                ///< none: the first measure, descending
    std::uint64_t limit = 0;                   ///< so many of the first per currency, the others as one row; 0: all
    period::FiscalCalendar calendar;           ///< for fiscal grains
    std::string currency; ///< what amounts are converted to (ISO 4217); empty: nothing is, one block a currency
    fx::RateType rate_type = fx::RateType::kTransactionDay; ///< where they are: by which rate
    friend bool operator==(const Question&, const Question&) = default;
};

/// Reads a question from JSON. Everything but what differs from the default may be left out:
///   {"measures": ["cost"], "basis": "effective", "dimensions": ["service_name"], "filter": "…",
///    "period": {"start": "2024-09-01", "end": "2024-10-01"}, "period_kind": "charge",
///    "grain": "month", "comparison": "previous", "order": {"by": "cost", "direction": "descending"},
///    "limit": 10, "fiscal": {"start_month": 10, "pattern": "445", "first_weekday": "monday"},
///    "currency": "EUR", "rate_type": "transaction-day"}
/// The end of the period does not belong to it. Errors `question.*`; an unknown key is one.
base::Result<Question> question_from_json(std::string_view json);

/// The question as JSON that question_from_json reads back, without what is the default.
std::string to_json(const Question& question);

} // namespace florin::query
