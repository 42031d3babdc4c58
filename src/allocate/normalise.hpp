// Values as people write them, made one: blanks, capitals and aliases. Misspellings are proposed, never changed.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace florin::allocate {

/// How the values of a dimension are written.
struct Normaliser {
    enum class Case : std::uint8_t { kKeep, kLower, kUpper };
    bool trim = true; ///< without blanks, tabs and line breaks at both ends
    Case letter_case = Case::kKeep;
    std::map<std::string, std::string, std::less<>> aliases; ///< after trimming and case: what is meant
    std::set<std::string, std::less<>> known;                ///< values that are no misspellings; may be empty

    /// Nothing where no text is left.
    std::optional<std::string> apply(std::string_view text) const;
};

/// A value taken from a tag, a column or a table that looks like a misspelling of another one. Nothing was changed.
struct Misspelling {
    std::string value;
    std::string suggestion; ///< empty: the value is not one of those declared, and resembles none
    std::uint64_t tuple_count = 0;
    friend bool operator==(const Misspelling&, const Misspelling&) = default;
};

/// At most so many values are looked at: those of most tuples.
inline constexpr std::size_t kValuesComparedMax = 3000;

/// Which of the values look like misspellings. `found`: each value with its number of tuples. With `declared` values
/// every other one is named, with the declared value nearest to it; without, each that is near to one with at least as
/// many tuples that is no misspelling itself. Near is base::nearest; names that differ in their digits are not near
/// (`team-1`, `team-2`), nor are those of fewer than 4 letters and digits. Sorted by value.
std::vector<Misspelling> propose(std::span<const std::pair<std::string, std::uint64_t>> found,
                                 const std::set<std::string, std::less<>>& declared);

} // namespace florin::allocate
