// What the spend summary shows, as values. The application layer fills it from answers to questions;
// the renderers of this module turn it into a page or into terminal text and decide nothing else.
#pragma once

#include "money/money.hpp"
#include "period/period.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace florin::report {

/// An exact amount in the currency of its block. Null means that the basis is not known for these
/// charges: it is shown as "not available", never as zero.
using Amount = std::optional<money::Decimal>;

/// Which cost a figure means.
enum class Basis : std::uint8_t { kEffective, kBilled, kList, kContracted };

/// Which of a charge's two periods decides whether it counts.
enum class PeriodKind : std::uint8_t { kCharge, kBilling };

/// The parts of the page that a quality mark can stand beside.
enum class Part : std::uint8_t { kSpend, kBilledSpend, kTrend, kBreakdowns, kMovers, kTags, kSavings, kCommitments };

/// Something the reader must know before trusting a figure.
struct Mark {
    enum class Severity : std::uint8_t { kNote, kWarning };
    Severity severity = Severity::kWarning;
    std::string text;        ///< a whole sentence: `7 charges have no ContractedCost.`
    std::vector<Part> parts; ///< the figures it touches; empty: all, so it stands on top of the page
    Amount amount;           ///< the money it touches, in the currency of the block; null: not stated
};

/// One step of a trend. Steps come in order and do not overlap.
struct TrendPoint {
    period::Period period;
    Amount amount; ///< in the basis of the summary
    Amount billed;
    bool is_complete = true; ///< false: charges of this step are still expected
};

/// One line of a breakdown.
struct BreakdownRow {
    enum class Kind : std::uint8_t {
        kNamed,
        kMissing, ///< the charges without a value; `name` may be empty
        kRest,    ///< everything below the top; `member_count` says how many values that is
    };
    std::string name;
    Kind kind = Kind::kNamed;
    std::uint64_t member_count = 1;
    Amount amount; ///< in the basis of the summary
    Amount billed;
    Amount previous; ///< in the basis of the summary, in the period compared with
};

/// The spend of the period split by one dimension, in the order in which it is shown.
struct Breakdown {
    std::string dimension;        ///< `Provider`, `Service category`, `Team`: heads the column
    std::string dimension_plural; ///< `providers`: for the line of the rest
    std::vector<BreakdownRow> rows;
    /// What the rows are parts of. A difference beyond rounding gets a line and a warning of its own.
    Amount total;
    Amount total_billed;
    Amount total_previous;
};

/// A value of a dimension whose spend changed much.
struct Mover {
    std::string dimension; ///< `Service`
    std::string name;
    Amount amount;             ///< in the basis of the summary
    Amount previous;           ///< likewise, in the period compared with
    std::vector<Amount> trend; ///< monthly, oldest first; may be empty
};

/// How much of the spend carries a tag key.
struct TagCoverage {
    std::string key;
    Amount tagged;   ///< in the basis of the summary
    Amount untagged; ///< likewise; may hold charges that cannot be tagged, as the question defines it
};

/// Savings as the query catalogue defines them: without covering purchases, tax and credits.
struct Savings {
    Amount list;
    Amount contracted;
    Amount effective;
    Amount savings;                                    ///< list - effective
    std::optional<money::Rate> effective_savings_rate; ///< 1 - effective / list
    Amount commitment_used;
    Amount commitment_unused;
    std::optional<money::Rate> commitment_utilisation; ///< used / (used + unused)
};

/// Commitments of one provider and type.
struct CommitmentRow {
    std::string type;                       ///< may be empty
    std::string provider;                   ///< likewise
    Amount used;                            ///< effective cost
    Amount unused;                          ///< likewise
    std::optional<money::Rate> utilisation; ///< used / (used + unused)
    std::optional<money::Rate> coverage;    ///< covered / what could be covered, list cost
};

/// A commitment and when it ends.
struct CommitmentEnd {
    std::string name; ///< or its id
    std::string type;
    std::string provider;
    period::Day end; ///< the first day without it
    int days_left = 0;
    Amount cost; ///< effective, in the period of the summary
};

/// The commitments of a currency.
struct Commitments {
    std::vector<CommitmentRow> rows; ///< empty: there are none
    Amount used;
    Amount unused;
    std::optional<money::Rate> utilisation;
    std::optional<money::Rate> coverage;
    std::vector<CommitmentEnd> ends;     ///< those that end next, the first one first
    std::uint64_t without_end_count = 0; ///< of which bills do not say when they end
    std::string coverage_note;           ///< what it is coverage of: a whole sentence
};

/// Everything in one currency. Blocks are never added to each other.
struct CurrencyBlock {
    money::Currency currency;
    Amount spend; ///< in the basis of the summary
    Amount spend_billed;
    Amount previous; ///< in the basis of the summary, in the period compared with
    Amount previous_billed;
    std::vector<TrendPoint> daily;   ///< may reach further back than the period
    std::vector<TrendPoint> monthly; ///< likewise
    std::vector<Breakdown> breakdowns;
    std::vector<Mover> increases;  ///< largest first
    std::vector<Mover> decreases;  ///< largest first
    std::vector<TagCoverage> tags; ///< the first key is the one shown on top
    Savings savings;
    std::vector<Mark> marks;
    Commitments commitments;
};

/// How fresh and how complete the data of one billing account of one source is.
struct Freshness {
    enum class State : std::uint8_t {
        kComplete, ///< the provider has closed the bill
        kOpen,     ///< more charges will come
        kGaps,     ///< days or accounts are missing
    };
    std::string source;
    std::string provider;
    std::string billing_account;
    std::optional<period::Day> last_charge_day;
    std::optional<period::Instant> received_at;
    std::uint64_t row_count = 0; ///< in the period
    std::uint64_t pending_delivery_count = 0;
    State state = State::kOpen;
    std::string note; ///< may be empty: `no charges from 2024-09-03 to 2024-09-05`
};

/// The spend summary of a workspace for one period.
struct Summary {
    std::string workspace_title;
    period::Period period;
    period::Period previous_period; ///< what `previous` means everywhere
    PeriodKind period_kind = PeriodKind::kCharge;
    Basis basis = Basis::kEffective;
    period::Instant generated_at;
    std::optional<period::Instant> as_of; ///< set: only deliveries received by then count
    std::vector<CurrencyBlock> blocks;    ///< empty: no charges in the period
    std::vector<Freshness> freshness;
    std::vector<Mark> marks; ///< about all currencies; their `amount` stays null
};

} // namespace florin::report
