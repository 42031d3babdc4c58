#include "lake/catalog_values.hpp"

namespace florin::lake {

period::Instant instant(std::int64_t microseconds) {
    return period::Instant(std::chrono::microseconds(microseconds));
}
std::optional<period::Instant> instant(std::optional<std::int64_t> microseconds) {
    return microseconds.has_value() ? std::optional(instant(*microseconds)) : std::nullopt;
}
std::int64_t number(period::Instant at) {
    return at.time_since_epoch().count();
}
std::optional<std::int64_t> number(const std::optional<period::Instant>& at) {
    return at.has_value() ? std::optional(number(*at)) : std::nullopt;
}
std::int64_t signed_count(std::uint64_t count) {
    return static_cast<std::int64_t>(count);
}
std::uint64_t unsigned_count(std::int64_t count) {
    return static_cast<std::uint64_t>(count);
}

} // namespace florin::lake
