// Rules about rows that belong together: one value a key, the sums of commitments, invoices and split charges.
#pragma once

#include "engine/engine.hpp"
#include "money/decimal.hpp"
#include "validate/bill.hpp"
#include "validate/commitment_sums.hpp"
#include "validate/validate.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace florin::validate {

/// What became of a rule about groups, its rows summed up.
struct GroupOutcome {
    Outcome outcome = Outcome::kSkipped;
    std::string reason;
    std::uint64_t rows_in_scope = 0;
    std::uint64_t rows = 0;
    std::uint64_t rounding_rows = 0;
    std::map<std::string, money::Decimal> billed_cost;
    std::vector<std::int64_t> first_rows; ///< a row of each violating group, as kRowColumn has it
    std::vector<std::string> columns;     ///< whose cells show it
    std::vector<std::string> details;
};

/// One group as a check sees it.
struct Group {
    enum class Verdict : std::uint8_t { kHolds, kRounding, kFails, kNotCheckable };
    Verdict verdict = Verdict::kHolds;
    std::string why; ///< of kFails, a sentence; of kNotCheckable, a reason
    std::string currency;
    std::uint64_t rows = 0;
    std::optional<money::Decimal> billed_cost; ///< of its rows
    std::int64_t first_row = 0;
};
/// Adds groups up. `what` is what they are called: "commitments".
GroupOutcome summed_up(const std::vector<Group>& groups, std::string_view what, std::vector<std::string> columns);

/// Group checks of one validation. What several rules ask of the files is read once.
class GroupChecks {
public:
    GroupChecks(engine::Engine& engine, const Bill& bill, const Options& options)
        : engine_(engine), bill_(bill), options_(options) {}

    /// For a check that is neither of rows nor of columns' names.
    base::Result<GroupOutcome> look_at(const Rule& rule);

private:
    base::Result<GroupOutcome> judge(const Rule& rule);
    base::Result<GroupOutcome> one_per(const Rule& rule);
    base::Result<GroupOutcome> commitment(const Rule& rule);
    base::Result<GroupOutcome> invoice(const Rule& rule);
    base::Result<GroupOutcome> invoice_detail();
    base::Result<GroupOutcome> closed_period();
    base::Result<GroupOutcome> split(const Rule& rule);
    /// The InvoiceDetail files. Error `validate.invoices`.
    base::Result<const Bill*> invoices();
    base::Result<void> read_commitments();
    /// Adds what the rows of a violation were billed, which may be more than an amount can be.
    base::Result<void> add_billed_cost(const std::string& violation, GroupOutcome& outcome);
    std::string rows_with_text() const;

    engine::Engine& engine_;
    const Bill& bill_;
    const Options& options_;
    std::optional<std::vector<CommitmentSums>> commitments_;
    std::optional<engine::Table> splits_;
    std::optional<Bill> invoices_;
};

/// Whether sums of `rows` amounts that are each written with at most `places` places can be `difference` apart by
/// rounding alone: half a unit of the last place for each of them.
bool is_rounding_of_sum(money::Decimal difference, std::uint64_t rows, int places);

/// Whether a difference is within the rounding variance tolerance of an invoice: the greater of 100 minor units and
/// half a minor unit times the square root of the number of rows. Exact. Source: FOCUS 1.4, Invoice Detail.
bool is_within_invoice_tolerance(money::Decimal difference, std::uint64_t rows, int minor_units);

} // namespace florin::validate
