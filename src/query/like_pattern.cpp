#include "query/like_pattern.hpp"

#include "query/letter_case.hpp"

#include <algorithm>

namespace florin::query {
namespace {

/// Where the character that starts at `at` ends.
std::size_t after_character(std::string_view text, std::size_t at) {
    ++at;
    while (at < text.size() && (static_cast<unsigned char>(text[at]) & 0xC0U) == 0x80U) {
        ++at;
    }
    return at;
}

} // namespace

LikePattern::LikePattern(std::string_view pattern, Kind kind) : ignore_case_(kind == Kind::kIgnoreCase) {
    const std::string lowered = ignore_case_ ? lower_case(pattern) : std::string(pattern);
    const auto add_text = [this](char c) {
        if (parts_.empty() || parts_.back().kind != Part::Kind::kText) {
            parts_.push_back({Part::Kind::kText, ""});
        }
        parts_.back().text += c;
    };
    for (std::size_t at = 0; at < lowered.size(); ++at) {
        const char c = lowered[at];
        if (c == '\\' && at + 1 < lowered.size()) {
            add_text(lowered[++at]);
        } else if (c == '%') {
            parts_.push_back({Part::Kind::kAny, ""});
        } else if (c == '_') {
            parts_.push_back({Part::Kind::kOne, ""});
        } else if (kind == Kind::kCapture && std::string_view(lowered).substr(at).starts_with("{}")) {
            parts_.push_back({Part::Kind::kCapture, ""});
            ++at;
        } else {
            add_text(c);
        }
    }
}

bool LikePattern::matches(std::string_view text) const {
    Range captured;
    return ignore_case_ ? match(lower_case(text), captured) : match(text, captured);
}

std::optional<std::string_view> LikePattern::capture(std::string_view text) const {
    Range captured;
    if (!match(text, captured) || captured.end == captured.begin) {
        return std::nullopt;
    }
    return text.substr(captured.begin, captured.end - captured.begin);
}

std::size_t LikePattern::capture_count() const {
    return static_cast<std::size_t>(std::ranges::count(parts_, Part::Kind::kCapture, &Part::kind));
}

std::optional<std::size_t> LikePattern::next_end(std::string_view text, std::size_t part, std::size_t end) const {
    if (part + 1 == parts_.size()) {
        return text.size(); // nothing follows
    }
    const Part& next = parts_[part + 1];
    if (next.kind != Part::Kind::kText) {
        return end <= text.size() ? std::optional(end) : std::nullopt;
    }
    const bool is_last = part + 2 == parts_.size();
    const std::size_t size = next.text.size();
    const std::size_t at = !is_last ? text.find(next.text, end) : text.size() < size ? 0 : text.size() - size;
    return at != std::string_view::npos && at >= end ? std::optional(at) : std::nullopt;
}

/// Goes back to the last `%` or `{}` only: if what stands between two of them fits at all, the first place where it
/// fits leaves most to those behind.
bool LikePattern::match(std::string_view text, Range& captured) const {
    std::size_t at = 0;
    std::size_t part = 0;
    std::optional<std::size_t> star;     // the last part that can take more
    std::optional<std::size_t> star_end; // where its text ends
    for (;;) {
        bool fits = part < parts_.size() || at == text.size();
        if (part == parts_.size()) {
            if (fits) {
                return true;
            }
        } else if (const Part& next = parts_[part]; next.kind == Part::Kind::kText) {
            fits = text.substr(at).starts_with(next.text);
            at += fits ? next.text.size() : 0;
        } else {
            const std::size_t begin = at;
            if (next.kind != Part::Kind::kAny) { // one character, or at least one
                fits = at < text.size();
                at = fits ? after_character(text, at) : at;
            }
            if (fits && next.kind != Part::Kind::kOne) {
                star = part;
                star_end = next_end(text, part, at);
                fits = star_end.has_value();
                at = star_end.value_or(at);
            }
            if (fits && next.kind == Part::Kind::kCapture) {
                captured = {begin, at};
            }
        }
        if (fits) {
            ++part;
            continue;
        }
        if (!star || !star_end || *star_end >= text.size()) {
            return false;
        }
        star_end = next_end(text, *star, after_character(text, *star_end));
        if (!star_end) {
            return false;
        }
        at = *star_end;
        part = *star + 1;
        if (parts_[*star].kind == Part::Kind::kCapture) {
            captured.end = at;
        }
    }
}

} // namespace florin::query
