// The years that bills may be of. Outside of them a date is a mistake: a number read as seconds, a typo.
#pragma once

namespace florin::period {

inline constexpr int kYearMin = 1970;
inline constexpr int kYearMax = 2199;

} // namespace florin::period
