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

/// Goes back to the last `%` or `{}` only: if what stands between two of them fits at all, the first place where it
/// fits leaves most to those behind.
bool LikePattern::match(std::string_view text, Range& captured) const {
    constexpr std::size_t kNone = std::string_view::npos;
    std::size_t at = 0;
    std::size_t part = 0;
    std::size_t star = kNone; // the last part that can take more
    std::size_t star_end = 0; // where its text ends
    for (;;) {
        bool fits = true;
        if (part == parts_.size()) {
            if (at == text.size()) {
                return true;
            }
            fits = false;
        } else if (const Part& next = parts_[part]; next.kind == Part::Kind::kText) {
            fits = text.substr(at).starts_with(next.text);
            at += fits ? next.text.size() : 0;
        } else if (next.kind == Part::Kind::kAny) {
            star = part;
            star_end = at;
        } else {
            fits = at < text.size();
            const std::size_t begin = at;
            at = fits ? after_character(text, at) : at;
            if (fits && next.kind == Part::Kind::kCapture) {
                star = part;
                star_end = at;
                captured = {begin, at};
            }
        }
        if (fits) {
            ++part;
            continue;
        }
        if (star == kNone || star_end >= text.size()) {
            return false;
        }
        star_end = after_character(text, star_end);
        if (parts_[star].kind == Part::Kind::kCapture) {
            captured.end = star_end;
        }
        at = star_end;
        part = star + 1;
    }
}

} // namespace florin::query
