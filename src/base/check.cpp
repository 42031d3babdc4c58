#include "base/check.hpp"

#include <fmt/format.h>

namespace florin::base {

void stop_for_bug(const char* condition, const std::string& message, std::source_location where) {
    throw BugError(fmt::format("{} ({} at {}:{})", message, condition, where.file_name(), where.line()));
}

} // namespace florin::base
