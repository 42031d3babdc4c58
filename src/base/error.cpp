#include "base/error.hpp"

#include "base/terminal_text.hpp"

#include <fmt/format.h>

#include <utility>

namespace florin::base {
namespace {

constexpr std::size_t kCellBytesMax = 200;
constexpr std::size_t kSourceLineBytesMax = 2000;

/// Safe to show, line by line.
std::string terminal_lines(std::string_view text) {
    std::string out;
    for (std::size_t end = 0; (end = text.find('\n')) != std::string_view::npos; text.remove_prefix(end + 1)) {
        out += terminal_text(text.substr(0, end)) + "\n";
    }
    return out + terminal_text(text);
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
        append(terminal_text(place.file));
    }
    if (place.row != 0) {
        append(fmt::format("row {}", place.row));
    }
    if (!place.column.empty()) {
        append(fmt::format("column {}", terminal_text(place.column)));
    }
    return out;
}

} // namespace

std::string Error::describe() const {
    std::string out;
    if (const std::string where = describe_place(place); !where.empty()) {
        out += where + ": ";
    }
    out += terminal_lines(message);
    if (!place.cell.empty()) {
        out += fmt::format(" (cell: \"{}\")", terminal_text(place.cell, kCellBytesMax));
    }
    if (!code.empty()) {
        out += fmt::format(" [{}]", code);
    }
    if (!place.source_line.empty()) {
        out += "\n  " + terminal_text(place.source_line, kSourceLineBytesMax);
        if (place.caret != 0) {
            const std::string before = terminal_text(place.source_line.substr(0, place.caret - 1), kSourceLineBytesMax);
            out += "\n  " + std::string(static_cast<std::size_t>(column_count(before)), ' ') + "^";
        }
    }
    if (!remedy.empty()) {
        out += "\n  " + terminal_lines(remedy);
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
