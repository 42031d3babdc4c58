// The spend summary as one HTML page.
#pragma once

#include "report/summary.hpp"

#include <string>

namespace florin::report {

/// A whole HTML document that needs nothing else: no script, no external resource, and a content
/// security policy that forbids both. All text of the summary is escaped. Amounts are rounded to the
/// currency's minor units; the exact one is in `title` and in `data-exact`. The same summary gives
/// the same bytes.
std::string render_html(const Summary& summary);

} // namespace florin::report
