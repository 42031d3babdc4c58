// An allocation: rules and owners once, then month by month daily sums in, sums by owner and the ratios behind them
// out. Money in is money out, to the last digit; docs/reference/allocation-method.md says how.
#pragma once

#include "allocate/assignment.hpp"
#include "allocate/benefit.hpp"
#include "allocate/cells.hpp"
#include "allocate/driver.hpp"
#include "allocate/flow.hpp"
#include "allocate/owners.hpp"
#include "allocate/pool.hpp"
#include "allocate/ratio.hpp"
#include "allocate/stage.hpp"
#include "base/result.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace florin::allocate {

/// What a run is made from beside owners and cells. `Pool::takes`, `Pool::driver_tuples` and `Benefit` speak of the
/// owners' values and tuples.
struct Rules {
    std::vector<Pool> pools;
    std::vector<Metric> metrics;
    Benefit benefit;
};

/// A sum of parts: of one day and currency, one way and one end.
struct Sum {
    period::Day day;
    std::uint16_t currency = 0;
    std::size_t via = kDirect; ///< the pool that gave it, or kDirect: own cost
    Sink sink = 0;             ///< a value, or a reason for which it is unallocated
    Amounts amounts;
    friend bool operator==(const Sum&, const Sum&) = default;
};

/// What came in on a day in a currency, and what came out: equal, or the run is wrong.
struct Balance {
    period::Day day;
    std::uint16_t currency = 0;
    Amounts in;
    Amounts out;
    friend bool operator==(const Balance&, const Balance&) = default;
};

/// What became of one billing month.
struct MonthResult {
    period::Period period;
    bool provisional = false; ///< the month is open, or a driver's window reaches into one that is
    std::uint64_t cell_count = 0;
    std::string cells_hash;        ///< hash_of the canonical cells
    std::vector<Balance> balances; ///< by currency and day
    std::vector<Sum> sums;         ///< by currency, day, way (own first) and end; all-zero ones are left out
    Ratios ratios;
    std::vector<Finding> findings;
};

/// One allocation in one dimension. Months are added in order of time.
class Run {
public:
    /// `owners` and `tuples` know the same tuples; `tuples` outlive the run. Up to `workers` threads work on a month.
    /// Errors: those of Stages::of.
    static base::Result<Run> start(const Owners& owners, const Tuples& tuples, Rules rules, int workers);
    Run(Run&&) noexcept;
    Run& operator=(Run&&) noexcept;
    ~Run();

    /// Memory is that of the month and of its sums. The result depends on the cells, not on their order nor on
    /// `workers`, and on earlier months only through drivers whose window reaches back to them. A month may be
    /// missing: its drivers are zero. Errors: those of ratios_of, `money.overflow`, `allocation.month_order`. After an
    /// error the run has not seen the month.
    base::Result<MonthResult> add(const Month& month);

    const Stages& stages() const;
    const Assignments& assignments() const;
    const Rules& rules() const;
    /// The parts of one cell of a month that was added: each Step in the order of stages, those into pools included.
    base::Result<std::vector<Step>> explain(const MonthResult& month, std::size_t tuple, period::Day day,
                                            const Amounts& amounts) const;

private:
    struct State;
    explicit Run(std::unique_ptr<State> state);
    std::unique_ptr<State> state_;
};

} // namespace florin::allocate
