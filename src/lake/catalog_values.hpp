// How instants and counts are written in the catalog: microseconds since 1970, signed 64-bit numbers.
#pragma once

#include "period/period.hpp"

#include <cstdint>
#include <optional>

namespace florin::lake {

period::Instant instant(std::int64_t microseconds);
std::optional<period::Instant> instant(std::optional<std::int64_t> microseconds);
std::int64_t number(period::Instant at);
std::optional<std::int64_t> number(const std::optional<period::Instant>& at);
std::int64_t signed_count(std::uint64_t count);
std::uint64_t unsigned_count(std::int64_t count);

} // namespace florin::lake
