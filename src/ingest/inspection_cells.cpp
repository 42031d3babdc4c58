#include "ingest/inspection_cells.hpp"

#include <algorithm>

namespace florin::ingest {

std::string unescaped(const Cell& cell) {
    std::string text(cell.raw());
    if (cell.state == Cell::State::kQuoted) {
        for (std::size_t at = text.find('"'); at != std::string::npos; at = text.find('"', at + 1)) {
            text.erase(at, 1);
        }
    }
    return text;
}

std::string unescaped_head(const Cell& cell) {
    Cell head = cell;
    head.size = std::min<std::uint32_t>(head.size, kCellInErrorBytesMax);
    return unescaped(head);
}

} // namespace florin::ingest
