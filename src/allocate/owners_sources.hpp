// Where rules get their values from, bound to the tuples' columns.
#pragma once

#include "allocate/rules.hpp"
#include "allocate/tuple_texts.hpp"
#include "period/period.hpp"

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <unordered_map>
#include <vector>

namespace florin::allocate {

/// A value on some days. Number 0 is no value.
struct DatedValue {
    period::Period days;
    std::uint32_t value = 0;
};

/// Numbers for values, from 1, in order of their coming.
class ValueNumbers {
public:
    std::uint32_t number(const std::string& value);
    const std::vector<std::string>& names() const { return names_; } ///< [0] is empty

private:
    std::unordered_map<std::string, std::uint32_t> numbers_;
    std::vector<std::string> names_ = {""};
};

/// A rule's source, for tuples.
class BoundSource {
public:
    virtual ~BoundSource() = default;
    /// Appends what the source has for the tuple on `days`, in any order, not overlapping; nothing for days on which it
    /// has no value. One thread at a time.
    virtual void values(std::size_t tuple, const period::Period& days, std::vector<DatedValue>& found) = 0;
    /// Whether it has the same value for every tuple on every day; the number, else 0.
    virtual std::uint32_t constant() const { return 0; }
};

/// Binds sources; what several of them need is made once. The tuples and the rules outlive it and what it makes.
class SourceBinder {
public:
    SourceBinder(const TupleTexts& tuples, ValueNumbers& numbers) : tuples_(tuples), numbers_(numbers) {}
    std::unique_ptr<BoundSource> bind(const ValueSource& source, const Normaliser& normaliser);

    /// For each code of a column the value's number, kUnknown until it is asked for.
    using CodeValues = std::vector<std::uint32_t>;

private:
    struct Binding;
    std::shared_ptr<CodeValues> code_values(const query::Field& field, const Normaliser& normaliser);
    std::shared_ptr<const std::vector<std::uint32_t>> code_keys(const query::Field& field, const LookupTable& table);
    std::shared_ptr<const std::vector<std::uint32_t>> code_nodes(const query::Field& field, const Hierarchy& tree);
    std::shared_ptr<const std::vector<std::uint32_t>> node_keys(const Hierarchy& tree, const LookupTable& table);
    std::shared_ptr<const std::vector<std::uint32_t>> entry_values(const LookupTable& table,
                                                                   const Normaliser& normaliser);

    const TupleTexts& tuples_;
    ValueNumbers& numbers_;
    std::map<std::pair<query::Field, const Normaliser*>, std::shared_ptr<CodeValues>> code_values_;
    std::map<std::tuple<const query::Field, const void*>, std::shared_ptr<const std::vector<std::uint32_t>>>
        by_code_; ///< of a field, for a table or a tree
    std::map<std::pair<const void*, const void*>, std::shared_ptr<const std::vector<std::uint32_t>>>
        by_entry_; ///< of a tree or a normaliser, for a table
};

} // namespace florin::allocate
