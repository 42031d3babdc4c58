// What an ingest took in, for people.
#pragma once

#include "app/ingest_bills.hpp"
#include "report/text_table.hpp"

#include <string>

namespace florin::cli {

/// What of it is shown.
struct IngestedView {
    std::string quarantine;     ///< the file that bad rows went to
    bool with_findings = false; ///< the reconciliation and the findings, too
    bool only_new = false;      ///< nothing about deliveries that were there already
};

void show_ingested(const app::IngestReport& report, const IngestedView& view, report::TextPage& page);

} // namespace florin::cli
