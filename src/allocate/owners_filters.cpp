#include "allocate/owners_filters.hpp"

#include <algorithm>
#include <utility>

namespace florin::allocate {
namespace {

/// What is remembered of a text and a condition.
enum Found : std::uint8_t { kNotAsked, kFails, kHolds };

} // namespace

const CodeFinder::Known& CodeFinder::known(const query::Field& field) {
    const auto [found, is_new] = known_.try_emplace(field);
    Known& known = found->second;
    if (is_new) {
        const TextColumn& of = column(field);
        known.codes.reserve(of.texts.size());
        for (const std::string& text : of.texts) {
            known.codes.emplace(text, static_cast<std::uint32_t>(known.codes.size() + 1));
        }
        known.tuple_counts.assign(of.texts.size() + 1, 0);
        for (const std::uint32_t code : of.codes) {
            ++known.tuple_counts[code];
        }
    }
    return known;
}

std::uint32_t CodeFinder::code(const query::Field& field, std::string_view text) {
    const Known& of = known(field);
    const auto found = of.codes.find(text);
    return found == of.codes.end() ? 0 : found->second;
}

std::uint64_t CodeFinder::tuple_count(const query::Field& field, std::uint32_t code) {
    return known(field).tuple_counts[code];
}

BoundFilter::BoundFilter(const query::Filter& filter, CodeFinder& finder) : program_(query::make_program(filter)) {
    for (const query::TextCondition& condition : program_.conditions) {
        Condition bound;
        bound.column = &finder.column(condition.field());
        const auto texts = condition.only_texts();
        if (texts && texts->size() == 1) {
            bound.only_code = finder.code(condition.field(), texts->front());
        } else if (is_worth_remembering(*bound.column)) {
            bound.memory.assign(bound.column->texts.size() + 1, kNotAsked);
        }
        conditions_.push_back(std::move(bound));
    }
    for (const std::uint32_t required : program_.required) {
        const query::TextCondition& condition = program_.conditions[required];
        const auto texts = condition.only_texts();
        if (!texts) {
            continue;
        }
        CodesNeeded codes;
        codes.column = conditions_[required].column;
        for (const std::string& text : *texts) {
            if (const std::uint32_t code = finder.code(condition.field(), text); code != 0) {
                codes.codes.push_back(code);
                codes.tuple_count += finder.tuple_count(condition.field(), code);
            }
        }
        if (!needed_ || codes.tuple_count < needed_->tuple_count) {
            needed_ = std::move(codes);
        }
    }
}

bool BoundFilter::holds(std::size_t tuple) {
    return program_.run([&](std::uint32_t condition) { return test(condition, tuple); });
}

bool BoundFilter::test(std::uint32_t condition, std::size_t tuple) {
    Condition& bound = conditions_[condition];
    const std::uint32_t code = bound.column->codes[tuple];
    if (bound.only_code) {
        return code != 0 && code == *bound.only_code;
    }
    if (!bound.memory.empty() && bound.memory[code] != kNotAsked) {
        return bound.memory[code] == kHolds;
    }
    const bool holds = program_.conditions[condition].holds(bound.column->text(code));
    if (!bound.memory.empty()) {
        bound.memory[code] = holds ? kHolds : kFails;
    }
    return holds;
}

} // namespace florin::allocate
