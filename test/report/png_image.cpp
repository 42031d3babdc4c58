#include "png_image.hpp"

#include <zlib.h>

#include <cstdlib>
#include <string>

namespace florin::report {
namespace {

base::Error unreadable(const std::string& why) {
    return base::data_error("png.unreadable", why);
}

std::uint32_t big_endian(std::string_view bytes, std::size_t at) {
    std::uint32_t value = 0;
    for (std::size_t index = 0; index < 4; ++index) {
        value = (value << 8U) | static_cast<unsigned char>(bytes[at + index]);
    }
    return value;
}

int paeth(int left, int up, int up_left) {
    const int guess = left + up - up_left;
    const int to_left = std::abs(guess - left);
    const int to_up = std::abs(guess - up);
    const int to_up_left = std::abs(guess - up_left);
    return to_left <= to_up && to_left <= to_up_left ? left : to_up <= to_up_left ? up : up_left;
}

/// Undoes the filter of one row in place; `previous` is the row above, already undone.
bool unfilter(int filter, std::vector<std::uint8_t>& row, const std::vector<std::uint8_t>& previous, std::size_t step) {
    for (std::size_t at = 0; at < row.size(); ++at) {
        const int left = at >= step ? row[at - step] : 0;
        const int up = previous[at];
        const int up_left = at >= step ? previous[at - step] : 0;
        int guess = 0;
        switch (filter) {
        case 0: break;
        case 1: guess = left; break;
        case 2: guess = up; break;
        case 3: guess = (left + up) / 2; break;
        case 4: guess = paeth(left, up, up_left); break;
        default: return false;
        }
        row[at] = static_cast<std::uint8_t>(row[at] + guess);
    }
    return true;
}

} // namespace

base::Result<PngImage> read_png(std::string_view bytes) {
    if (bytes.size() < 33 || bytes.substr(0, 8) != "\x89PNG\r\n\x1A\n" || bytes.substr(12, 4) != "IHDR") {
        return unreadable("this is no PNG");
    }
    PngImage image{big_endian(bytes, 16), big_endian(bytes, 20), {}};
    const int depth = bytes[24];
    const int colour_type = bytes[25];
    if (depth != 8 || (colour_type != 2 && colour_type != 6) || bytes[28] != 0 || image.width == 0 ||
        image.width > 20000 || image.height > 40000) {
        return unreadable("only 8-bit RGB without interlacing is read");
    }
    std::string packed;
    for (std::size_t at = 8; at + 12 <= bytes.size();) {
        const std::size_t length = big_endian(bytes, at);
        if (length > bytes.size() - at - 12) {
            return unreadable("the file ends inside a chunk");
        }
        if (bytes.substr(at + 4, 4) == "IDAT") {
            packed += bytes.substr(at + 8, length);
        }
        at += 12 + length;
    }
    const std::size_t step = colour_type == 2 ? 3 : 4;
    const std::size_t row_size = image.width * step;
    std::vector<std::uint8_t> raw(image.height * (row_size + 1));
    uLongf raw_size = raw.size();
    const int status = uncompress(raw.data(), &raw_size, reinterpret_cast<const Bytef*>(packed.data()), packed.size());
    if (status != Z_OK || raw_size != raw.size()) {
        return unreadable("the image data is broken");
    }
    std::vector<std::uint8_t> previous(row_size, 0);
    image.pixels.reserve(std::size_t(image.width) * image.height);
    for (std::size_t y = 0; y < image.height; ++y) {
        const auto start = raw.begin() + static_cast<std::ptrdiff_t>(y * (row_size + 1));
        std::vector<std::uint8_t> row(start + 1, start + 1 + static_cast<std::ptrdiff_t>(row_size));
        if (!unfilter(*start, row, previous, step)) {
            return unreadable("unknown row filter");
        }
        for (std::size_t x = 0; x < image.width; ++x) {
            image.pixels.push_back({row[x * step], row[x * step + 1], row[x * step + 2]});
        }
        previous = std::move(row);
    }
    return image;
}

} // namespace florin::report
