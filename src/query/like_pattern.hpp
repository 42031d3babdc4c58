// Patterns of `like`, ready to be held against many texts, and patterns that take a part out of a text.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace florin::query {

/// A pattern over whole texts (UTF-8): `%` any text, `_` any one character, `\` takes the next character as it is.
/// A capturing pattern has `{}` once, which stands for one or more characters. Where a text fits in several ways,
/// each `%` and `{}` takes as little as it can, from left to right.
class LikePattern {
public:
    enum class Kind : std::uint8_t { kMatch, kIgnoreCase, kCapture };

    /// `pattern` does not end in a single `\`, which the filter's reader refuses; only kCapture knows `{}`.
    LikePattern(std::string_view pattern, Kind kind);

    /// Time in proportion to the text's length times the pattern's, at most.
    bool matches(std::string_view text) const;

    /// What `{}` stands for in the text; nothing where the text does not fit, or the pattern has no `{}`.
    std::optional<std::string_view> capture(std::string_view text) const;

    /// How often `{}` is in the pattern.
    std::size_t capture_count() const;

private:
    struct Part {
        enum class Kind : std::uint8_t { kText, kOne, kAny, kCapture };
        Kind kind = Kind::kText;
        std::string text;
    };
    struct Range {
        std::size_t begin = 0;
        std::size_t end = 0;
    };
    bool match(std::string_view text, Range& captured) const;
    /// The first place at or behind `end` where a `%` or `{}`, part `part`, may end: where the text behind it stands.
    std::optional<std::size_t> next_end(std::string_view text, std::size_t part, std::size_t end) const;

    std::vector<Part> parts_;
    bool ignore_case_;
};

} // namespace florin::query
