#include "query/catalogue.hpp"
#include "query/filter.hpp"
#include "query/filter_sql.hpp"
#include "query/test_bill.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace florin::query {
namespace {

Filter parsed(std::string_view text) {
    auto filter = parse_filter(text, catalogue());
    EXPECT_TRUE(filter.ok()) << text << "\n" << (filter.ok() ? "" : filter.error().describe());
    return filter.ok() ? *filter : Filter{};
}

TEST(Filter, PrintsWhatItReads) {
    struct Case {
        const char* text;
        const char* printed;
    };
    const Case cases[] = {
        {"service_category = 'Compute'", "service_category = 'Compute'"},
        {"ServiceCategory='Compute'", "service_category = 'Compute'"},
        {"service_name <> 'a'", "service_name != 'a'"},
        {"tag.env IN ('prod' ,'stage')", "tag.env in ('prod', 'stage')"},
        {"tag.\"env\" not in ('a')", "tag.env not in ('a')"},
        {"tag.\"cost center\" = 'it''s'", "tag.\"cost center\" = 'it''s'"},
        {"tag.\"say \"\"x\"\"\" is null", "tag.\"say \"\"x\"\"\" is null"},
        {"tag.aws:createdBy is not null", "tag.aws:createdBy is not null"},
        {"x.CostCategories like 'a%'", "x.CostCategories like 'a%'"},
        {"x_CostCategories like 'a%'", "x.CostCategories like 'a%'"},
        {"x.\"x_\" = ''", "x.x_ = ''"},
        {"billed_cost > 1e2", "billed_cost > 100"},
        {"billed_cost between -0.50 and 0.5", "billed_cost between -0.5 and 0.5"},
        {"consumed_quantity >= 99999999999999999999999999", "consumed_quantity >= 99999999999999999999999999"},
        {"charge_period_start < '2024-09-18'", "charge_period_start < '2024-09-18'"},
        {"not region_id like 'eu-%'", "not region_id like 'eu-%'"},
        {"region_id not ilike 'EU-%'", "region_id not ilike 'EU-%'"},
        {"((service_name = 'a'))", "service_name = 'a'"},
        {"service_name = 'a' and service_name = 'b' or service_name = 'c'",
         "service_name = 'a' and service_name = 'b' or service_name = 'c'"},
        {"service_name = 'a' and (service_name = 'b' or service_name = 'c')",
         "service_name = 'a' and (service_name = 'b' or service_name = 'c')"},
        {"(service_name = 'a' and service_name = 'b') and service_name = 'c'",
         "(service_name = 'a' and service_name = 'b') and service_name = 'c'"},
        {"not (service_name = 'a' or not service_name = 'b')", "not (service_name = 'a' or not service_name = 'b')"},
        {"not not service_name = 'a'", "not not service_name = 'a'"},
    };
    for (const Case& one : cases) {
        const Filter filter = parsed(one.text);
        EXPECT_EQ(to_text(filter), one.printed);
        EXPECT_EQ(parsed(to_text(filter)), filter) << one.text;
    }
}

TEST(Filter, SaysWhatIsWrongAndWhere) {
    struct Case {
        const char* text;
        const char* code;
        std::uint64_t caret;
        const char* remedy; ///< part of it
    };
    const Case cases[] = {
        {"", "filter.empty", 1, ""},
        {"  ", "filter.empty", 1, ""},
        {"service_nam = 'a'", "filter.unknown_name", 1, "`service_name`"},
        {"servicename = 'a'", "filter.unknown_name", 1, "`service_name`"},
        {"service_category = 'x' and regoin = 'a'", "filter.unknown_name", 28, "`region`"},
        {"qqqqqqqqqqqqqqqq = 'a'", "filter.unknown_name", 1, "tag.KEY"},
        {"service_name = \"a\"", "filter.bad_character", 16, "single quotes"},
        {"service_name = Compute", "filter.syntax", 16, "'Compute'"},
        {"service_name = null", "filter.syntax", 16, "is null"},
        {"service_name = 5", "filter.wrong_type", 16, "'5'"},
        {"service_name == 'a'", "filter.syntax", 15, ""},
        {"service_name", "filter.syntax", 13, ""},
        {"service_name = 'a", "filter.unterminated", 16, "''"},
        {"service_name in ()", "filter.syntax", 18, ""},
        {"service_name in ('a'", "filter.syntax", 21, ""},
        {"service_name = 'a' service_name = 'b'", "filter.syntax", 20, ""},
        {"(service_name = 'a'", "filter.syntax", 20, ""},
        {"service_name = 'a')", "filter.syntax", 19, ""},
        {"billed_cost > '5'", "filter.wrong_type", 15, "without quotes"},
        {"billed_cost > 1.0000000000000000001", "filter.bad_number", 15, ""},
        {"billed_cost > 100000000000000000000", "filter.bad_number", 15, ""},
        {"billed_cost > 1e", "filter.bad_number", 15, ""},
        {"billed_cost like '1%'", "filter.wrong_type", 13, ""},
        {"charge_period_start > 2024", "filter.wrong_type", 23, "'2024-09-18'"},
        {"charge_period_start > '2023-02-29'", "filter.bad_date", 23, ""},
        {"service_name like 'a\\'", "filter.bad_pattern", 19, ""},
        {"tag. = 'a'", "filter.syntax", 5, "tag.name"},
        {"service_name = 'a';", "filter.bad_character", 19, ""},
        {"service_name = 'a' -- x", "filter.bad_character", 20, ""},
        {"service_name not = 'a'", "filter.syntax", 18, ""},
    };
    for (const Case& one : cases) {
        const auto filter = parse_filter(one.text, catalogue());
        ASSERT_FALSE(filter.ok()) << one.text;
        EXPECT_EQ(filter.error().code, one.code) << one.text << "\n" << filter.error().describe();
        EXPECT_EQ(filter.error().place.caret, one.caret) << one.text << "\n" << filter.error().describe();
        EXPECT_NE(filter.error().remedy.find(one.remedy), std::string::npos) << one.text << "\n"
                                                                             << filter.error().describe();
        EXPECT_EQ(filter.error().blame, base::Blame::kUser);
    }
    const auto second_line = parse_filter("service_name = 'a'\n  and regoin = 'b'", catalogue());
    EXPECT_EQ(second_line.error().place.source_line, "  and regoin = 'b'");
    EXPECT_EQ(second_line.error().place.caret, 7U);
    EXPECT_EQ(parse_filter(std::string_view("service_name = '\0'", 18), catalogue()).error().code,
              "filter.bad_character");
    EXPECT_EQ(parse_filter("service_name = '\xC3\x28'", catalogue()).error().code, "filter.bad_character");
    EXPECT_EQ(parse_filter("service_name = '\xED\xA0\x80'", catalogue()).error().code, "filter.bad_character");
}

TEST(Filter, IsBounded) {
    const auto nested = [](int depth) {
        return std::string(static_cast<std::size_t>(depth), '(') + "service_name = 'a'" +
               std::string(static_cast<std::size_t>(depth), ')');
    };
    const auto negated = [](int depth) {
        std::string text;
        for (int i = 0; i < depth; ++i) {
            text += "not ";
        }
        return text + "service_name = 'a'";
    };
    EXPECT_TRUE(parse_filter(nested(kFilterDepthMax), catalogue()).ok());
    EXPECT_EQ(parse_filter(nested(kFilterDepthMax + 1), catalogue()).error().code, "filter.too_deep");
    EXPECT_EQ(parse_filter(nested(30000), catalogue()).error().code, "filter.too_deep");
    EXPECT_TRUE(parse_filter(negated(kFilterDepthMax), catalogue()).ok());
    EXPECT_EQ(parse_filter(negated(kFilterDepthMax + 1), catalogue()).error().code, "filter.too_deep");
    const std::string frame = "service_name = ''";
    const std::string longest = "service_name = '" + std::string(kFilterBytesMax - frame.size(), 'a') + "'";
    EXPECT_TRUE(parse_filter(longest, catalogue()).ok());
    EXPECT_EQ(parse_filter(longest + " ", catalogue()).error().code, "filter.too_long");
    // A long chain is no depth.
    std::string chain = "service_name = 'a'";
    while (chain.size() + 30 < kFilterBytesMax) {
        chain += " or service_name = 'a'";
    }
    EXPECT_TRUE(parse_filter(chain, catalogue()).ok());
}

/// Runs filters over rows in the engine: the oracle of what a filter means is the expected list.
class FilterInEngine : public testing::Test {
protected:
    FilterInEngine() : engine_(test::make_engine()) {
        std::string columns = "1 AS id";
        for (const Dimension& dimension : catalogue().dimensions()) {
            for (const std::string& column : dimension.columns) {
                if (columns.find("\"" + column + "\"") == std::string::npos && column != "ServiceName" &&
                    column != "Tags") {
                    columns += fmt::format(", CAST(NULL AS VARCHAR) AS \"{}\"", column);
                }
            }
        }
        columns_ = columns.substr(7);
    }

