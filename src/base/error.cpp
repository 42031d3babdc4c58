#include "base/error.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace florin::base {
namespace {

constexpr std::size_t kCellBytesMax = 200;
constexpr std::size_t kSourceLineBytesMax = 2000;

/// Length of the UTF-8 sequence that starts at `at`, or 0 where the bytes are not UTF-8.
std::size_t sequence_length(std::string_view text, std::size_t at) {
    const auto lead = static_cast<unsigned char>(text[at]);
    std::size_t length = 0;
    if (lead < 0x80) {
        return 1;
    }
    if (lead >= 0xC2 && lead <= 0xDF) {
        length = 2;
    } else if (lead >= 0xE0 && lead <= 0xEF) {
        length = 3;
    } else if (lead >= 0xF0 && lead <= 0xF4) {
        length = 4;
    } else {
        return 0;
    }
    if (at + length > text.size()) {
        return 0;
    }
    for (std::size_t i = 1; i < length; ++i) {
        if ((static_cast<unsigned char>(text[at + i]) & 0xC0U) != 0x80U) {
            return 0;
        }
    }
    return length;
}

/// How many characters stand before a caret; each takes one column but for the widest scripts.
std::size_t code_points(std::string_view text) {
    return static_cast<std::size_t>(
        std::ranges::count_if(text, [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }));
}

Error make(std::string code, Blame blame, std::string message) {
    Error error;
    error.code = std::move(code);
    error.blame = blame;
    error.message = std::move(message);
    return error;
}

std::string describe_place(const Place& place) {
    std::string out;
    const auto append = [&out](const std::string& part) {
        if (!out.empty()) {
            out += ", ";
        }
        out += part;
    };
    if (!place.file.empty()) {
        append(place.file);
    }
    if (place.row != 0) {
        append(fmt::format("row {}", place.row));
    }
    if (!place.column.empty()) {
        append(fmt::format("column {}", place.column));
    }
    return out;
}

} // namespace

std::string printable(std::string_view text, std::size_t bytes) {
    std::string out;
    std::size_t at = 0;
    while (at < text.size()) {
        const std::size_t length = sequence_length(text, at);
        if (at + std::max<std::size_t>(length, 1) > bytes) {
            return out + "…";
        }
        const auto byte = static_cast<unsigned char>(text[at]);
        if (length == 0 || byte < 0x20 || byte == 0x7F) {
            out += fmt::format("\\x{:02X}", byte);
            at += 1;
        } else {
            out.append(text, at, length);
            at += length;
        }
    }
    return out;
}

std::string Error::describe() const {
    std::string out;
    if (const std::string where = describe_place(place); !where.empty()) {
        out += where + ": ";
    }
    out += message;
    if (!place.cell.empty()) {
        out += fmt::format(" (cell: \"{}\")", printable(place.cell, kCellBytesMax));
    }
    if (!code.empty()) {
        out += fmt::format(" [{}]", code);
    }
    if (!place.source_line.empty()) {
        out += "\n  " + printable(place.source_line, kSourceLineBytesMax);
        if (place.caret != 0) {
            const std::string before = printable(place.source_line.substr(0, place.caret - 1), kSourceLineBytesMax);
            out += "\n  " + std::string(code_points(before), ' ') + "^";
        }
    }
    if (!remedy.empty()) {
        out += "\n  " + remedy;
    }
    return out;
}

Error&& Error::at(Place where) && {
    place = std::move(where);
    return std::move(*this);
}

Error&& Error::with_remedy(std::string text) && {
    remedy = std::move(text);
    return std::move(*this);
}

Error user_error(std::string code, std::string message) {
    return make(std::move(code), Blame::kUser, std::move(message));
}
Error data_error(std::string code, std::string message) {
    return make(std::move(code), Blame::kData, std::move(message));
}
Error conflict_error(std::string code, std::string message) {
    return make(std::move(code), Blame::kConflict, std::move(message));
}
Error system_error(std::string code, std::string message) {
    return make(std::move(code), Blame::kSystem, std::move(message));
}

int exit_code(Blame blame) {
    switch (blame) {
    case Blame::kUser: return 2;
    case Blame::kData: return 3;
    case Blame::kConflict: return 4;
    case Blame::kSystem: return 5;
    case Blame::kBug: return 70;
    }
    return 70;
}

} // namespace florin::base
