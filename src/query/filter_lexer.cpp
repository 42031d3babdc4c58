#include "query/filter_lexer.hpp"

#include "query/field.hpp"
#include "query/filter.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>

namespace florin::query {
namespace {

bool is_blank(char c) {
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}
bool is_digit(char c) {
    return c >= '0' && c <= '9';
}
bool is_name_start(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}
bool is_name(char c) {
    return is_name_start(c) || is_digit(c);
}

/// Length of the well-formed UTF-8 sequence at `at`, 0 where there is none.
std::size_t utf8_length(std::string_view text, std::size_t at) {
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
    const unsigned char lead = byte(at);
    if (lead < 0x80) {
        return 1;
    }
    const std::size_t length = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
    if (lead < 0xC2 || lead > 0xF4 || at + length > text.size()) {
        return 0;
    }
    for (std::size_t i = 1; i < length; ++i) {
        if ((byte(at + i) & 0xC0U) != 0x80U) {
            return 0;
        }
    }
    const bool overlong = (lead == 0xE0 && byte(at + 1) < 0xA0) || (lead == 0xF0 && byte(at + 1) < 0x90);
    const bool surrogate = lead == 0xED && byte(at + 1) > 0x9F;
    const bool too_high = lead == 0xF4 && byte(at + 1) > 0x8F;
    return overlong || surrogate || too_high ? 0 : length;
}

/// Byte of the first character that may not be in a filter: no UTF-8, or a NUL.
std::optional<std::size_t> first_bad_byte(std::string_view text) {
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t length = utf8_length(text, at);
        if (length == 0 || text[at] == '\0') {
            return at;
        }
        at += length;
    }
    return std::nullopt;
}

class Lexer {
public:
    explicit Lexer(std::string_view text) : text_(text) {}

    base::Result<std::vector<Token>> run() {
        std::vector<Token> tokens;
        for (;;) {
            while (at_ < text_.size() && is_blank(text_[at_])) {
                ++at_;
            }
            if (at_ == text_.size()) {
                tokens.push_back({Token::Kind::kEnd, "", at_});
                return tokens;
            }
            FLORIN_TRY_ASSIGN(Token token, next());
            tokens.push_back(std::move(token));
        }
    }

private:
    base::Result<Token> next() {
        const std::size_t start = at_;
        const char c = text_[at_];
        if (c == '\'') {
            FLORIN_TRY_ASSIGN(std::string value, quoted('\''));
            return Token{Token::Kind::kString, std::move(value), start};
        }
        if (is_digit(c) || (c == '-' && at_ + 1 < text_.size() && is_digit(text_[at_ + 1]))) {
            return number();
        }
        if (is_name_start(c)) {
            return name();
        }
        return symbol();
    }

    base::Result<Token> number() {
        const std::size_t start = at_;
        ++at_;
        while (at_ < text_.size()) {
            const char c = text_[at_];
            const bool exponent_sign = (c == '-' || c == '+') && (text_[at_ - 1] == 'e' || text_[at_ - 1] == 'E');
            if (!is_name(c) && c != '.' && !exponent_sign) {
                break;
            }
            ++at_;
        }
        return Token{Token::Kind::kNumber, std::string(text_.substr(start, at_ - start)), start};
    }

    base::Result<Token> name() {
        const std::size_t start = at_;
        while (at_ < text_.size() && is_name(text_[at_])) {
            ++at_;
        }
        const std::string_view word = text_.substr(start, at_ - start);
        if (at_ < text_.size() && text_[at_] == '.' && (word == "tag" || word == "x")) {
            ++at_;
            FLORIN_TRY_ASSIGN(std::string key, this->key(word));
            return Token{word == "tag" ? Token::Kind::kTag : Token::Kind::kCustom, std::move(key), start};
        }
        return Token{Token::Kind::kName, std::string(word), start};
    }

    base::Result<std::string> key(std::string_view word) {
        if (at_ < text_.size() && text_[at_] == '"') {
            return quoted('"');
        }
        const std::size_t start = at_;
        while (at_ < text_.size() && is_bare_key_byte(static_cast<unsigned char>(text_[at_]))) {
            ++at_;
        }
        if (at_ == start) {
            return error_at("filter.syntax", fmt::format("a name is missing after `{}.`", word), text_, start)
                .with_remedy(fmt::format("Write `{}.name`, or `{}.\"any name\"` where it has blanks.", word, word));
        }
        return std::string(text_.substr(start, at_ - start));
    }

    /// Text between quotes; a doubled quote stands for one.
    base::Result<std::string> quoted(char quote) {
        const std::size_t start = at_;
        ++at_;
        std::string value;
        while (at_ < text_.size()) {
            if (text_[at_] != quote) {
                value += text_[at_++];
            } else if (at_ + 1 < text_.size() && text_[at_ + 1] == quote) {
                value += quote;
                at_ += 2;
            } else {
                ++at_;
                return value;
            }
        }
        return error_at("filter.unterminated", fmt::format("this {} is not closed", quote), text_, start)
            .with_remedy(fmt::format("Close it, and write {}{} for one {} inside the text.", quote, quote, quote));
    }

    base::Result<Token> symbol() {
        const std::size_t start = at_;
        for (const std::string_view word : {"!=", "<>", "<=", ">=", "(", ")", ",", "=", "<", ">"}) {
            if (text_.substr(at_).starts_with(word)) {
                at_ += word.size();
                return Token{Token::Kind::kSymbol, word == "<>" ? "!=" : std::string(word), start};
            }
        }
        const std::size_t length = std::max<std::size_t>(utf8_length(text_, at_), 1);
        base::Error error = error_at("filter.bad_character",
                                     fmt::format("a filter has no `{}` here", text_.substr(at_, length)), text_, start);
        if (text_[at_] == '"') {
            error.remedy = "Text stands in single quotes; double quotes are for names after `tag.` and `x.`.";
        }
        return error;
    }

    std::string_view text_;
    std::size_t at_ = 0;
};

} // namespace

base::Error error_at(std::string code, std::string message, std::string_view text, std::size_t offset) {
    const std::size_t before = offset == 0 ? std::string_view::npos : text.rfind('\n', offset - 1);
    const std::size_t start = before == std::string_view::npos ? 0 : before + 1;
    const std::size_t end = std::min(text.find('\n', offset), text.size());
    base::Place place;
    place.source_line = std::string(text.substr(start, end - start));
    place.caret = offset - start + 1;
    return base::user_error(std::move(code), std::move(message)).at(std::move(place));
}

base::Result<std::vector<Token>> lex_filter(std::string_view text) {
    if (text.size() > kFilterBytesMax) {
        return base::user_error("filter.too_long", fmt::format("the filter has {} bytes, at most {} are allowed",
                                                               text.size(), kFilterBytesMax));
    }
    if (const auto bad = first_bad_byte(text)) {
        return error_at("filter.bad_character", "the filter holds a byte that is no UTF-8 text", text, *bad);
    }
    return Lexer(text).run();
}

} // namespace florin::query
