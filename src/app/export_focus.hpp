// The use case "hand the ledger out as FOCUS": one file of what is current, in the version asked for.
#pragma once

#include "app/workspace.hpp"
#include "focus/focus.hpp"
#include "query/question.hpp"

#include <optional>

namespace florin::app {

enum class ExportFormat : std::uint8_t { kCsv, kParquet };

struct ExportRequest {
    focus::Version version = focus::Version::k1_4; ///< 1.0 to 1.4
    ExportFormat format = ExportFormat::kCsv;
    base::Path target;                    ///< a file that does not exist yet
    std::optional<period::Period> period; ///< charge days; none: everything
    std::optional<period::Instant> as_of;
};

struct ExportReport {
    std::int64_t rows = 0;
    std::vector<std::string> left_out; ///< columns with values that the version does not know
};

/// Writes the charges that count: the version's columns in alphabetical order, then the custom ones
/// (x_...), amounts exact, instants as FOCUS writes them. In versions until 1.3 ProviderName is the
/// carried one, else ServiceProviderName. Errors: `export.exists`, `export.version`, the engine's.
base::Result<ExportReport> export_focus(Workspace& workspace, const ExportRequest& request);

} // namespace florin::app
