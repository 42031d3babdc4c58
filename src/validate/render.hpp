// Results of a validation as files for programs and for people.
#pragma once

#include "validate/validate.hpp"

#include <string>

namespace florin::validate {

/// Every rule with its outcome; numbers that are amounts stand as texts, exact.
std::string to_json(const Report& report);
/// One test case a rule, as CI systems read them: violated MUST rules fail, what else is violated is skipped.
std::string to_junit(const Report& report);
/// One page without anything from elsewhere.
std::string to_html(const Report& report);

/// "BilledCost null, ChargeCategory Usage": the cells of a sample.
std::string cells_text(const Sample& sample);
/// "12 rows, USD 1.5": what a violation touches; empty where it is about columns.
std::string touched_text(const Finding& finding);
/// For XML and HTML: `& < > " '` as references, what no page should hold as U+FFFD.
std::string markup_text(std::string_view text);

} // namespace florin::validate
