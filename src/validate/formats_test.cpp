#include "validate/formats.hpp"

#include "validate/condition.hpp"

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

namespace florin::validate {
namespace {

void expect_all(bool (*holds)(std::string_view), const std::vector<std::string_view>& good,
                const std::vector<std::string_view>& bad) {
    for (const std::string_view text : good) {
        EXPECT_TRUE(holds(text)) << text;
    }
    for (const std::string_view text : bad) {
        EXPECT_FALSE(holds(text)) << text;
    }
}

TEST(Formats, Numbers) {
    expect_all(&is_number_format, {"0", "-1", "1.5", "1.5E-7", "1e10", "00.1", "123456789012345678901234567890"},
               {"", "-", "+1", "1.", ".5", "1,000", "$1", "1E+7", "1E", " 1", "1 ", "0x1", "NaN", "1.2.3"});
    expect_all(&is_readable_number, {"1E+7", "-0.5"}, {"abc", "", "1,5"});
}

TEST(Formats, Instants) {
    expect_all(&is_instant_format, {"2024-09-01T00:00:00Z", "2024-02-29T23:59:59Z"},
               {"2024-09-01 00:00:00", "2024-09-01T00:00:00", "2024-09-01T00:00:00+00:00", "2024-02-30T00:00:00Z",
                "2024-09-01T24:00:00Z", "2024-09-01", "", "2024-09-01T00:00:00.000Z", "2024-9-1T00:00:00Z"});
    expect_all(&is_readable_instant, {"2024-09-01 00:00:00", "2024-09-01"}, {"yesterday", ""});
}

TEST(Formats, Units) {
    expect_all(&is_unit_format,
               {"GB", "GB-Hours", "GB/Hour", "1000 Tokens", "Units/3 Months", "Hours", "Requests", "vCPU-Hours", "kWh"},
               {"", "GB Hours", "OCPU Per Hour", "gb-hours", "hours", "aB", "GB-", "/Hour", "GiB/Second-Months"});
}

TEST(Formats, Currencies) {
    expect_all(&is_currency, {"USD", "EUR", "JPY", "ISK"}, {"usd", "US", "USDollar", "ABC", "", "$"});
    expect_all(&is_currency_or_virtual, {"USD", "Credits", "DBUs", "tokens"}, {"ABC", ""});
}

TEST(Formats, Json) {
    expect_all(&is_key_value, {"{}", R"({"a": "b"})", R"({"a": 1, "b": true, "c": null})"},
               {"", "[]", "a", R"({"a": {}})", R"({"a": [1]})", R"({"a": 1, "a": 2})", R"({"a": 1} x)", R"({"a")"});
    expect_all(&is_json_object, {"{}", R"({"a": {"b": {"c": 1}}})", R"({"a": [{"b": 1}]})"},
               {"[]", R"({"a": {"b": {"c": {}}}})", R"({"a": {"b": 1, "b": 2}})", "1"});
    expect_all(&is_any_json_object, {R"({"a": {"b": {"c": {"d": {}}}}})"}, {"[]", "null", "{", ""});
    const std::string deep = std::string(100'000, '[') + std::string(100'000, ']');
    EXPECT_FALSE(is_json_object(R"({"a": )" + deep + "}"));
}

TEST(Formats, Placeholders) {
    expect_all(&is_placeholder, {"", "  ", "n/a", "N/A", "None", "NULL", "not applicable", "-", "undefined"},
               {"a", "nonesuch", "none of it", "0", "--x"});
}

TEST(Formats, KeysOfPrices) {
    expect_all(&has_pascal_keys, {"{}", R"({"CoreCount": 1, "x_MyKey": 2})", "no json"},
               {R"({"x_my": 1})", R"({"a": 1})"});
    expect_all(&has_known_keys, {R"({"CoreCount": 1, "x_any": 1})", R"({"corecount": 1})"}, {R"({"Cores": 1})"});
    expect_all(&has_keys_as_written, {R"({"CoreCount": 1, "Cores": 1})"}, {R"({"corecount": 1})"});
    expect_all(&is_pascal_case, {"A", "Ab1", "BilledCost"}, {"", "a", "A_b", "1A", "A b"});
}

TEST(Conditions, AreReadAndWrittenBack) {
    for (const std::string_view text :
         {"ChargeCategory = Usage", "ChargeCategory in Usage|Purchase and ChargeClass != Correction",
          "Tags is null or Tags is not null and ChargeCategory not in Tax|Credit", ""}) {
        const auto parsed = parse_condition(text);
        ASSERT_TRUE(parsed.ok()) << text;
        EXPECT_EQ(to_string(parsed.value()), text);
    }
    for (const std::string_view text : {"ChargeCategory", "= Usage", "A is nothing"}) {
        EXPECT_EQ(parse_condition(text).error().code, "validate.condition") << text;
    }
}

} // namespace
} // namespace florin::validate
