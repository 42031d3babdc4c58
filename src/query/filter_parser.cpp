#include "query/catalogue.hpp"
#include "query/filter.hpp"
#include "query/filter_lexer.hpp"

#include "focus/focus.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <optional>
#include <utility>

namespace florin::query {
namespace {

std::string lower(std::string_view text) {
    std::string out(text);
    std::ranges::transform(out, out.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return out;
}

/// What a field's values are.
enum class ValueType : std::uint8_t { kText, kMoney, kQuantity, kInstant };

class Parser {
public:
    Parser(std::string_view text, std::vector<Token> tokens, const Catalogue& catalogue)
        : text_(text), tokens_(std::move(tokens)), catalogue_(catalogue) {}

    base::Result<Filter> run() {
        if (here().kind == Token::Kind::kEnd) {
            return error_at("filter.empty", "the filter is empty", text_, 0);
        }
        FLORIN_TRY_ASSIGN(Filter filter, any_of(0));
        if (here().kind != Token::Kind::kEnd) {
            return unexpected("`and`, `or` or the end of the filter");
        }
        return filter;
    }

    base::Result<Field> run_field() {
        FLORIN_TRY_ASSIGN(Field found, field());
        if (here().kind != Token::Kind::kEnd) {
            return unexpected("nothing more after the name");
        }
        return found;
    }

private:
    const Token& here() const { return tokens_[at_]; }
    void advance() { ++at_; }
    bool is_word(std::string_view word) const {
        return here().kind == Token::Kind::kName && lower(here().text) == word;
    }
    bool is_symbol(std::string_view symbol) const {
        return here().kind == Token::Kind::kSymbol && here().text == symbol;
    }
    bool take_word(std::string_view word) {
        const bool found = is_word(word);
        at_ += found ? 1U : 0U;
        return found;
    }
    bool take_symbol(std::string_view symbol) {
        const bool found = is_symbol(symbol);
        at_ += found ? 1U : 0U;
        return found;
    }

    base::Error unexpected(std::string_view wanted) const {
        const bool end = here().kind == Token::Kind::kEnd;
        return error_at("filter.syntax",
                        fmt::format("the filter {}; expected {}",
                                    end ? std::string("ends too early") : fmt::format("cannot go on like this"),
                                    wanted),
                        text_, here().offset);
    }

    base::Result<Filter> any_of(int depth) {
        if (depth > kFilterDepthMax) {
            return error_at("filter.too_deep",
                            fmt::format("the filter is nested deeper than {} levels", kFilterDepthMax), text_,
                            here().offset);
        }
        FLORIN_TRY_ASSIGN(Filter first, all_of(depth));
        std::vector<Filter> operands;
        operands.push_back(std::move(first));
        while (take_word("or")) {
            FLORIN_TRY_ASSIGN(Filter next, all_of(depth));
            operands.push_back(std::move(next));
        }
        return operands.size() == 1 ? std::move(operands.front()) : Filter{Or{std::move(operands)}};
    }

    base::Result<Filter> all_of(int depth) {
        FLORIN_TRY_ASSIGN(Filter first, negation(depth));
        std::vector<Filter> operands;
        operands.push_back(std::move(first));
        while (take_word("and")) {
            FLORIN_TRY_ASSIGN(Filter next, negation(depth));
            operands.push_back(std::move(next));
        }
        return operands.size() == 1 ? std::move(operands.front()) : Filter{And{std::move(operands)}};
    }

    base::Result<Filter> negation(int depth) {
        if (is_word("not")) {
            if (depth >= kFilterDepthMax) {
                return error_at("filter.too_deep",
                                fmt::format("the filter is nested deeper than {} levels", kFilterDepthMax), text_,
                                here().offset);
            }
            advance();
            FLORIN_TRY_ASSIGN(Filter operand, negation(depth + 1));
            std::vector<Filter> one;
            one.push_back(std::move(operand));
            return Filter{Not{std::move(one)}};
        }
        if (take_symbol("(")) {
            FLORIN_TRY_ASSIGN(Filter inner, any_of(depth + 1));
            if (!take_symbol(")")) {
                return unexpected("`)`");
            }
            return inner;
        }
        return condition();
    }

    base::Result<Field> field() {
        const Token token = here();
        switch (token.kind) {
        case Token::Kind::kTag: advance(); return Field{Field::Kind::kTag, token.text};
        case Token::Kind::kCustom: advance(); return Field{Field::Kind::kCustom, focus::custom_name(token.text)};
        case Token::Kind::kName: break;
        default: return unexpected("the name of a dimension");
        }
        if (const Dimension* dimension = catalogue_.find_dimension(token.text)) {
            advance();
            return Field{Field::Kind::kDimension, dimension->name};
        }
        if (const ChargeValue* value = catalogue_.find_charge_value(token.text)) {
            advance();
            return Field{Field::Kind::kChargeValue, value->name};
        }
        if (token.text.starts_with("x_")) {
            advance();
            return Field{Field::Kind::kCustom, token.text};
        }
        base::Error error =
            error_at("filter.unknown_name", fmt::format("there is no dimension `{}`", token.text), text_, token.offset);
        error.remedy = catalogue_.suggest_field(token.text);
        if (error.remedy.empty()) {
            error.remedy = "A tag is `tag.KEY`, a custom column `x.NAME`; docs/reference/measures-and-dimensions.md "
                           "lists the dimensions.";
        }
        return error;
    }

    ValueType type_of(const Field& field) const {
        if (field.kind != Field::Kind::kChargeValue) {
            return ValueType::kText;
        }
        switch (catalogue_.find_charge_value(field.name)->type) {
        case ChargeValue::Type::kMoney: return ValueType::kMoney;
        case ChargeValue::Type::kQuantity: return ValueType::kQuantity;
        case ChargeValue::Type::kInstant: return ValueType::kInstant;
        }
        return ValueType::kText;
    }

    base::Result<Filter> condition() {
        FLORIN_TRY_ASSIGN(Field subject, field());
        const ValueType type = type_of(subject);
        if (take_word("is")) {
            const bool negated = take_word("not");
            if (!take_word("null")) {
                return unexpected("`null`");
            }
            return Filter{IsNull{std::move(subject), negated}};
        }
        const bool negated = take_word("not");
        if (take_word("in")) {
            FLORIN_TRY_ASSIGN(std::vector<Literal> values, list(subject, type));
            return Filter{In{std::move(subject), negated, std::move(values)}};
        }
        if (is_word("like") || is_word("ilike")) {
            return like(std::move(subject), type, negated);
        }
        if (take_word("between")) {
            FLORIN_TRY_ASSIGN(Literal low, literal(subject, type));
            if (!take_word("and")) {
                return unexpected("`and` and the upper end");
            }
            FLORIN_TRY_ASSIGN(Literal high, literal(subject, type));
            return Filter{Between{std::move(subject), negated, std::move(low), std::move(high)}};
        }
        if (negated) {
            return unexpected("`in`, `like`, `ilike` or `between` after `not`");
        }
        const auto op = take_operator();
        if (!op) {
            return unexpected(fmt::format("a comparison of `{}`: = != < <= > >= in, like, ilike, between or is null",
                                          to_text(subject)));
        }
        FLORIN_TRY_ASSIGN(Literal value, literal(subject, type));
        return Filter{Compare{std::move(subject), *op, std::move(value)}};
    }

    std::optional<Operator> take_operator() {
        static constexpr std::pair<std::string_view, Operator> kOperators[] = {
            {"=", Operator::kEqual},        {"!=", Operator::kNotEqual}, {"<", Operator::kLess},
            {"<=", Operator::kLessOrEqual}, {">", Operator::kGreater},   {">=", Operator::kGreaterOrEqual}};
        for (const auto& [symbol, op] : kOperators) {
            if (take_symbol(symbol)) {
                return op;
            }
        }
        return std::nullopt;
    }

    base::Result<std::vector<Literal>> list(const Field& subject, ValueType type) {
        if (!take_symbol("(")) {
            return unexpected("`(` and a list of values");
        }
        std::vector<Literal> values;
        do {
            FLORIN_TRY_ASSIGN(Literal value, literal(subject, type));
            values.push_back(std::move(value));
        } while (take_symbol(","));
        if (!take_symbol(")")) {
            return unexpected("`,` or `)`");
        }
        return values;
    }

    base::Result<Filter> like(Field subject, ValueType type, bool negated) {
        const bool ignore_case = is_word("ilike");
        const std::size_t offset = here().offset;
        advance();
        if (type != ValueType::kText) {
            return error_at("filter.wrong_type", fmt::format("`{}` is no text and has no pattern", to_text(subject)),
                            text_, offset);
        }
        if (here().kind != Token::Kind::kString) {
            return unexpected("a pattern in single quotes, as in 'eu-%'");
        }
        std::size_t backslashes = 0;
        for (auto c = here().text.rbegin(); c != here().text.rend() && *c == '\\'; ++c) {
            ++backslashes;
        }
        if (backslashes % 2 == 1) {
            return error_at("filter.bad_pattern", "the pattern ends in a single `\\`", text_, here().offset)
                .with_remedy("`\\` takes the next character as it is; write `\\\\` for one `\\`.");
        }
        Like result{std::move(subject), negated, ignore_case, here().text};
        advance();
        return Filter{std::move(result)};
    }

    base::Result<Literal> literal(const Field& subject, ValueType type) {
        const Token token = here();
        const bool is_string = token.kind == Token::Kind::kString;
        const bool is_number = token.kind == Token::Kind::kNumber;
        if (!is_string && !is_number) {
            base::Error error = unexpected(type == ValueType::kText      ? "text in single quotes"
                                           : type == ValueType::kInstant ? "a day, as in '2024-09-18'"
                                                                         : "a number");
            if (token.kind == Token::Kind::kName && type == ValueType::kText) {
                error.remedy = lower(token.text) == "null" ? "Write `is null` or `is not null`."
                                                           : fmt::format("Write '{}' for the text.", token.text);
            }
            return error;
        }
        const auto wrong_type = [&](std::string_view wanted) {
            return error_at("filter.wrong_type", fmt::format("`{}` compares with {}", to_text(subject), wanted), text_,
                            token.offset);
        };
        const auto place = [&](base::Error error, std::string code) {
            base::Error placed = error_at(std::move(code), error.message, text_, token.offset);
            placed.remedy = error.remedy;
            return placed;
        };
        advance();
        switch (type) {
        case ValueType::kText:
            if (!is_string) {
                return wrong_type("text").with_remedy(fmt::format("Write '{}'.", token.text));
            }
            return Literal{token.text};
        case ValueType::kMoney: {
            if (!is_number) {
                return wrong_type("a number").with_remedy("Numbers stand without quotes.");
            }
            auto value = money::Decimal::parse(token.text);
            return value.ok() ? base::Result<Literal>(Literal{*value}) : place(value.error(), "filter.bad_number");
        }
        case ValueType::kQuantity: {
            if (!is_number) {
                return wrong_type("a number").with_remedy("Numbers stand without quotes.");
            }
            auto value = money::Quantity::parse(token.text);
            return value.ok() ? base::Result<Literal>(Literal{*value}) : place(value.error(), "filter.bad_number");
        }
        case ValueType::kInstant: {
            if (!is_string) {
                return wrong_type("a day").with_remedy("Write it in quotes: '2024-09-18'.");
            }
            auto value = period::parse_day(token.text);
            return value.ok() ? base::Result<Literal>(Literal{*value}) : place(value.error(), "filter.bad_date");
        }
        }
        return wrong_type("text");
    }

    std::string_view text_;
    std::vector<Token> tokens_;
    const Catalogue& catalogue_;
    std::size_t at_ = 0;
};

} // namespace

base::Result<Filter> parse_filter(std::string_view text, const Catalogue& catalogue) {
    FLORIN_TRY_ASSIGN(std::vector<Token> tokens, lex_filter(text));
    return Parser(text, std::move(tokens), catalogue).run();
}

base::Result<Field> parse_field(std::string_view text, const Catalogue& catalogue) {
    FLORIN_TRY_ASSIGN(std::vector<Token> tokens, lex_filter(text));
    return Parser(text, std::move(tokens), catalogue).run_field();
}

} // namespace florin::query
