#include "ingest/vendor_file/expression.hpp"

#include <fmt/format.h>

#include <array>
#include <optional>
#include <utility>

namespace florin::ingest::vendor_file {
namespace {

bool is_letter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || static_cast<unsigned char>(c) >= 0x80;
}
bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

struct Token {
    enum class Kind : std::uint8_t { kName, kQuotedName, kText, kNumber, kSign, kEnd };
    Kind kind = Kind::kEnd;
    std::string text;
    std::size_t begin = 0;
    std::size_t end = 0;
};

class Parser {
public:
    explicit Parser(std::string_view text) : text_(text) {}

    ParsedExpression parse() {
        ParsedExpression parsed;
        if (text_.size() > kExpressionBytesMax) {
            fail(fmt::format("an expression has at most {} bytes", kExpressionBytesMax), 0);
        } else {
            advance();
            parsed.expression = read_or();
            if (!fault_ && token_.kind != Token::Kind::kEnd) {
                fail(fmt::format("the expression should end before `{}`", token_.text), token_.begin);
            }
        }
        if (fault_) {
            parsed.faults.push_back(*fault_);
        }
        return parsed;
    }

private:
    void fail(std::string message, std::size_t at) {
        if (!fault_) {
            fault_ = ExpressionFault{.message = std::move(message), .at = at};
        }
        token_ = {.kind = Token::Kind::kEnd, .text = {}, .begin = text_.size(), .end = text_.size()};
        at_ = text_.size();
    }

    /// A text or name between two of `quote`; the quote itself is written twice within.
    std::string read_quoted(char quote, std::size_t begin) {
        std::string out;
        for (++at_; at_ < text_.size(); ++at_) {
            if (text_[at_] != quote) {
                out += text_[at_];
            } else if (at_ + 1 < text_.size() && text_[at_ + 1] == quote) {
                out += text_[at_++];
            } else {
                ++at_;
                return out;
            }
        }
        fail(fmt::format("what begins with {} has no end", quote), begin);
        return {};
    }

    void advance() {
        while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\t' || text_[at_] == '\n')) {
            ++at_;
        }
        Token token{.kind = Token::Kind::kEnd, .text = {}, .begin = at_, .end = at_};
        if (at_ < text_.size()) {
            const char c = text_[at_];
            if (is_letter(c)) {
                token.kind = Token::Kind::kName;
                while (at_ < text_.size() && (is_letter(text_[at_]) || is_digit(text_[at_]) || text_[at_] == '.')) {
                    token.text += text_[at_++];
                }
            } else if (is_digit(c) || (c == '-' && at_ + 1 < text_.size() && is_digit(text_[at_ + 1]))) {
                token.kind = Token::Kind::kNumber;
                token.text += text_[at_++];
                while (at_ < text_.size() && (is_digit(text_[at_]) || text_[at_] == '.')) {
                    token.text += text_[at_++];
                }
            } else if (c == '\'' || c == '`') {
                token.kind = c == '`' ? Token::Kind::kQuotedName : Token::Kind::kText;
                token.text = read_quoted(c, token.begin);
            } else {
                token.kind = Token::Kind::kSign;
                const std::string_view two = text_.substr(at_, 2);
                token.text = two == "!=" || two == "<=" || two == ">=" ? two : text_.substr(at_, 1);
                at_ += token.text.size();
            }
        }
        token.end = at_;
        if (!fault_) {
            token_ = std::move(token);
        }
    }

    bool is_sign(std::string_view sign) const { return token_.kind == Token::Kind::kSign && token_.text == sign; }
    bool is_word(std::string_view word) const { return token_.kind == Token::Kind::kName && token_.text == word; }

    Expression joined(Expression left, Expression right, Expression::Kind kind, std::string text) {
        Expression out{.kind = kind, .text = std::move(text), .arguments = {}, .begin = left.begin, .end = right.end};
        out.arguments.push_back(std::move(left));
        out.arguments.push_back(std::move(right));
        return out;
    }

    Expression read_or() {
        if (++depth_ > kExpressionDepthMax) {
            fail(fmt::format("expressions stand at most {} deep in one another", kExpressionDepthMax), token_.begin);
        }
        Expression left = read_and();
        while (is_word("or")) {
            advance();
            left = joined(std::move(left), read_and(), Expression::Kind::kOr, {});
        }
        --depth_;
        return left;
    }

    Expression read_and() {
        Expression left = read_not();
        while (is_word("and")) {
            advance();
            left = joined(std::move(left), read_not(), Expression::Kind::kAnd, {});
        }
        return left;
    }

    Expression read_not() {
        bool is_negated = false;
        const std::size_t begin = token_.begin;
        while (is_word("not")) {
            advance();
            is_negated = !is_negated;
        }
        Expression is = read_is();
        if (!is_negated) {
            return is;
        }
        Expression out{.kind = Expression::Kind::kNot, .text = {}, .arguments = {}, .begin = begin, .end = is.end};
        out.arguments.push_back(std::move(is));
        return out;
    }

    Expression read_is() {
        Expression left = read_value();
        for (const std::string_view sign : {"=", "!=", "<=", ">=", "<", ">"}) {
            if (is_sign(sign)) {
                advance();
                return joined(std::move(left), read_value(), Expression::Kind::kIs, std::string(sign));
            }
        }
        return left;
    }

    Expression read_call(Token name) {
        Expression call{.kind = Expression::Kind::kCall, .text = name.text, .arguments = {}, .begin = name.begin};
        advance();
        while (!fault_ && !is_sign(")")) {
            call.arguments.push_back(read_or());
            if (is_sign(",")) {
                advance();
            } else if (!fault_ && !is_sign(")")) {
                fail(fmt::format("`{}(` is not closed here: `,` or `)` is expected", name.text), token_.begin);
            }
        }
        call.end = token_.end;
        advance();
        return call;
    }

    Expression read_value() {
        Token token = token_;
        Expression value{.text = token.text, .arguments = {}, .begin = token.begin, .end = token.end};
        switch (token.kind) {
        case Token::Kind::kName: advance(); return is_sign("(") ? read_call(std::move(token)) : value;
        case Token::Kind::kQuotedName: advance(); return value;
        case Token::Kind::kText:
        case Token::Kind::kNumber:
            value.kind = token.kind == Token::Kind::kText ? Expression::Kind::kText : Expression::Kind::kNumber;
            advance();
            return value;
        case Token::Kind::kSign:
            if (token.text == "(") {
                advance();
                Expression inner = read_or();
                if (!fault_ && !is_sign(")")) {
                    fail("`(` is not closed", token.begin);
                }
                advance();
                return inner;
            }
            fail(fmt::format("a column, a text, a number or a function is expected instead of `{}`", token.text),
                 token.begin);
            return value;
        case Token::Kind::kEnd: break;
        }
        fail("a column, a text, a number or a function is expected here", token.begin);
        return value;
    }

    std::string_view text_;
    std::size_t at_ = 0;
    Token token_;
    int depth_ = 0;
    std::optional<ExpressionFault> fault_;
};

} // namespace

ParsedExpression parse_expression(std::string_view text) {
    return Parser(text).parse();
}

} // namespace florin::ingest::vendor_file
