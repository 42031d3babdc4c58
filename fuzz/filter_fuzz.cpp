// Any bytes as a filter, a field and a question: nothing crashes, what is read prints to something that
// reads back to the same, and whatever a person wrote stands in SQL in quotes only.
#include "query/catalogue.hpp"
#include "query/filter.hpp"
#include "query/filter_sql.hpp"
#include "query/question.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace {

using namespace florin;

/// What remains of SQL outside of its quotes; stops where a quote is not closed.
std::string outside_quotes(std::string_view sql) {
    std::string out;
    for (std::size_t at = 0; at < sql.size(); ++at) {
        if (sql[at] != '\'' && sql[at] != '"') {
            out += sql[at];
            continue;
        }
        const std::size_t close = sql.find(sql[at], at + 1);
        FLORIN_CHECK(close != std::string_view::npos, "a quote is not closed");
        at = close;
    }
    return out;
}

void read_filter(std::string_view text) {
    const base::Result<query::Filter> filter = query::parse_filter(text, query::catalogue());
    if (!filter.ok()) {
        FLORIN_CHECK(filter.error().code.starts_with("filter."), "the filter's own errors: " + filter.error().code);
        FLORIN_CHECK(!filter.error().describe().empty(), "an error says something");
        return;
    }
    const std::string printed = query::to_text(*filter);
    if (printed.size() <= query::kFilterBytesMax) {
        FLORIN_CHECK(query::parse_filter(printed, query::catalogue()).value() == *filter, "the filter reads back");
    }
    const std::string plain = outside_quotes(query::filter_sql(*filter, "t", query::catalogue()));
    FLORIN_CHECK(plain.find(';') == std::string::npos && plain.find("--") == std::string::npos,
                 "nothing ends the statement");
    FLORIN_CHECK(plain.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.,()<>= ") ==
                     std::string::npos,
                 "only names, numbers and operators stand outside of quotes");
}

void read_field(std::string_view text) {
    const base::Result<query::Field> field = query::parse_field(text, query::catalogue());
    if (field.ok()) {
        FLORIN_CHECK(query::parse_field(query::to_text(*field), query::catalogue()).value() == *field,
                     "the field reads back");
    }
}

void read_question(std::string_view text) {
    const base::Result<query::Question> question = query::question_from_json(text);
    if (question.ok()) {
        FLORIN_CHECK(query::question_from_json(query::to_json(*question)).value() == *question,
                     "the question reads back");
    }
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    read_filter(text);
    read_field(text);
    read_question(text);
    return 0;
}
