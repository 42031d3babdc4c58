#include "query/filter_program.hpp"

#include "base/check.hpp"
#include "query/like_pattern.hpp"

#include <algorithm>
#include <ranges>
#include <string>

namespace florin::query {
namespace {

const std::string& literal_text(const Literal& literal) {
    const auto* text = std::get_if<std::string>(&literal);
    FLORIN_CHECK(text != nullptr, "a field of text compares with text");
    return *text;
}

bool compares(Operator op, std::string_view text, std::string_view other) {
    switch (op) {
    case Operator::kEqual: return text == other;
    case Operator::kNotEqual: return text != other;
    case Operator::kLess: return text < other;
    case Operator::kLessOrEqual: return text <= other;
    case Operator::kGreater: return text > other;
    case Operator::kGreaterOrEqual: return text >= other;
    }
    return false;
}

} // namespace

struct TextCondition::Test {
    enum class Kind : std::uint8_t { kCompare, kIn, kLike, kIsNull, kBetween };
    Kind kind = Kind::kCompare;
    Field field;
    Operator op = Operator::kEqual;
    bool negated = false;
    std::vector<std::string> texts; ///< compared with; sorted for kIn
    std::optional<LikePattern> pattern;

    bool holds(std::optional<std::string_view> text) const {
        switch (kind) {
        case Kind::kCompare: return text ? compares(op, *text, texts.front()) : op == Operator::kNotEqual;
        case Kind::kIn: return (text && std::ranges::binary_search(texts, *text, std::less<>{})) != negated;
        case Kind::kLike: return (text && pattern->matches(*text)) != negated;
        case Kind::kIsNull: return !text != negated;
        case Kind::kBetween: return (text && *text >= texts.front() && *text <= texts.back()) != negated;
        }
        return false;
    }
};

namespace {

struct IsBranch {
    bool operator()(const Not&) const { return true; }
    bool operator()(const And&) const { return true; }
    bool operator()(const Or&) const { return true; }
    template <class Leaf>
    bool operator()(const Leaf&) const {
        return false;
    }
};

} // namespace

TextCondition::TextCondition(const Filter& leaf) {
    FLORIN_CHECK(!std::visit(IsBranch{}, leaf.node), "a single condition");
    Test test;
    if (const auto* compare = std::get_if<Compare>(&leaf.node)) {
        test = {Test::Kind::kCompare, compare->field, compare->op, false, {literal_text(compare->value)}, std::nullopt};
    } else if (const auto* in = std::get_if<In>(&leaf.node)) {
        test = {Test::Kind::kIn, in->field, Operator::kEqual, in->negated, {}, std::nullopt};
        std::ranges::transform(in->values, std::back_inserter(test.texts), literal_text);
        std::ranges::sort(test.texts);
        const auto repeated = std::ranges::unique(test.texts);
        test.texts.erase(repeated.begin(), repeated.end());
    } else if (const auto* like = std::get_if<Like>(&leaf.node)) {
        test = {Test::Kind::kLike, like->field, Operator::kEqual, like->negated, {}, std::nullopt};
        test.pattern.emplace(like->pattern,
                             like->ignore_case ? LikePattern::Kind::kIgnoreCase : LikePattern::Kind::kMatch);
    } else if (const auto* is_null = std::get_if<IsNull>(&leaf.node)) {
        test = {Test::Kind::kIsNull, is_null->field, Operator::kEqual, is_null->negated, {}, std::nullopt};
    } else if (const auto* between = std::get_if<Between>(&leaf.node)) {
        test = {Test::Kind::kBetween,
                between->field,
                Operator::kEqual,
                between->negated,
                {literal_text(between->low), literal_text(between->high)},
                std::nullopt};
    }
    FLORIN_CHECK(test.field.kind != Field::Kind::kChargeValue, "a field of text");
    test_ = std::make_shared<const Test>(std::move(test));
}

TextCondition::~TextCondition() = default;
TextCondition::TextCondition(const TextCondition&) = default;
TextCondition::TextCondition(TextCondition&&) noexcept = default;
TextCondition& TextCondition::operator=(const TextCondition&) = default;
TextCondition& TextCondition::operator=(TextCondition&&) noexcept = default;

const Field& TextCondition::field() const {
    return test_->field;
}

bool TextCondition::holds(std::optional<std::string_view> text) const {
    return test_->holds(text);
}

std::optional<std::span<const std::string>> TextCondition::only_texts() const {
    const bool is_equality = test_->kind == Test::Kind::kCompare && test_->op == Operator::kEqual;
    const bool is_list = test_->kind == Test::Kind::kIn && !test_->negated;
    return is_equality || is_list ? std::optional(std::span(test_->texts)) : std::nullopt;
}

namespace {

/// Writes the steps from the last to the first: each knows where to go on before it is written.
class ProgramWriter {
public:
    explicit ProgramWriter(FilterProgram& program) : program_(program) {}

    /// The step where `filter` begins, which goes on at `on_true` or `on_false`.
    std::uint32_t write(const Filter& filter, std::uint32_t on_true, std::uint32_t on_false) {
        if (const auto* negation = std::get_if<Not>(&filter.node)) {
            return write(negation->operand.front(), on_false, on_true);
        }
        if (const auto* all = std::get_if<And>(&filter.node)) {
            std::uint32_t entry = on_true;
            for (const Filter& operand : std::views::reverse(all->operands)) {
                entry = write(operand, entry, on_false);
            }
            return entry;
        }
        if (const auto* any = std::get_if<Or>(&filter.node)) {
            std::uint32_t entry = on_false;
            for (const Filter& operand : std::views::reverse(any->operands)) {
                entry = write(operand, on_true, entry);
            }
            return entry;
        }
        program_.conditions.emplace_back(filter);
        const auto condition = static_cast<std::uint32_t>(program_.conditions.size() - 1);
        program_.steps.push_back({condition, on_true, on_false});
        return static_cast<std::uint32_t>(program_.steps.size() - 1);
    }

    /// Conditions joined by nothing but `and` from the top.
    void note_required(const Filter& filter, std::uint32_t& next) {
        if (const auto* all = std::get_if<And>(&filter.node)) {
            for (const Filter& operand : std::views::reverse(all->operands)) {
                note_required(operand, next);
            }
            return;
        }
        if (!std::visit(IsBranch{}, filter.node)) {
            program_.required.push_back(next);
        }
        next += leaf_count(filter);
    }

private:
    static std::uint32_t leaf_count(const Filter& filter) {
        const auto sum = [](const std::vector<Filter>& operands) {
            std::uint32_t count = 0;
            for (const Filter& operand : operands) {
                count += leaf_count(operand);
            }
            return count;
        };
        if (const auto* negation = std::get_if<Not>(&filter.node)) {
            return sum(negation->operand);
        }
        if (const auto* all = std::get_if<And>(&filter.node)) {
            return sum(all->operands);
        }
        if (const auto* any = std::get_if<Or>(&filter.node)) {
            return sum(any->operands);
        }
        return 1;
    }

    FilterProgram& program_;
};

} // namespace

FilterProgram make_program(const Filter& filter) {
    FilterProgram program;
    ProgramWriter writer(program);
    program.start = writer.write(filter, FilterProgram::kTrue, FilterProgram::kFalse);
    std::uint32_t next = 0;
    writer.note_required(filter, next);
    return program;
}

} // namespace florin::query
