// Lengths of time as people write and read them: `30s`, `15m`, `6h`, `2d`, `1w`.
#pragma once

#include "base/result.hpp"

#include <chrono>
#include <string>
#include <string_view>

namespace florin::period {

/// A whole number and one of s, m, h, d (24 hours) and w (7 days), at most ten years. Error `period.duration`.
base::Result<std::chrono::seconds> parse_duration(std::string_view text);

/// The two largest units in words, the rest cut: `3 days 4 hours`, `1 hour`, `0 seconds`. Of `length` zero or more.
std::string describe_duration(std::chrono::seconds length);

} // namespace florin::period
