// Where a delivery on its way in stands against what is there: which of its parts wait, what it replaces, what it
// lacks, which closed periods it would change.
#pragma once

#include "lake/catalog.hpp"

#include <map>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace florin::lake {

/// What a commit did.
struct Committed {
    Delivery delivery;
    bool already_there = false;          ///< the same files and mapping were there: nothing changed
    std::vector<std::string> superseded; ///< "delivery 3: SCOPE", what it replaced
    std::vector<std::string> older;      ///< scopes for which a newer delivery is there already
    std::vector<std::string>
        restated; ///< "SCOPE: ISSUER closed PERIOD on DAY", what it changes of what providers closed
};

/// Error `lake.overlap` where a part of another source, with rows, stands for the billing account and period of one of
/// `parts` that has rows, unless `precedence` names both sources.
base::Result<void> check_overlap(std::span<const Delivery> deliveries, const std::string& source,
                                 std::span<const Part> parts, const std::vector<std::string>& precedence);

/// Judges one delivery, within the transaction that adds it.
///  - A snapshot or partition part is held against the part that stands in its scope and role. It waits if it
///    would lose something, and is passed over if that one is a newer run. Stray rows wait where anything else
///    covers their scope.
///  - A scope that a snapshot lacks, against an older run of which it replaces another scope of the same billing
///    period, becomes an empty part that waits. A scope that an older run has, and a newer run that says
///    something of another of its scopes in that period lacks, waits too: whichever came first, a person says
///    whether it is gone.
///  - Any part that would change a month the company has closed waits until it is released as a restatement.
class Judgement {
public:
    /// Reads the closes and what providers said. Errors of the catalog.
    static base::Result<Judgement> open(Catalog& catalog, const std::vector<Delivery>& existing,
                                        const std::vector<std::string>& precedence);
    /// Errors of check_overlap and the catalog.
    base::Result<void> judge(Delivery& draft, Committed& outcome);

private:
    using Scope = std::pair<std::string, std::string>;    ///< source and scope
    using Bill = std::pair<std::string, period::Instant>; ///< billing account and period
    using Key = std::pair<std::string, std::string>;      ///< scope and role

    Judgement(Catalog& catalog, const std::vector<Delivery>& existing, const std::vector<std::string>& precedence);
    base::Result<void> judge_part(const Delivery& draft, Part& part, Committed& outcome);
    base::Result<void> compare(Part& part, const PartReference& with);
    void mind_closed_period(const Delivery& draft, Part& part, Committed& outcome) const;
    void notice_vanished(Delivery& draft) const;
    void notice_missing_in_newer(Delivery& draft) const;
    bool is_covered_by_newer(const Delivery& draft, const Part& part) const;
    const Part& part_at(const PartReference& reference) const {
        return existing_[reference.delivery].parts[reference.part];
    }

    Catalog& catalog_;
    const std::vector<Delivery>& existing_;
    const std::vector<std::string>& precedence_;
    std::vector<PartReference> standing_; ///< of all sources, also what yields to another role
    std::map<Scope, std::vector<PartReference>> by_scope_;
    std::map<Bill, std::vector<PartReference>> by_bill_;
    std::vector<PeriodClose> closes_;
    std::vector<ProviderPeriod> statements_;
};

} // namespace florin::lake
