#include "allocate/normalise.hpp"

#include "base/nearest.hpp"
#include "query/letter_case.hpp"

#include <algorithm>
#include <bitset>

namespace florin::allocate {
namespace {

constexpr std::size_t kLettersMin = 4;

std::string_view trimmed(std::string_view text) {
    constexpr std::string_view kBlank = " \t\r\n";
    const std::size_t first = text.find_first_not_of(kBlank);
    return first == std::string_view::npos ? std::string_view()
                                           : text.substr(first, text.find_last_not_of(kBlank) - first + 1);
}

std::string digits_of(std::string_view text) {
    std::string out;
    std::ranges::copy_if(text, std::back_inserter(out), [](char c) { return c >= '0' && c <= '9'; });
    return out;
}

/// What can be told of a name without comparing it letter by letter.
struct Outline {
    std::string_view name;
    std::string plain;
    std::string digits;
    std::bitset<256> letters;

    explicit Outline(std::string_view text) : name(text), plain(base::plain_name(text)), digits(digits_of(text)) {
        for (const char c : plain) {
            letters.set(static_cast<unsigned char>(c));
        }
    }
    bool is_long_enough() const { return plain.size() >= kLettersMin; }
    /// Whether base::nearest may find them near: one change mends one letter that only one of them has.
    bool may_be_near(const Outline& other) const {
        const std::size_t most = plain.size() / 3;
        const std::size_t gap = std::max(plain.size(), other.plain.size()) - std::min(plain.size(), other.plain.size());
        return gap <= most && other.is_long_enough() && digits == other.digits &&
               (letters & ~other.letters).count() <= most && (other.letters & ~letters).count() <= most;
    }
};

std::optional<std::string_view> meant(const Outline& value, std::span<const Outline> candidates) {
    std::vector<std::string_view> alike;
    for (const Outline& candidate : candidates) {
        if (value.may_be_near(candidate)) {
            alike.push_back(candidate.name);
        }
    }
    return value.is_long_enough() ? base::nearest(value.name, alike) : std::nullopt;
}

} // namespace

std::optional<std::string> Normaliser::apply(std::string_view text) const {
    if (trim) {
        text = trimmed(text);
    }
    std::string out = letter_case == Case::kLower   ? query::lower_case(text)
                      : letter_case == Case::kUpper ? query::upper_case(text)
                                                    : std::string(text);
    if (const auto alias = aliases.find(out); alias != aliases.end()) {
        return alias->second;
    }
    return out.empty() ? std::nullopt : std::optional(std::move(out));
}

std::vector<Misspelling> propose(std::span<const std::pair<std::string, std::uint64_t>> found,
                                 const std::set<std::string, std::less<>>& declared) {
    std::vector<std::pair<std::string, std::uint64_t>> doubtful;
    std::ranges::copy_if(found, std::back_inserter(doubtful),
                         [&](const auto& one) { return !declared.contains(one.first); });
    // Most tuples first: what is meant stands before what is misspelt.
    std::ranges::sort(doubtful, [](const auto& a, const auto& b) {
        return a.second != b.second ? a.second > b.second : a.first < b.first;
    });
    doubtful.resize(std::min(doubtful.size(), kValuesComparedMax));
    std::vector<Outline> candidates(declared.begin(), declared.end());
    std::vector<Misspelling> proposals;
    for (const auto& [value, tuple_count] : doubtful) {
        const Outline outline(value);
        if (const auto other = meant(outline, candidates)) {
            proposals.push_back({value, std::string(*other), tuple_count});
        } else if (declared.empty()) {
            candidates.push_back(outline);
        } else {
            proposals.push_back({value, "", tuple_count});
        }
    }
    std::ranges::sort(proposals, {}, &Misspelling::value);
    return proposals;
}

} // namespace florin::allocate
