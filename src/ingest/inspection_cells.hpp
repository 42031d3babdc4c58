// One cell of a CSV row as it stands in its block.
#pragma once

#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

namespace florin::ingest {

/// A cell, without the quotes around it.
struct Cell {
    enum class State : std::uint8_t { kPlain, kQuoted, kNull };
    const char* data = nullptr;
    std::uint32_t size = 0;
    State state = State::kNull;
    bool is_null() const { return state == State::kNull; }
    /// Doubled quotes are still doubled.
    std::string_view raw() const { return {data, size}; }
};

/// How much of a cell is kept for an error or as an example.
inline constexpr std::size_t kCellInErrorBytesMax = 1024;

std::string unescaped(const Cell& cell);

/// The first kCellInErrorBytesMax bytes of the cell, unescaped.
std::string unescaped_head(const Cell& cell);

/// Whether both hold the same bytes.
inline bool same(std::string_view a, std::string_view b) {
    return a.size() == b.size() && std::memcmp(a.data(), b.data(), a.size()) == 0;
}

} // namespace florin::ingest
