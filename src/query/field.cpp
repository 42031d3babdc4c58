#include "query/field.hpp"

#include <algorithm>

namespace florin::query {
namespace {

std::string key_text(std::string_view key) {
    const bool bare = !key.empty() &&
                      std::ranges::all_of(key, [](char c) { return is_bare_key_byte(static_cast<unsigned char>(c)); });
    if (bare) {
        return std::string(key);
    }
    std::string out = "\"";
    for (const char c : key) {
        out += c;
        if (c == '"') {
            out += c;
        }
    }
    return out + '"';
}

} // namespace

bool is_bare_key_byte(unsigned char byte) {
    return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') || (byte >= '0' && byte <= '9') ||
           byte >= 0x80 || std::string_view("_-:/.@+").find(static_cast<char>(byte)) != std::string_view::npos;
}

std::string to_text(const Field& field) {
    switch (field.kind) {
    case Field::Kind::kDimension:
    case Field::Kind::kChargeValue: return field.name;
    case Field::Kind::kTag: return "tag." + key_text(field.name);
    case Field::Kind::kCustom: {
        // The lake's name has an x_ in front; `x.` stands for it unless nothing or another x_ follows.
        const std::string_view rest = std::string_view(field.name).substr(2);
        return "x." + key_text(rest.empty() || rest.starts_with("x_") ? std::string_view(field.name) : rest);
    }
    }
    return field.name;
}

} // namespace florin::query
