#include "query/catalogue.hpp"
#include "query/plan.hpp"
#include "query/question.hpp"

#include <gtest/gtest.h>

namespace florin::query {
namespace {

TEST(Question, JsonHasDefaults) {
    EXPECT_EQ(question_from_json("{}").value(), Question{});
    EXPECT_EQ(to_json(Question{}), R"({"measures":["cost"],"basis":"effective"})");
}

TEST(Question, JsonHoldsEverything) {
    const char* json =
        R"({"measures":["savings","tag_coverage.env"],"basis":"billed","dimensions":["tag.\"a b\""],)"
        R"("filter":"service = 'it''s'","period":{"start":"2024-09-01","end":"2024-10-01"},"period_kind":"billing",)"
        R"("grain":"fiscal-month","comparison":"year","order":{"by":"savings","direction":"ascending"},"limit":7,)"
        R"("currency":"EUR","rate_type":"month-average",)"
        R"("fiscal":{"start_month":10,"pattern":"454","first_weekday":"sunday"}})";
    const auto question = question_from_json(json);
    ASSERT_TRUE(question.ok()) << question.error().describe();
    EXPECT_EQ(question->period->days(), 30);
    EXPECT_EQ(question->limit, 7U);
    EXPECT_EQ(to_json(*question), json);
}

TEST(Question, JsonIsStrict) {
    struct Case {
        const char* json;
        const char* code;
    };
    const Case cases[] = {
        {"", "question.json"},
        {"[]", "question.json"},
        {"{", "question.json"},
        {R"({"measure":["cost"]})", "question.unknown_key"},
        {R"({"period":{"start":"2024-09-01","end":"2024-10-01","to":"x"}})", "question.unknown_key"},
        {R"({"measures":"cost"})", "question.json"},
        {R"({"measures":[1]})", "question.json"},
        {R"({"basis":"net"})", "question.unknown_basis"},
        {R"({"period":{"start":"2024-09-01"}})", "question.json"},
        {R"({"period":{"start":"2024-09-31","end":"2024-10-01"}})", "period.unreadable"},
        {R"({"period":{"start":"2024-10-01","end":"2024-09-01"}})", "question.period"},
        {R"({"period_kind":"invoice"})", "question.unknown_period_kind"},
        {R"({"grain":"hour"})", "period.unknown_grain"},
        {R"({"comparison":"budget"})", "question.unknown_comparison"},
        {R"({"limit":-1})", "question.json"},
        {R"({"currency":1})", "question.json"},
        {R"({"rate_type":"spot"})", "fx.unknown_rate_type"},
        {R"({"limit":1.5})", "question.json"},
        {R"({"order":{"by":"cost","direction":"up"}})", "question.json"},
        {R"({"fiscal":{"start_month":13}})", "question.json"},
        {R"({"filter":[[[[[[1]]]]]]})", "question.json"},
    };
    for (const Case& one : cases) {
        const auto question = question_from_json(one.json);
        ASSERT_FALSE(question.ok()) << one.json;
        EXPECT_EQ(question.error().code, one.code) << one.json << "\n" << question.error().describe();
    }
}

TEST(Question, NamesMustExistAndFit) {
    const auto code_of = [](const auto& change) {
        Question question;
        change(question);
        const auto resolved = resolve(question, catalogue());
        return resolved.ok() ? std::string() : resolved.error().code + "|" + resolved.error().remedy;
    };
    EXPECT_EQ(code_of([](Question& q) { q.measures = {}; }), "question.no_measure|Ask for `cost`, for example.");
    EXPECT_EQ(code_of([](Question& q) { q.measures = {"efective_cost"}; }),
              "question.unknown_measure|Did you mean `effective_cost`?");
    EXPECT_EQ(code_of([](Question& q) { q.measures = {"cost", "cost"}; }), "question.twice|");
    EXPECT_EQ(code_of([](Question& q) { q.measures = {"tag_coverage"}; }), "question.parameter|");
    EXPECT_EQ(code_of([](Question& q) { q.measures = {"cost.env"}; }), "question.unknown_measure|Did you mean `cost`?");
    EXPECT_EQ(code_of([](Question& q) { q.measures = {"billed_cost.env"}; }), "question.parameter|");
    EXPECT_EQ(code_of([](Question& q) { q.dimensions = {"servce_name"}; }),
              "filter.unknown_name|Did you mean `service_name`?");
    EXPECT_EQ(code_of([](Question& q) { q.dimensions = {"region", "region"}; }), "question.twice|");
    EXPECT_EQ(code_of([](Question& q) { q.dimensions = {"billed_cost"}; }),
              "question.no_dimension|It can stand in a filter. Time is chosen by period and grain.");
    EXPECT_EQ(code_of([](Question& q) { q.order = Order{"region", true}; }),
              "question.order|Order by something the answer shows.");
    EXPECT_EQ(code_of([](Question& q) { q.comparison = Comparison::kYear; }),
              "question.comparison|Name one, as in last-month.");
    EXPECT_EQ(code_of([](Question& q) { q.filter = "service ="; }), "filter.syntax|");
    EXPECT_EQ(code_of([](Question& q) {
                  q.dimensions = {"tag.x", "x.y", "ServiceName"};
                  q.order = Order{"service_name", false};
              }),
              "");
}

} // namespace
} // namespace florin::query
