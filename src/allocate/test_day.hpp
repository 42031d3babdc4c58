// Days as tests write them.
#pragma once

#include "period/period.hpp"

#include <string_view>

namespace florin::allocate {

inline period::Day day(std::string_view text) {
    return period::parse_day(text).value();
}

} // namespace florin::allocate
