// The use case "where do we stand": the spend summary of a period.
#pragma once

#include "app/ask_bills.hpp"
#include "report/summary.hpp"

#include <optional>

namespace florin::app {

struct SummaryRequest {
    std::optional<period::Period> period; ///< none: the month of the latest charge, up to that day
    std::optional<period::Instant> as_of;
    query::Basis basis = query::Basis::kEffective;
    std::function<void(engine::Engine*)> running;
};

/// Everything the summary shows, by questions to the lake. Errors as ask_bills.
base::Result<report::Summary> summarise(Workspace& workspace, const SummaryRequest& request);

} // namespace florin::app
