// Times the owners of tuples: what a change of rules costs before any money moves.
//
//   owners_bench TUPLES RULES RUNS [resources]
//
// Makes an estate of TUPLES tuples (accounts, services, regions, tags; with `resources` a resource id each, too) and a
// dimension of RULES rules as companies write them: accounts by name, teams by tag, patterns, a look-up table whose
// owners change on a day, an inheritance, a default. Evaluates it once to warm up and RUNS times for the figures, and
// holds the owners of every 97th tuple on three days against an evaluation of that tuple alone, rule by rule, by the
// conditions the rules were made from. Prints a line of JSON; exit code 1 where they differ.
#include "allocate/owners_of.hpp"
#include "allocate/rule_file.hpp"
#include "query/catalogue.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <ctime>
#include <fstream>
#include <functional>
#include <iostream>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace {

using namespace florin;

/// One tuple's texts, as the generator makes them.
struct Tuple {
    std::string account;
    std::string service;
    std::string region;
    std::string team; ///< empty: untagged
    std::string env;  ///< empty: untagged
    std::string resource;
};

/// Figures that look random and are the same everywhere.
std::uint64_t mixed(std::uint64_t value) {
    value = (value ^ (value >> 30U)) * 0xBF58476D1CE4E5B9U;
    value = (value ^ (value >> 27U)) * 0x94D049BB133111EBU;
    return value ^ (value >> 31U);
}

Tuple tuple_of(std::size_t number) {
    const auto pick = [number](std::uint64_t salt, std::uint64_t below) { return mixed(number * 16 + salt) % below; };
    Tuple tuple;
    tuple.account = fmt::format("acme-{}-{}", pick(1, 400), pick(2, 3) == 0 ? "prod" : "dev");
    tuple.service = fmt::format("Service {}", pick(3, 120));
    tuple.region = fmt::format("{}-{}", pick(4, 2) == 0 ? "eu" : "us", pick(5, 10));
    tuple.team = pick(6, 3) == 0 ? fmt::format("team{}", pick(7, 150)) : "";
    tuple.env = pick(8, 2) == 0 ? (pick(9, 2) == 0 ? "prod" : "stage") : "";
    tuple.resource = fmt::format("arn:acme:{}:{}", tuple.service, number);
    return tuple;
}

/// A rule as text, and as what it means: the owner of a tuple on a day, or nothing.
struct MadeRule {
    std::string yaml;
    std::function<std::string(const Tuple&, int day)> owner;
};

/// The table: every fourth account, whose owner changes on day 100.
bool is_in_table(std::string_view account) {
    return account.size() % 4 == 0;
}

MadeRule equality_rule(std::size_t number) {
    const std::string value = fmt::format("owner{}", number % 60);
    switch (number % 6) {
    case 0:
    case 1:
    case 2: {
        const std::string account = fmt::format("acme-{}-prod", number);
        return {fmt::format("- {{where: \"account = '{}'\", value: {}}}\n", account, value),
                [=](const Tuple& tuple, int) { return tuple.account == account ? value : ""; }};
    }
    case 3:
    case 4: {
        const std::string service = fmt::format("Service {}", number % 120);
        return {fmt::format("- {{where: \"service = '{}' and tag.env = 'prod' and region like 'eu-%'\", value: {}}}\n",
                            service, value),
                [=](const Tuple& tuple, int) {
                    return tuple.service == service && tuple.env == "prod" && tuple.region.starts_with("eu-") ? value
                                                                                                              : "";
                }};
    }
    default: {
        const std::string one = fmt::format("team{}", number % 150);
        const std::string two = fmt::format("team{}", (number + 7) % 150);
        return {fmt::format("- {{where: \"tag.team in ('{}', '{}') and not region = 'us-1'\", value: {}}}\n", one, two,
                            value),
                [=](const Tuple& tuple, int) {
                    return (tuple.team == one || tuple.team == two) && tuple.region != "us-1" ? value : "";
                }};
    }
    }
}