    /// Rows that pass, as their numbers: `values` are service names (SQL), `tags` the tags (SQL).
    std::string passing(const std::string& filter, const std::string& rows) {
        const Filter value = parsed(filter);
        const auto table = engine_->query(
            fmt::format("SELECT string_agg(CAST(id AS VARCHAR), ' ' ORDER BY id) FROM (SELECT t.* {} FROM (VALUES {}) "
                        "AS t(id, \"ServiceName\", \"Tags\", \"BilledCost\", \"x_Custom\")) AS t WHERE {}",
                        columns_, rows, filter_sql(value, "t", catalogue())));
        EXPECT_TRUE(table.ok()) << filter << "\n" << (table.ok() ? "" : table.error().describe());
        if (!table.ok()) {
            return "error";
        }
        const auto* text = std::get_if<std::string>(&table->rows[0][0]);
        return text == nullptr ? "" : *text;
    }

    std::unique_ptr<engine::Engine> engine_;
    std::string columns_;
};

TEST_F(FilterInEngine, EveryConditionIsTrueOrFalse) {
    const std::string rows = R"(
        (1, 'a',   '{"env":"prod"}',  CAST(1 AS DECIMAL(38,18)),  MAP(['x_n'], ['1'])),
        (2, 'ab',  '{"env":"stage"}', CAST(2 AS DECIMAL(38,18)),  MAP(['x_n'], ['2'])),
        (3, 'B',   '{"team":"x"}',    NULL,                       MAP([]::VARCHAR[], []::VARCHAR[])),
        (4, NULL,  NULL,              CAST(-1 AS DECIMAL(38,18)), NULL),
        (5, '',    '{bad',            CAST(0 AS DECIMAL(38,18)),  MAP(['x_n'], [NULL])),
        (6, 'a%_', '{"env":null}',    CAST('0.000000000000000001' AS DECIMAL(38,18)), MAP(['x_m'], ['1'])))";
    struct Case {
        const char* filter;
        const char* rows;
    };
    const Case cases[] = {
        {"service_name = 'a'", "1"},
        {"service_name != 'a'", "2 3 4 5 6"},
        {"not service_name = 'a'", "2 3 4 5 6"},
        {"not service_name != 'a'", "1"},
        {"not not service_name != 'a'", "2 3 4 5 6"},
        {"service_name in ('a', 'B')", "1 3"},
        {"service_name not in ('a', 'B')", "2 4 5 6"},
        {"not service_name not in ('a', 'B')", "1 3"},
        {"service_name like 'a%'", "1 2 6"},
        {"service_name not like 'a%'", "3 4 5"},
        {"not service_name like 'a%'", "3 4 5"},
        {"service_name like 'a_'", "2"},
        {"service_name like 'a\\%\\_'", "6"},
        {"service_name not like 'a\\%\\_'", "1 2 3 4 5"},
        {"service_name ilike 'b'", "3"},
        {"service_name ilike 'A\\%\\_'", "6"},
        {"service_name not ilike 'b'", "1 2 4 5 6"},
        {"service_name is null", "4"},
        {"service_name is not null", "1 2 3 5 6"},
        {"not service_name is null", "1 2 3 5 6"},
        {"service_name < 'a'", "3 5"},
        {"not service_name < 'a'", "1 2 4 6"},
        {"service_name >= 'a'", "1 2 6"},
        {"service_name between 'a' and 'ab'", "1 2 6"},
        {"service_name not between 'a' and 'ab'", "3 4 5"},
        {"not service_name not between 'a' and 'ab'", "1 2 6"},
        {"tag.env = 'prod'", "1"},
        {"tag.env != 'prod'", "2 3 4 5 6"},
        {"tag.env is null", "3 4 5 6"},
        {"tag.env in ('prod', 'stage')", "1 2"},
        {"x.n = '1'", "1"},
        {"x.n != '1'", "2 3 4 5 6"},
        {"x_n is null", "3 4 5 6"},
        {"billed_cost > 0", "1 2 6"},
        {"not billed_cost > 0", "3 4 5"},
        {"billed_cost = 0.000000000000000001", "6"},
        {"billed_cost <= 0", "4 5"},
        {"billed_cost not in (1, 2)", "3 4 5 6"},
        {"billed_cost between -1 and 0", "4 5"},
        {"billed_cost not between -1 and 0", "1 2 3 6"},
        {"service_name = 'a' or tag.env is null", "1 3 4 5 6"},
        {"not (service_name = 'a' or tag.env is null)", "2"},
        {"not (service_name = 'a' and tag.env = 'prod')", "2 3 4 5 6"},
        {"service_name = 'a' and billed_cost = 1 or service_name = 'B'", "1 3"},
    };
    for (const Case& one : cases) {
        EXPECT_EQ(passing(one.filter, rows), one.rows) << one.filter << "\n"
                                                       << filter_sql(parsed(one.filter), "t", catalogue());
    }
}

