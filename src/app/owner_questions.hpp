// Questions that name owners: `team`, its place in the organisation, what of its cost is shared. They are answered from
// allocated daily sums, which are derived from the lake and the rules in force and kept beside the certificates.
#pragma once

#include "app/ask_bills.hpp"
#include "query/catalogue.hpp"

#include <map>
#include <optional>
#include <string>

namespace florin::app {

/// Names that the rules in force add to those of the catalogue. Of a dimension `team`:
///   team           the owner, or `(unallocated: REASON)`
///   team_level_1…  the owner's place in the dimension's hierarchy on that day, from the root
///   team_part      `own`, `shared` or `unallocated`
///   team_pool      the pool that gave a shared part; none where it is no such part
struct OwnerNames {
    query::Catalogue catalogue;
    std::map<std::string, std::string> dimensions; ///< of each of these names, whose owners it tells
};

/// Nothing where no rules were ever applied. Errors of the catalog and the rules.
base::Result<std::optional<OwnerNames>> owner_names(Workspace& workspace);

/// Answers a question that names owners. Their daily sums are derived first where they are not there yet: after an
/// ingest, and after other rules were applied. Rates as of Asker::options(). Errors: `question.two_owners` where it
/// names the owners of several dimensions, which are divided apart; `question.owner_needs_charges` where it reads
/// single charges, which are not divided; `question.owner_measure` where it asks for anything but costs; as
/// allocate_bills and query::ask.
base::Result<query::Answer> ask_owners(Workspace& workspace, Asker& asker, const OwnerNames& names,
                                       const AskRequest& request);

} // namespace florin::app
