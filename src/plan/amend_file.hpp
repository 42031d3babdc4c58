// Writing an amendment into a budget's file, which stays as its people wrote it.
#pragma once

#include "base/result.hpp"
#include "plan/budget.hpp"

#include <string>
#include <string_view>

namespace florin::plan {

/// The text of the file with the amendment behind those that are there; comments, order and blanks stay. What comes out
/// is read again and must say what was meant. Errors: `budget.flow_amendments` where the file has its amendments in one
/// line; `budget.dates_reversed` where a later one is there; what read_budget refuses.
base::Result<std::string> with_amendment(const std::string& text, const std::string& file, const Amendment& amendment,
                                         const period::FiscalCalendar& calendar);

/// What `git apply` takes: how `before` becomes `after`, where lines were added at one place and none removed.
std::string patch_of(std::string_view before, std::string_view after, std::string_view path);

} // namespace florin::plan