TEST_F(FilterInEngine, HostileNamesAndValuesStayText) {
    // Keys that would mean something in JSON pointers, JSON paths or SQL; the second row has none of them.
    const char* keys[] = {"a/b", "a~b",  "~1",   "~0", "a.b", "$.env",    "*",   "[0]",  "0",  "'",
                          "a'b", "\"",   "a\"b", "\\", "",    " ",        "tag", "ключ", "🙂", "'; DROP TABLE t; --",
                          "$1",  "a\nb", "/",    "//", "#-1", "{\"x\":1}"};
    for (const char* key : keys) {
        test::Charge charge;
        charge.tags = {{key, "it's"}};
        const std::string rows = fmt::format(
            "(1, {}, {}, CAST(1 AS DECIMAL(38,18)), MAP([{}], ['v'])), (2, 'b', '{{\"env\":\"it''s\"}}', NULL, NULL)",
            engine::sql_text(key), engine::sql_text(*charge.column("Tags")), engine::sql_text(std::string("x_") + key));
        const std::string tag = to_text(Field{Field::Kind::kTag, key});
        const std::string custom = to_text(Field{Field::Kind::kCustom, std::string("x_") + key});
        EXPECT_EQ(passing(tag + " = 'it''s'", rows), "1") << key;
        EXPECT_EQ(passing(tag + " is null", rows), "2") << key;
        EXPECT_EQ(passing(custom + " = 'v'", rows), "1") << key;
        std::string quoted;
        for (const char c : std::string(key)) {
            quoted += c == '\'' ? "''" : std::string(1, c);
        }
        EXPECT_EQ(passing("service_name = '" + quoted + "'", rows), "1") << key;
    }
}

TEST(Filter, KnowsItsFields) {
    const std::vector<Field> fields =
        fields_of(parsed("tag.env = 'a' and not (x.n is null or tag.env = 'b') or billed_cost > 1 or service = 'x'"));
    EXPECT_EQ(fields, (std::vector<Field>{{Field::Kind::kTag, "env"},
                                          {Field::Kind::kCustom, "x_n"},
                                          {Field::Kind::kChargeValue, "billed_cost"},
                                          {Field::Kind::kDimension, "service"}}));
}

} // namespace
} // namespace florin::query
