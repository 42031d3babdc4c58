// A filter over texts, ready to be held against many rows in C++: the single conditions, each tested against a text,
// and which one to look at next. What a filter means is the same as in SQL (filter.hpp).
#pragma once

#include "query/filter.hpp"

#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace florin::query {

/// One condition on one field of text. Cheap to copy; from any thread.
class TextCondition {
public:
    /// `leaf` is none of Not, And, Or, and its field is no value of the single charge; anything else is a bug.
    explicit TextCondition(const Filter& leaf);
    ~TextCondition();
    TextCondition(const TextCondition&);
    TextCondition(TextCondition&&) noexcept;
    TextCondition& operator=(const TextCondition&);
    TextCondition& operator=(TextCondition&&) noexcept;

    const Field& field() const;
    /// Whether it holds for a row whose field has this text; nullopt: the row has no value.
    bool holds(std::optional<std::string_view> text) const;
    /// Where it holds for a few known texts and nothing else (`=`, `in`): those texts, each once. Else nothing.
    std::optional<std::span<const std::string>> only_texts() const;

private:
    struct Test;
    std::shared_ptr<const Test> test_;
};

/// Start at step `start`; a step looks at its condition and goes on at `on_true` or `on_false`, until it is at
/// kTrue or kFalse.
struct FilterProgram {
    static constexpr std::uint32_t kTrue = std::numeric_limits<std::uint32_t>::max();
    static constexpr std::uint32_t kFalse = kTrue - 1;
    struct Step {
        std::uint32_t condition = 0;
        std::uint32_t on_true = kTrue;
        std::uint32_t on_false = kFalse;
    };
    std::vector<TextCondition> conditions;
    std::vector<Step> steps;
    std::uint32_t start = kTrue;
    /// Conditions without which the filter cannot hold.
    std::vector<std::uint32_t> required;

    /// `test(i)` says whether condition `i` holds for the row in question.
    template <class Test>
    bool run(const Test& test) const {
        std::uint32_t at = start;
        while (at < kFalse) {
            const Step& step = steps[at];
            at = test(step.condition) ? step.on_true : step.on_false;
        }
        return at == kTrue;
    }
};

/// The filter's program. Every field is one of text: values of the single charge are a bug.
FilterProgram make_program(const Filter& filter);

} // namespace florin::query
