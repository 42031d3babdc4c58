// The use case "book the month before its bill is final": what was billed so far and what is expected of the rest, kept
// to be compared with the final bill.
#pragma once

#include "app/spend_history.hpp"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace florin::app {

struct AccrualRequest {
    SpendQuestion question;
    period::Period month;
    std::optional<period::Instant> as_of; ///< only what was received by then
    std::function<void(engine::Engine*)> running;
};

struct AccrualLine {
    std::vector<std::optional<std::string>> key; ///< values of the dimensions; empty for the total
    bool is_rest = false;                        ///< all groups beyond kSpendPartsMax
    money::Decimal billed;                       ///< on the days whose bills are complete
    money::Decimal expected;                     ///< on the days that are left
    money::Decimal total;                        ///< what to book: the sum of both
    std::optional<money::Decimal> low, high;     ///< the month ends between them with 80 %; none where nothing is left
    friend bool operator==(const AccrualLine&, const AccrualLine&) = default;
};

struct AccrualBlock {
    std::string currency;
    std::vector<AccrualLine> lines; ///< the largest first; none without dimensions. They sum to the total
    AccrualLine total;
    friend bool operator==(const AccrualBlock&, const AccrualBlock&) = default;
};

struct Accrual {
    period::Period month;
    period::Day complete_until; ///< the first day whose bills are not all there, at most the month's end
    period::Instant made_at;
    SpendQuestion question;
    std::vector<AccrualBlock> blocks;
    std::vector<std::string> notes;
    bool is_final() const { return complete_until == month.end; }
};

/// Errors: of the question, of exchange rates and of the forecast; `accrual.not_a_month`.
base::Result<Accrual> accrue(Workspace& workspace, const AccrualRequest& request);

/// Keeps it in `lake/accruals/YYYY-MM/`; the number that it has there, from 1. Nothing that was kept is ever replaced.
base::Result<std::int64_t> book_accrual(Workspace& workspace, const Accrual& accrual);

/// A booking and what the bills say now of the same month and question.
struct AccrualComparison {
    std::int64_t number = 0;
    Accrual booked;
    Accrual now;
};

/// All bookings of a month, in the order in which they were made. Errors: `accrual.none`, `accrual.unreadable`; of
/// accrue.
base::Result<std::vector<AccrualComparison>> compare_accruals(Workspace& workspace, const AccrualRequest& request);

} // namespace florin::app