MadeRule rule(std::size_t number, bool with_resources) {
    const std::string value = fmt::format("owner{}", number % 60);
    switch (number % 10) {
    case 6: {
        const std::string part = fmt::format("-{}-", number);
        return {
            fmt::format("- {{where: \"account like '%{}%' and service != 'Service 1'\", value: {}}}\n", part, value),
            [=](const Tuple& tuple, int) {
                return tuple.account.find(part) != std::string::npos && tuple.service != "Service 1" ? value : "";
            }};
    }
    case 7: {
        const std::string service = fmt::format("Service {}", number % 120);
        return {
            fmt::format("- {{where: \"service = '{}'\", capture: {{field: account, pattern: 'acme-{}{{}}-prod'}}}}\n",
                        service, number % 40),
            [=](const Tuple& tuple, int) {
                const std::string start = fmt::format("acme-{}", number % 40);
                const bool fits = tuple.service == service && tuple.account.starts_with(start) &&
                                  tuple.account.ends_with("-prod") && tuple.account.size() > start.size() + 5;
                return fits ? tuple.account.substr(start.size(), tuple.account.size() - start.size() - 5) : "";
            }};
    }
    case 8: {
        const std::string region = fmt::format("us-{}", number % 9);
        const std::string end = fmt::format("{}", number);
        if (with_resources) {
            return {fmt::format("- {{where: \"resource_id like '%:{}'\", value: {}}}\n", end, value),
                    [=](const Tuple& tuple, int) { return tuple.resource.ends_with(":" + end) ? value : ""; }};
        }
        return {fmt::format("- {{where: \"region = '{}' and tag.team is null and tag.env = 'stage'\", value: {}, from: "
                            "2024-03-01}}\n",
                            region, value),
                [=](const Tuple& tuple, int day) {
                    return tuple.region == region && tuple.team.empty() && tuple.env == "stage" && day >= 60 ? value
                                                                                                             : "";
                }};
    }
    case 9: {
        const std::string service = fmt::format("Service {}", number % 120);
        return {fmt::format("- {{where: \"service = '{}'\", lookup: {{table: owners.csv, key: id, value: team, field: "
                            "account}}}}\n",
                            service),
                [=](const Tuple& tuple, int day) {
                    return tuple.service == service && is_in_table(tuple.account) ? (day < 100 ? "early" : "late") : "";
                }};
    }
    default: return equality_rule(number);
    }
}

std::string table() {
    std::string text = "id,team,valid_from,valid_to\n";
    for (int number = 0; number < 400; ++number) {
        for (const char* kind : {"prod", "dev"}) {
            const std::string account = fmt::format("acme-{}-{}", number, kind);
            if (is_in_table(account)) {
                text += fmt::format("{0},early,,2024-04-09\n{0},late,2024-04-10,\n", account);
            }
        }
    }
    return text;
}

struct Estate {
    std::vector<MadeRule> rules;
    std::shared_ptr<const allocate::Dimension> dimension;
    allocate::TupleTexts tuples;
};

base::Result<Estate> make_estate(std::size_t tuple_count, std::size_t rule_count, bool with_resources) {
    Estate estate;
    std::string text = "dimension: team\nrules:\n";
    for (std::size_t number = 0; number + 1 < rule_count; ++number) {
        estate.rules.push_back(rule(number, with_resources));
        text += estate.rules.back().yaml;
    }
    estate.rules.push_back({"- {tag: team}\n", [](const Tuple& tuple, int) { return tuple.team; }});
    text += estate.rules.back().yaml + "default: company\n";
    estate.rules.push_back({"", [](const Tuple&, int) { return "company"; }});
    const std::vector<allocate::RuleText> files = {{"team.yaml", text}, {"owners.csv", table()}};
    FLORIN_TRY_ASSIGN(const allocate::RuleSet set, allocate::read_rule_set(files));
    estate.dimension = set.dimensions.front();
    const std::array<std::string_view, 6> names = {"account",  "service", "region",
                                                   "tag.team", "tag.env", "resource_id"};
    std::array<allocate::TextColumnMaker, 6> makers;
    for (std::size_t number = 0; number < tuple_count; ++number) {
        const Tuple tuple = tuple_of(number);
        const auto or_null = [](const std::string& value) {
            return value.empty() ? std::nullopt : std::optional<std::string_view>(value);
        };
        makers[0].add(tuple.account);
        makers[1].add(tuple.service);
        makers[2].add(tuple.region);
        makers[3].add(or_null(tuple.team));
        makers[4].add(or_null(tuple.env));
        if (with_resources) {
            makers[5].add(tuple.resource);
        }
    }
    estate.tuples.count = tuple_count;
    for (std::size_t i = 0; i < (with_resources ? names.size() : names.size() - 1); ++i) {
        FLORIN_TRY_ASSIGN(query::Field field, query::parse_field(names.at(i), query::catalogue()));
        estate.tuples.columns.emplace(std::move(field), makers.at(i).finish());
    }
    return estate;
}

