// Enough of PNG (ISO/IEC 15948) to look at a browser's screenshots.
#pragma once

#include "base/result.hpp"

#include <array>
#include <cstdint>
#include <string_view>
#include <vector>

namespace florin::report {

/// Rows of red, green and blue, top to bottom.
struct PngImage {
    std::uint32_t width = 0;
    std::uint32_t height = 0;
    std::vector<std::array<std::uint8_t, 3>> pixels;
};

/// Reads 8-bit RGB or RGBA without interlacing; alpha is dropped. Error `png.unreadable`.
base::Result<PngImage> read_png(std::string_view bytes);

} // namespace florin::report
