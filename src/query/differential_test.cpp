// Random questions over random bills, answered from daily sums, from charges and from both, and by an
// independent evaluator: all must agree to the last digit and row.
#include "query/answer.hpp"
#include "query/catalogue.hpp"
#include "query/naive_measure.hpp"
#include "query/render.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <random>

namespace florin::query {
namespace {

using test::Bill;
using test::Charge;
using test::day;

class Dice {
public:
    explicit Dice(std::uint64_t seed) : random_(seed) {}
    int below(int count) { return static_cast<int>(random_() % static_cast<std::uint64_t>(count)); }
    bool one_in(int count) { return below(count) == 0; }
    template <class T>
    T of(std::initializer_list<T> all) {
        return *(all.begin() + below(static_cast<int>(all.size())));
    }
    std::string text(std::initializer_list<const char*> all) { return of(all); }

private:
    std::mt19937_64 random_;
};

/// How the bills of a round are made.
struct Digits {
    int places_max = 18;
    /// With 9 places and these lengths a converted sum of any part is exact, so that nothing depends on
    /// what is added up before it is rounded.
    std::vector<int> lengths = {2, 3, 31, 70};
};

money::Decimal random_cost(Dice& dice, int places_max) {
    if (dice.one_in(6)) {
        return money::Decimal();
    }
    std::string text = dice.one_in(8) ? "-" : "";
    text += std::to_string(dice.below(dice.one_in(5) ? 1000000 : 20));
    if (!dice.one_in(4)) {
        text += ".";
        for (int i = dice.below(places_max); i >= 0; --i) {
            text += static_cast<char>('0' + dice.below(10));
        }
    }
    return money::Decimal::parse(text).value();
}

Charge random_charge(Dice& dice, period::Day month, bool lacks_contracted, bool lacks_effective, const Digits& digits) {
    Charge charge;
    const auto set = [&](const char* column, std::initializer_list<const char*> values) {
        const std::string value = dice.text(values);
        if (value != "-") {
            charge.text[column] = value;
        }
    };
    set("BillingCurrency", {"USD", "USD", "EUR"});
    set("ServiceName", {"Disk", "Machine", "Machine", "Mail", "it's"});
    set("RegionId", {"eu-1", "eu-2", "us-1", "-"});
    set("ChargeCategory", {"Usage", "Usage", "Usage", "Purchase", "Tax", "Credit", "Adjustment"});
    set("ResourceId", {"r1", "r2", "r3", "-"});
    set("ChargeDescription", {"d1", "d2", "-"});
    set("SubAccountName", {"Alpha", "-"});
    set("SubAccountId", {"1", "2", "-"});
    set("ServiceProviderName", {"P", "-"});
    set("ProviderName", {"Q", "-"});
    charge.text["BillingAccountId"] = "acc";
    if (dice.one_in(3)) {
        charge.text["CommitmentDiscountCategory"] = "Spend";
        charge.text["CommitmentDiscountStatus"] = dice.of({"Used", "Unused"});
        if (!dice.one_in(3)) {
            charge.committed = money::Quantity::from_integer(dice.below(50));
            charge.text["CommitmentDiscountUnit"] = dice.of({"Hours", "USD"});
        }
    }
    if (!dice.one_in(3)) {
        charge.tags["env"] = dice.of({"prod", "stage"});
    }
    if (dice.one_in(3)) {
        charge.tags["cost center/x~y"] = dice.of({"1", "2"});
    }
    if (dice.one_in(2)) {
        charge.custom["x_team"] = dice.of({"t1", "t2"});
    }
    const int places = digits.places_max;
    charge.billed = random_cost(dice, places);
    charge.list = random_cost(dice, places);
    charge.effective = lacks_effective ? std::nullopt : std::optional(random_cost(dice, places));
    charge.contracted = lacks_contracted && dice.one_in(2) ? std::nullopt : std::optional(random_cost(dice, places));
    if (dice.one_in(2)) {
        charge.consumed = money::Quantity::from_integer(dice.below(100));
        set("ConsumedUnit", {"GB", "Hours"});
        charge.priced = money::Quantity::from_integer(dice.below(100));
        charge.text["PricingUnit"] = "Hours";
    }
    charge.start = month + std::chrono::days(dice.below(28));
    charge.days = dice.one_in(6)
                      ? digits.lengths[static_cast<std::size_t>(dice.below(static_cast<int>(digits.lengths.size())))]
                      : 1;
    return charge;
}

std::vector<Bill> random_bills(Dice& dice, const Digits& digits = {}) {
    std::vector<Bill> bills;
    for (const char* month : {"2023-12-01", "2024-01-01", "2024-02-01", "2024-03-01"}) {
        for (int i = 0; i < 2; ++i) {
            Bill bill{"acc", day(month), {}};
            const bool lacks_contracted = dice.one_in(4);
            const bool lacks_effective = dice.one_in(8);
            for (int n = 3 + dice.below(22); n > 0; --n) {
                bill.charges.push_back(
                    random_charge(dice, bill.billing_start, lacks_contracted, lacks_effective, digits));
            }
            bills.push_back(std::move(bill));
        }
    }
    return bills;
}

std::string random_condition(Dice& dice, int depth) {
    if (depth > 0 && dice.one_in(2)) {
        const std::string left = random_condition(dice, depth - 1);
        const std::string right = random_condition(dice, depth - 1);
        return dice.one_in(3) ? fmt::format("not ({})", left)
                              : fmt::format("({} {} {})", left, dice.text({"and", "or"}), right);
    }
    const std::string text = dice.text({"service_name", "region_id", "tag.env", "account", "provider",
                                        "tag.\"cost center/x~y\"", "charge_category", "commitment_discount_status"});
    const std::string charges = dice.text({"resource_id", "x.team", "charge_description"});
    const std::string field = dice.one_in(6) ? charges : text;
    const auto value = [&] {
        return dice.text({"'Disk'", "'Machine'", "'it''s'", "'eu-1'", "'us-1'", "'prod'", "'stage'", "'1'", "'Alpha'",
                          "'P'", "'Usage'", "'r1'", "'t1'", "''"});
    };
    switch (dice.below(dice.one_in(4) ? 8 : 6)) {
    case 0: return fmt::format("{} {} {}", field, dice.text({"=", "!=", "<", "<=", ">", ">=", "<>"}), value());
    case 1: return fmt::format("{} {}in ({}, {}, {})", field, dice.text({"", "not "}), value(), value(), value());
    case 2:
        return fmt::format("{} {}{} {}", field, dice.text({"", "not "}), dice.text({"like", "ilike"}),
                           dice.text({"'eu%'", "'%i%'", "'P_od'", "'p%'", "'%'", "'\\%'"}));
    case 3: return fmt::format("{} is {}null", field, dice.text({"", "not "}));
    case 4: return fmt::format("{} {}between {} and {}", field, dice.text({"", "not "}), value(), value());
    case 5: return fmt::format("{} = {}", field, value());
    case 6:
        return fmt::format("{} {} {}",
                           dice.text({"billed_cost", "effective_cost", "contracted_cost", "consumed_quantity"}),
                           dice.text({"=", "!=", "<", "<=", ">", ">="}), dice.text({"0", "5", "10.5", "-1", "1e3"}));
    default:
        return fmt::format("{} {} {}", dice.text({"charge_period_start", "billing_period_start"}),
                           dice.text({"=", "!=", "<", ">="}), dice.text({"'2024-01-01'", "'2024-02-15'"}));
    }
}

void choose_time(Dice& dice, Question& question) {
    using period::Grain;
    if (!dice.one_in(3)) {
        question.period = dice.of<period::Period>({{day("2024-01-01"), day("2024-02-01")},
                                                   {day("2024-01-01"), day("2024-04-01")},
                                                   {day("2024-02-01"), day("2024-03-01")},
                                                   {day("2024-01-10"), day("2024-02-05")},
                                                   {day("2024-02-28"), day("2024-03-03")},
                                                   {day("2030-01-01"), day("2031-01-01")},
                                                   {day("2024-12-01"), day("2025-03-05")},
                                                   {day("2024-01-01"), day("2024-01-01")}});
    }
    if (dice.one_in(2)) {
        question.grain = dice.of({Grain::kDay, Grain::kWeek, Grain::kMonth, Grain::kQuarter, Grain::kYear,
                                  Grain::kFiscalMonth, Grain::kFiscalQuarter, Grain::kFiscalYear});
    }
    if (dice.one_in(3)) {
        question.calendar = {std::chrono::month(static_cast<unsigned>(1 + dice.below(12))),
                             period::FiscalPattern::kCalendarMonths, std::chrono::Monday};
    } else if (dice.one_in(2)) {
        question.calendar = {
            std::chrono::October,
            dice.of({period::FiscalPattern::k445, period::FiscalPattern::k454, period::FiscalPattern::k544}),
            std::chrono::Sunday};
    }
}

/// Measures of one stored sum a side: a converted one is rounded where the naive evaluator rounds it.
const std::vector<std::string> kSingleSums = {"cost",
                                              "billed_cost",
                                              "effective_cost",
                                              "list_cost",
                                              "contracted_cost",
                                              "charge_count",
                                              "consumed_quantity",
                                              "commitment_used",
                                              "commitment_unused",
                                              "commitment_coverage_of_usage",
                                              "commitment_used_quantity",
                                              "effective_savings_rate_capped",
                                              "tag_coverage.env"};
const std::vector<std::string> kMeasures = {"cost",
                                            "billed_cost",
                                            "effective_cost",
                                            "list_cost",
                                            "contracted_cost",
                                            "charge_count",
                                            "consumed_quantity",
                                            "pricing_quantity",
                                            "savings",
                                            "negotiated_savings",
                                            "commitment_savings",
                                            "effective_savings_rate",
                                            "effective_savings_rate_capped",
                                            "commitment_used",
                                            "commitment_unused",
                                            "commitment_utilization",
                                            "commitment_coverage_of_usage",
                                            "commitment_used_quantity",
                                            "commitment_unused_quantity",
                                            "commitment_quantity_utilization",
                                            "tag_coverage.env"};

Question random_question(Dice& dice, const std::vector<std::string>& measures = kMeasures) {
    Question question;
    question.measures.clear();
    for (int n = 1 + dice.below(3); n > 0; --n) {
        const std::string& measure = measures[static_cast<std::size_t>(dice.below(static_cast<int>(measures.size())))];
        if (std::ranges::find(question.measures, measure) == question.measures.end()) {
            question.measures.push_back(measure);
        }
    }
    question.basis = dice.of({Basis::kBilled, Basis::kEffective, Basis::kList, Basis::kContracted});
    for (int n = dice.below(4); n > 0; --n) {
        const std::string dimension = dice.one_in(7) ? dice.text({"resource_id", "x.team", "charge_description"})
                                                     : dice.text({"service_name", "region", "tag.env", "account",
                                                                  "provider", "charge_category", "consumed_unit"});
        if (std::ranges::find(question.dimensions, dimension) == question.dimensions.end()) {
            question.dimensions.push_back(dimension);
        }
    }
    if (dice.one_in(2)) {
        question.filter = random_condition(dice, 2);
    }
    choose_time(dice, question);
    question.period_kind = dice.one_in(4) ? PeriodKind::kBilling : PeriodKind::kCharge;
    if (question.period && dice.one_in(3)) {
        question.comparison = dice.of({Comparison::kPrevious, Comparison::kYear});
    }
    if (dice.one_in(3)) {
        const bool by_dimension = !question.dimensions.empty() && dice.one_in(2);
        question.order = Order{by_dimension ? question.dimensions.back() : question.measures.back(), dice.one_in(2)};
    }
    question.limit = dice.one_in(3) ? static_cast<std::uint64_t>(1 + dice.below(4)) : 0;
    return question;
}

std::string shown(const Question& question, const std::vector<AnswerColumn>& columns,
                  const std::vector<CurrencyBlock>& blocks) {
    Answer answer;
    answer.question = question;
    answer.columns = columns;
    answer.blocks = blocks;
    return render_csv(answer) + render_json(answer);
}

/// Seed and number of rounds may be given by FLORIN_SEED and FLORIN_ROUNDS.
std::uint64_t setting(const char* name, std::uint64_t fallback) {
    const char* text = std::getenv(name);
    return text == nullptr ? fallback : std::strtoull(text, nullptr, 10);
}

/// Bills as files, with daily sums for all of them or for some.
struct Written {
    test::Folder folder;
    std::vector<lake::FileSet> with_cells;
    std::vector<lake::FileSet> mixed;
    Written(engine::Engine& engine, const std::vector<Bill>& bills) {
        for (std::size_t i = 0; i < bills.size(); ++i) {
            with_cells.push_back(write_bill(engine, folder, fmt::format("bill{}", i), bills[i], true));
            mixed.push_back(with_cells.back());
            if (i % 2 == 1) {
                mixed.back().cells.clear();
            }
        }
    }
};

/// What was compared, so that it is not about nothing.
struct Compared {
    std::uint64_t rows = 0;
    std::uint64_t from_cells = 0;
};

void compare(const Question& question, const std::string& context, const std::vector<Bill>& bills,
             const Written& written, engine::Engine& engine, const fx::Table* table, const test::NaiveRates* rates,
             Compared& compared) {
    std::optional<Filter> filter;
    if (!question.filter.empty()) {
        auto parsed = parse_filter(question.filter, catalogue());
        ASSERT_TRUE(parsed.ok()) << context << parsed.error().describe();
        filter = *parsed;
        EXPECT_EQ(parse_filter(to_text(*filter), catalogue()).value(), *filter) << context;
    }
    const std::vector<CurrencyBlock> expected = naive_answer(question, filter ? &*filter : nullptr, bills, rates);
    const auto again = question_from_json(to_json(question));
    ASSERT_TRUE(again.ok()) << context;
    EXPECT_EQ(*again, question) << context;
    for (const auto& [files, charges_only] :
         {std::pair(&written.with_cells, false), {&written.with_cells, true}, {&written.mixed, false}}) {
        const auto answer =
            ask(question, *files, engine, {.charges_only = charges_only, .rates = table, .today = day("2026-01-01")});
        ASSERT_TRUE(answer.ok()) << context << answer.error().describe();
        ASSERT_EQ(answer->blocks, expected) << context << "\nexpected\n"
                                            << shown(question, answer->columns, expected) << "\nactual\n"
                                            << shown(question, answer->columns, answer->blocks) << "\n"
                                            << (answer->sql.empty() ? "" : answer->sql[0]);
        compared.from_cells += answer->scopes_from_cells;
    }
    for (const CurrencyBlock& block : expected) {
        compared.rows += block.rows.size();
    }
}

TEST(Differential, RandomQuestionsHaveOneAnswer) {
    const std::uint64_t seed = setting("FLORIN_SEED", 20240918);
    const std::uint64_t rounds = setting("FLORIN_ROUNDS", 3);
    const auto engine = test::make_engine();
    Compared compared;
    for (std::uint64_t round = 0; round < rounds; ++round) {
        Dice dice(seed + round);
        const std::vector<Bill> bills = random_bills(dice);
        const Written written(*engine, bills);
        for (int asked = 0; asked < 60 && !testing::Test::HasFatalFailure(); ++asked) {
            const Question question = random_question(dice);
            const std::string context = fmt::format("seed {} question {}", seed + round, to_json(question));
            compare(question, context, bills, written, *engine, nullptr, nullptr, compared);
        }
    }
    EXPECT_GT(compared.rows, 100 * rounds);
    EXPECT_GT(compared.from_cells, 100 * rounds);
}

/// Rates of at most 6 places on working days, some of them left out; as a table and as the evaluator's.
struct RandomRates {
    fx::Table table;
    std::map<std::string, test::NaiveRates> to; ///< by target
    explicit RandomRates(Dice& dice) {
        // All pairs on the same days, so that neither an inverse nor a cross is nearer to a day.
        std::vector<period::Day> days;
        int left_out = 0;
        for (period::Day each = day("2023-11-20"); each < day("2024-07-15"); each += std::chrono::days(1)) {
            const bool weekend = std::chrono::weekday(each).iso_encoding() > 5;
            left_out = weekend || (left_out < 5 && dice.one_in(4)) ? left_out + 1 : 0;
            if (left_out == 0) {
                days.push_back(each);
            }
        }
        std::string text = "date,from,to,rate,type,until\n";
        for (const auto& [from, target] : {std::pair("USD", "EUR"), {"EUR", "USD"}, {"USD", "GBP"}, {"EUR", "GBP"}}) {
            const auto rate = [&] { return fmt::format("{}.{:06}", dice.below(3), 1 + dice.below(999'999)); };
            const auto units = [](const std::string& value) {
                return test::integer(money::Decimal::parse(value).value().units());
            };
            test::NaiveRates& naive = to[target];
            for (const period::Day each : days) {
                const std::string value = rate();
                naive.published[from][each] = units(value);
                text += fmt::format("{},{},{},{},,\n", period::to_string(each), from, target, value);
            }
            const std::string budget = rate();
            naive.budget[from] = units(budget);
            text += fmt::format("2023-01-01,{},{},{},budget,2024-12-31\n", from, target, budget);
        }
        const auto read = table.read("rates.csv", text);
        EXPECT_TRUE(read.ok()) << read.error().describe();
    }
};

/// Every other round has short costs, so that converted sums are exact and any measure may be asked; the
/// others have long ones and average rates, so that each day's sum is rounded.
TEST(Differential, RandomQuestionsConverted) {
    const std::uint64_t seed = setting("FLORIN_SEED", 20240918);
    const std::uint64_t rounds = setting("FLORIN_ROUNDS", 4);
    const auto engine = test::make_engine();
    Compared compared;
    for (std::uint64_t round = 0; round < rounds; ++round) {
        Dice dice(seed + round + 1'000'000);
        const bool exact = round % 2 == 0;
        const std::vector<Bill> bills =
            random_bills(dice, exact ? Digits{.places_max = 9, .lengths = {2, 5, 10}} : Digits{});
        const Written written(*engine, bills);
        const RandomRates rates(dice);
        for (int asked = 0; asked < 50 && !testing::Test::HasFatalFailure(); ++asked) {
            Question question = random_question(dice, exact ? kMeasures : kSingleSums);
            question.currency = dice.text({"EUR", "USD", "GBP"});
            question.rate_type = exact ? dice.of({fx::RateType::kTransactionDay, fx::RateType::kBudget})
                                       : dice.of({fx::RateType::kTransactionDay, fx::RateType::kMonthAverage});
            const std::string context = fmt::format("seed {} question {}", seed + round, to_json(question));
            compare(question, context, bills, written, *engine, &rates.table, &rates.to.at(question.currency),
                    compared);
        }
    }
    EXPECT_GT(compared.rows, 100 * rounds);
    EXPECT_GT(compared.from_cells, 100 * rounds);
}

} // namespace
} // namespace florin::query
