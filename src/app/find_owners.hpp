// The use case "who owns what": the rules of the workspace over what is current.
#pragma once

#include "allocate/owners_of.hpp"
#include "allocate/rule_file.hpp"
#include "app/allocation_tuples.hpp"
#include "app/ask_bills.hpp"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace florin::app {

struct OwnersRequest {
    period::Period days;                 ///< not empty
    std::optional<period::Day> as_on;    ///< owners as they are on this day; nothing: as they were
    std::vector<std::string> dimensions; ///< by name; none: all
};

struct DimensionOwners {
    std::shared_ptr<const allocate::Dimension> dimension;
    allocate::Owners owners;
    std::vector<allocate::Misspelling> misspellings;
};

struct FoundOwners {
    std::string rules_hash; ///< of all files of rules
    LedgerTuples tuples;    ///< numbered in the asker's engine, see kTupleTable
    std::vector<DimensionOwners> dimensions;
};

/// The owners of all current tuples by the rules as the files have them now, in force on every day. Errors:
/// `allocation.unknown_name` for a dimension that the files do not have, those of the rules and the engine.
base::Result<FoundOwners> find_owners(Asker& asker, const base::Path& workspace, const OwnersRequest& request);

} // namespace florin::app
