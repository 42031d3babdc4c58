// The use case "what of our commitments is used": each commitment with its cost, use, coverage and end.
#pragma once

#include "app/ask_bills.hpp"
#include "app/commitment_coverage.hpp"
#include "query/commitment_terms.hpp"

#include <optional>
#include <string>
#include <vector>

namespace florin::app {

enum class CommitmentGrouping : std::uint8_t { kCommitment, kProvider, kType, kAccount };
/// `commitment`, `provider`, `type`, `account`
std::string_view name(CommitmentGrouping grouping);
/// Error `usage`.
base::Result<CommitmentGrouping> parse_commitment_grouping(const std::string& text);

/// Sums of one or several commitments in the period. Amounts are null where bills do not tell them.
struct CommitmentFigures {
    Amount cost;                     ///< effective: used and unused
    Amount used;                     ///< effective cost of usage that was covered: the measure commitment_used
    Amount unused;                   ///< and of what nothing used: the measure commitment_unused
    Amount billed;                   ///< what was invoiced for them
    Amount utilization;              ///< used over cost: the measure commitment_utilization
    CoverageData::Coverage coverage; ///< list costs
};

/// A commitment, or what several have in common.
struct CommitmentLine {
    std::optional<std::string> provider; ///< null: not stated; of a group: what it is by
    std::optional<std::string> id;       ///< null: charges that name no commitment
    std::optional<std::string> name;     ///< as the latest charge calls it
    std::optional<std::string> type;
    std::optional<std::string> account; ///< that of its purchases or its unused part; null: not stated, or several
    std::uint64_t count = 1;            ///< how many commitments it is
    CommitmentFigures figures;
    Amount quantity_utilization; ///< used over used and unused quantity; null where some of it is not stated
    std::string quantity_unit;   ///< empty: not stated, or several
    query::CommitmentTerm term;  ///< of a group the one that ends next
    std::optional<query::ContractCommitment> contract; ///< of a single one, where the dataset says it
    std::optional<int> days_left;                      ///< from today to the day it ends; negative: it has ended
};

struct CommitmentBlock {
    std::string currency;
    std::vector<CommitmentLine> lines; ///< the largest cost first
    CommitmentLine total;              ///< sums of the lines; ratios computed anew
};

struct CommitmentList {
    period::Period period;
    CommitmentGrouping grouping = CommitmentGrouping::kCommitment;
    std::vector<CommitmentBlock> blocks; ///< in order of the currency's code
    std::vector<std::string> notes;
};

struct CommitmentRequest {
    std::optional<period::Period> period; ///< none: the month of the latest charge
    CommitmentGrouping grouping = CommitmentGrouping::kCommitment;
    std::optional<period::Instant> as_of;
    std::function<void(engine::Engine*)> running;
};

/// Errors as ask_bills.
base::Result<CommitmentList> list_commitments(Workspace& workspace, const CommitmentRequest& request);
/// The same over the state of the lake that `asker` holds, one list for each grouping; `today` is the day that terms
/// are counted from.
base::Result<std::vector<CommitmentList>> list_commitments(Asker& asker, const period::Period& period,
                                                           const std::vector<CommitmentGrouping>& groupings,
                                                           period::Day today);

/// The first day of the month of the latest charge; none where nothing was delivered.
base::Result<std::optional<period::Day>> last_month_with_charges(Asker& asker);

} // namespace florin::app
