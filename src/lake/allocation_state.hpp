// Rules of allocation that somebody applied: which files are in force from when on, and over what they were computed.
// Values only.
#pragma once

#include "lake/delivery.hpp"

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace florin::lake {

/// A file of rules as it was when it was applied.
struct AppliedFile {
    std::string name; ///< below the folder of rules
    std::string text; ///< its bytes
    friend bool operator==(const AppliedFile&, const AppliedFile&) = default;
};

/// All files that were applied together, by their common hash.
struct AppliedFiles {
    std::string hash;
    std::vector<AppliedFile> files; ///< in order of their names
};

/// One of the proofs that were written when a state was applied.
struct AppliedCertificate {
    std::string dimension;
    std::string path; ///< below the lake's folder
    std::string sha256;
    friend bool operator==(const AppliedCertificate&, const AppliedCertificate&) = default;
};

/// One apply or rollback, and what has been in force since.
struct AllocationState {
    std::int64_t id = 0;                  ///< from 1, in order
    std::optional<std::int64_t> restored; ///< of a rollback: the state whose rules came back
    period::Instant applied_at;
    std::string applied_by;
    std::string reason;
    period::Day from;                     ///< the first day on which something changed
    std::vector<period::Day> restated;    ///< closed months that were asked for by name
    std::vector<period::Day> open_months; ///< billing months that could still change at that time
    /// From which day on which files are in force, by their hash; sorted by day.
    std::vector<std::pair<period::Day, std::string>> timeline;
    std::vector<std::pair<DeliveryId, std::size_t>> parts; ///< that counted: delivery and position
    std::vector<AppliedCertificate> certificates;          ///< by dimension, then by time
    friend bool operator==(const AllocationState&, const AllocationState&) = default;
};

} // namespace florin::lake
