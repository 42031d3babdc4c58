// The use cases of rules that are in force: apply the files of the workspace, go back to earlier ones, prove what was
// computed.
#pragma once

#include "app/allocate_bills.hpp"
#include "lake/allocation_state.hpp"

#include <optional>
#include <string>
#include <vector>

namespace florin::app {

/// The rules that a state put into force. Errors of the catalog and the rules.
base::Result<RulesHistory> rules_of_state(Workspace& workspace, const lake::AllocationState& state);
/// The rules in force now; empty where none were ever applied.
base::Result<RulesHistory> rules_in_force(Workspace& workspace);
/// Every dimension that is in force on some day, by name.
std::vector<std::string> dimensions_of(const RulesHistory& history);

/// A change of the rules in force, before it is made.
struct RulesChange {
    RulesHistory before;
    RulesHistory after;
    lake::AllocationState state;           ///< what would be recorded: rules, days, months; nobody's yet
    std::vector<lake::AppliedFiles> files; ///< new ones
    std::int64_t last_state = 0;           ///< that `before` is of; 0: none
    bool changes_something = false;
};

/// The change to the files of the workspace. It takes effect from the first open month on, or from the first month of
/// `restate`, periods that name closed months. Errors: of the rules; `allocation.no_rules` (there are no files);
/// `allocation.not_closed` (a named period holds no closed month); `allocation.closed` (a month that it reaches into is
/// closed and not named).
base::Result<RulesChange> change_to_files(Workspace& workspace, const std::vector<period::Period>& restate);
/// The change back to the rules of an earlier state, likewise. Error `allocation.no_state`.
base::Result<RulesChange> change_to_state(Workspace& workspace, std::int64_t state,
                                          const std::vector<period::Period>& restate);

/// What a certificate says, in short.
struct CertificateSummary {
    std::string dimension;
    std::string path; ///< below the lake's folder
    std::string sha256;
    std::uint64_t months = 0;
    std::uint64_t provisional_months = 0;
    std::uint64_t cells = 0;
    std::uint64_t days = 0; ///< by currency
};

struct AppliedRules {
    lake::AllocationState state;
    std::vector<CertificateSummary> certificates;
};

/// Computes every dimension under the new rules, writes the certificates into the lake and records the state. Errors:
/// `allocation.unnamed` (nobody, or no reason); `allocation.moved_on`, `allocation.closed`; as allocate_all.
base::Result<AppliedRules> apply_rules(Workspace& workspace, RulesChange change, const std::string& by,
                                       const std::string& reason);

/// What is known of an applied state that was proved again.
struct VerifiedState {
    lake::AllocationState state;
    std::vector<CertificateSummary> certificates;
    std::vector<period::Day> moved_months; ///< other bills count in these by now
};

/// Proves the certificates of a state (of the latest, without a number): they are the files that were written; the
/// recorded rules over the recorded deliveries give the same bytes again; and independent code finds every sum of them.
/// Errors: `allocation.no_state`, `allocation.certificate_refused`, `allocation.certificate_differs`,
/// `lake.pruned`; as allocate_all.
base::Result<VerifiedState> verify_rules(Workspace& workspace, std::optional<std::int64_t> state);

} // namespace florin::app
