// Filters of rules, bound to the tuples' columns.
#pragma once

#include "allocate/tuple_texts.hpp"
#include "query/filter_program.hpp"

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace florin::allocate {

/// Tuples that a filter holds for are among those with one of these codes.
struct CodesNeeded {
    const TextColumn* column = nullptr;
    std::vector<std::uint32_t> codes;
    std::uint64_t tuple_count = 0; ///< that have one of them
};

/// Finds codes of texts and counts tuples; each column is looked through once. The tuples outlive it.
class CodeFinder {
public:
    explicit CodeFinder(const TupleTexts& tuples) : tuples_(tuples) {}
    const TextColumn& column(const query::Field& field) const { return tuples_.column(field); }
    /// 0 where no tuple has the text.
    std::uint32_t code(const query::Field& field, std::string_view text);
    std::uint64_t tuple_count(const query::Field& field, std::uint32_t code);

private:
    struct Known {
        std::unordered_map<std::string_view, std::uint32_t> codes;
        std::vector<std::uint64_t> tuple_counts; ///< by code
    };
    const Known& known(const query::Field& field);

    const TupleTexts& tuples_;
    std::map<query::Field, Known> known_;
};

/// A filter, ready for tuples. One thread at a time: it remembers what it found of a text.
class BoundFilter {
public:
    BoundFilter(const query::Filter& filter, CodeFinder& finder);
    bool holds(std::size_t tuple);
    /// The condition without which it cannot hold that leaves the fewest tuples; null where none names its texts.
    const CodesNeeded* needed() const { return needed_ ? &*needed_ : nullptr; }

private:
    /// One condition of the program.
    struct Condition {
        const TextColumn* column = nullptr;
        std::optional<std::uint32_t> only_code; ///< it holds for this code and no other; 0: for none
        std::vector<std::uint8_t> memory;       ///< by code: unknown, false, true; empty: none is kept
    };
    bool test(std::uint32_t condition, std::size_t tuple);

    query::FilterProgram program_;
    std::vector<Condition> conditions_;
    std::optional<CodesNeeded> needed_;
};

} // namespace florin::allocate