/// How many of the tuples looked at have another owner than the rules' meaning gives.
std::size_t differences(const Estate& estate, const allocate::Owners& owners) {
    std::size_t count = 0;
    for (std::size_t number = 0; number < estate.tuples.count; number += 97) {
        const Tuple tuple = tuple_of(number);
        for (const int day : {0, 99, 100, 300}) {
            std::string expected;
            for (std::size_t i = 0; i < estate.rules.size() && expected.empty(); ++i) {
                expected = estate.rules[i].owner(tuple, day);
            }
            const auto& found = owners.at(number, owners.days.start + std::chrono::days(day));
            count += owners.values[found.value] == expected ? 0U : 1U;
        }
    }
    return count;
}

std::int64_t microseconds_of_processor() {
    timespec time{};
    ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
    return std::int64_t{time.tv_sec} * 1'000'000 + time.tv_nsec / 1'000;
}

std::size_t resident_peak_mib() {
    std::ifstream status("/proc/self/status");
    for (std::string line; std::getline(status, line);) {
        if (line.starts_with("VmHWM:")) {
            std::size_t kib = 0;
            const std::size_t at = line.find_first_of("0123456789");
            std::from_chars(line.data() + at, line.data() + line.size(), kib);
            return kib / 1024;
        }
    }
    return 0;
}

base::Result<bool> run(std::size_t tuple_count, std::size_t rule_count, std::size_t runs, bool with_resources) {
    FLORIN_TRY_ASSIGN(const Estate estate, make_estate(tuple_count, rule_count, with_resources));
    const std::size_t before_mib = resident_peak_mib();
    const auto history = allocate::take_effect({}, estate.dimension, allocate::kAlways.start);
    const allocate::OwnersQuestion question = {
        {period::parse_day("2024-01-01").value(), period::parse_day("2025-01-01").value()}, {}};
    const allocate::Owners first = allocate::owners_of(history, estate.tuples, question);
    std::vector<std::int64_t> wall;
    std::vector<std::int64_t> processor;
    for (std::size_t i = 0; i < runs; ++i) {
        const auto start = std::chrono::steady_clock::now();
        const std::int64_t processor_start = microseconds_of_processor();
        const allocate::Owners again = allocate::owners_of(history, estate.tuples, question);
        processor.push_back(microseconds_of_processor() - processor_start);
        wall.push_back(
            std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::steady_clock::now() - start).count());
        if (again.intervals != first.intervals) {
            return false;
        }
    }
    std::ranges::sort(wall);
    std::ranges::sort(processor);
    const std::size_t wrong = differences(estate, first);
    const auto taking = std::ranges::count(first.rules, allocate::RuleState::kTakes, &allocate::RuleOutcome::state);
    std::cout << nlohmann::json{{"tuples", tuple_count},
                                {"rules", rule_count},
                                {"resources", with_resources},
                                {"rules_that_take", taking},
                                {"intervals", first.intervals.size()},
                                {"values", first.values.size() - 1},
                                {"wall_ms", wall[wall.size() / 2] / 1000},
                                {"processor_ms", processor[processor.size() / 2] / 1000},
                                {"peak_mib_before", before_mib},
                                {"peak_mib", resident_peak_mib()},
                                {"wrong", wrong}}
                     .dump()
              << "\n";
    return wrong == 0;
}

} // namespace

int main(int count, char** arguments) {
    std::array<std::size_t, 3> numbers{};
    for (std::size_t i = 0; i < numbers.size() && i + 1 < static_cast<std::size_t>(count); ++i) {
        const std::string_view text = arguments[i + 1];
        std::from_chars(text.data(), text.data() + text.size(), numbers.at(i));
    }
    if (count < 4 || numbers[0] == 0 || numbers[1] < 2 || numbers[2] == 0) {
        std::cerr << "owners_bench TUPLES RULES RUNS [resources]\n";
        return 2;
    }
    const auto done = run(numbers[0], numbers[1], numbers[2], count > 4);
    if (!done.ok()) {
        std::cerr << done.error().describe() << "\n";
        return 1;
    }
    return *done ? 0 : 1;
}
