// Filters over texts in C++ mean what they mean in the engine.
#include "query/filter_program.hpp"

#include "engine/engine.hpp"
#include "query/catalogue.hpp"
#include "query/filter_sql.hpp"
#include "query/letter_case.hpp"
#include "query/like_pattern.hpp"
#include "query/test_bill.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <optional>
#include <random>
#include <string>
#include <vector>

namespace florin::query {
namespace {

using Text = std::optional<std::string>;

const std::vector<Text> kTexts = {std::nullopt, "",  "a", "A",  "ab",     "aB", "b",    "B%", "a_b", "a%",
                                  "%",          "ä", "Ä", "äb", "Straße", "ß",  "日本", "日", "a\\", "ab ab"};
const std::vector<std::string> kPatterns = {"%",    "_",    "__",    "a%",  "%b",   "%a%",   "_b",
                                            "a\\%", "\\_%", "Ä%",    "%ß%", "日_",  "_%",    "%_",
                                            "%ab",  "a%b%", "%b%a%", "",    "\\\\", "%\\\\", "_%_"};

class FilterDice {
public:
    explicit FilterDice(std::uint64_t seed) : engine_(seed) {}
    std::size_t below(std::size_t count) { return engine_() % count; }
    template <class T>
    const T& of(const std::vector<T>& all) {
        return all[below(all.size())];
    }

private:
    std::mt19937_64 engine_;
};

std::string condition(FilterDice& dice, int depth) {
    if (depth > 0 && dice.below(2) == 0) {
        const std::string left = condition(dice, depth - 1);
        const std::string right = condition(dice, depth - 1);
        return dice.below(4) == 0 ? fmt::format("not ({})", left)
                                  : fmt::format("({}) {} ({})", left, dice.below(2) == 0 ? "and" : "or", right);
    }
    const std::string field = dice.below(2) == 0 ? "service_name" : "region_id";
    const std::string negation = dice.below(3) == 0 ? "not " : "";
    const auto text = [&] { return engine::sql_text(dice.of(kTexts).value_or("x")); };
    switch (dice.below(6)) {
    case 0: return fmt::format("{} {}in ({}, {}, {})", field, negation, text(), text(), text());
    case 1: return fmt::format("{} {}like {}", field, negation, engine::sql_text(dice.of(kPatterns)));
    case 2: return fmt::format("{} {}ilike {}", field, negation, engine::sql_text(dice.of(kPatterns)));
    case 3: return fmt::format("{} is {}null", field, negation);
    case 4: return fmt::format("{} {}between {} and {}", field, negation, text(), text());
    default:
        return fmt::format("{} {} {}", field, dice.of<std::string>({"=", "=", "!=", "<", "<=", ">", ">="}), text());
    }
}

TEST(FilterProgram, HoldsWhereTheEngineSaysSo) {
    const auto engine = test::make_engine();
    std::string rows;
    for (std::size_t i = 0; i < kTexts.size(); ++i) {
        for (std::size_t j = 0; j < kTexts.size(); ++j) {
            const auto sql = [](const Text& text) { return text ? engine::sql_text(*text) : std::string("NULL"); };
            rows += fmt::format("{}({}, {}, {})", rows.empty() ? "" : ", ", i * kTexts.size() + j, sql(kTexts[i]),
                                sql(kTexts[j]));
        }
    }
    int passed = 0;
    for (std::uint64_t seed = 1; seed <= 150; ++seed) {
        FilterDice dice(seed);
        const std::string text = condition(dice, 3);
        const Filter filter = parse_filter(text, catalogue()).value();
        const auto table = engine->query(fmt::format(
            "SELECT coalesce({}, false) FROM (VALUES {}) AS t(id, \"ServiceName\", \"RegionId\") ORDER BY id",
            filter_sql(filter, "t", catalogue()), rows));
        ASSERT_TRUE(table.ok()) << text << "\n" << table.error().describe();
        const FilterProgram program = make_program(filter);
        for (std::size_t id = 0; id < table->rows.size(); ++id) {
            const auto value = [&](const Field& field) {
                const Text& found = kTexts[field.name == "service_name" ? id / kTexts.size() : id % kTexts.size()];
                return found ? std::optional<std::string_view>(*found) : std::nullopt;
            };
            const auto test = [&](std::uint32_t i) {
                return program.conditions[i].holds(value(program.conditions[i].field()));
            };
            const bool holds = program.run(test);
            passed += holds ? 1 : 0;
            ASSERT_EQ(holds, std::get<bool>(table->rows[id][0])) << "seed " << seed << ", row " << id << ": " << text;
            for (const std::uint32_t required : program.required) {
                ASSERT_TRUE(!holds || test(required)) << "seed " << seed << ": " << text;
            }
            for (std::uint32_t i = 0; i < program.conditions.size(); ++i) {
                const auto only = program.conditions[i].only_texts();
                const auto found = value(program.conditions[i].field());
                const bool is_one = only && found && std::ranges::find(*only, *found) != only->end();
                ASSERT_TRUE(!only || is_one == test(i)) << "seed " << seed << ": " << text;
            }
        }
    }
    EXPECT_GT(passed, 5000);
}

TEST(FilterProgram, KnowsWhatItCannotDoWithout) {
    const auto required = [](std::string_view text) {
        const FilterProgram program = make_program(parse_filter(text, catalogue()).value());
        std::string out;
        for (const std::uint32_t i : program.required) {
            const auto texts = program.conditions[i].only_texts();
            out +=
                program.conditions[i].field().name + (texts ? fmt::format("={}", fmt::join(*texts, "|")) : "?") + " ";
        }
        return out;
    };
    EXPECT_EQ(required("service = 'a'"), "service=a ");
    EXPECT_EQ(required("service = 'a' and (region in ('c', 'b', 'c') and account like 'x')"),
              "account? region=b|c service=a ");
    EXPECT_EQ(required("service = 'a' and (region = 'b' or account = 'c') and publisher = 'd'"),
              "publisher=d service=a ");
    EXPECT_EQ(required("service = 'a' or region = 'b'"), "");
    EXPECT_EQ(required("not service = 'a'"), "");
    EXPECT_EQ(required("service != 'a' and region not in ('b')"), "region? service? ");
}

TEST(LikePattern, TakesAsLittleAsItCan) {
    const auto captured = [](std::string_view pattern, std::string_view text) {
        const LikePattern read(pattern, LikePattern::Kind::kCapture);
        return std::string(read.capture(text).value_or("-"));
    };
    EXPECT_EQ(captured("acme-{}-%", "acme-search-api-prod"), "search");
    EXPECT_EQ(captured("acme-{}-prod", "acme-search-api-prod"), "search-api");
    EXPECT_EQ(captured("%-{}", "acme-search-api"), "search-api");
    EXPECT_EQ(captured("{}", ""), "-");
    EXPECT_EQ(captured("{}", "ä"), "ä");
    EXPECT_EQ(captured("{}_", "äö"), "ä");
    EXPECT_EQ(captured("a{}", "a"), "-");
    EXPECT_EQ(captured("\\{}", "{}"), "-");
    EXPECT_EQ(LikePattern("\\{}{}", LikePattern::Kind::kCapture).capture_count(), 1U);
    EXPECT_EQ(LikePattern("{}{}", LikePattern::Kind::kCapture).capture_count(), 2U);
    EXPECT_TRUE(LikePattern("{}", LikePattern::Kind::kMatch).matches("{}"));
    EXPECT_FALSE(LikePattern("{}", LikePattern::Kind::kMatch).matches("a"));
    // Many parts that may take more: no more than the text's length times the pattern's.
    std::string hard;
    for (int i = 0; i < 200; ++i) {
        hard += "%a";
    }
    EXPECT_FALSE(LikePattern(hard + "b", LikePattern::Kind::kMatch).matches(std::string(8000, 'a')));
}

TEST(LetterCase, IsThatOfTheEngine) {
    const auto engine = test::make_engine();
    const auto table = engine->query(
        "SELECT chr(i::INTEGER), lower(chr(i::INTEGER)), upper(chr(i::INTEGER)) FROM range(1, 1114112) AS r(i) "
        "WHERE NOT (i >= 55296 AND i <= 57343)");
    ASSERT_TRUE(table.ok()) << table.error().describe();
    int differences = 0;
    std::string first;
    for (const auto& row : table->rows) {
        const auto& letter = std::get<std::string>(row[0]);
        if (lower_case(letter) != std::get<std::string>(row[1]) ||
            upper_case(letter) != std::get<std::string>(row[2])) {
            ++differences;
            first += first.size() < 400 ? letter + " " : "";
        }
    }
    EXPECT_EQ(differences, 0) << first;
    EXPECT_EQ(lower_case("\xFF"
                         "AÄ"),
              "\xFF"
              "aä");
}

} // namespace
} // namespace florin::query
