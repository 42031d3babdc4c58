#include "app/allocate_bills.hpp"

#include "app/allocation_rules.hpp"
#include "app/ingest_bills.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include <cstdlib>
#include <fstream>
#include <map>

namespace florin::app {
namespace {

namespace fs = std::filesystem;
using money::Decimal;
using testing::ElementsAre;
using testing::HasSubstr;

constexpr std::string_view kBillHeader =
    "BilledCost,EffectiveCost,ListCost,ContractedCost,BillingCurrency,BillingAccountId,BillingPeriodStart,"
    "BillingPeriodEnd,ChargePeriodStart,ChargePeriodEnd,ChargeCategory,ServiceName,ResourceId,Tags\n";

period::Day a_day(std::string_view text) {
    return period::parse_day(text).value();
}

/// A charge of a bill; a cost that is empty is not stated.
struct Line {
    std::string billed;
    std::string effective;
    std::string start;
    std::string end;
    std::string resource;
    std::string team;
    std::string currency = "USD";
};

class AllocateBillsTest : public testing::Test {
protected:
    AllocateBillsTest() {
        std::string pattern = (fs::temp_directory_path() / "florin-app-XXXXXX").string();
        FLORIN_CHECK(mkdtemp(pattern.data()) != nullptr, "no folder for the test");
        folder_ = pattern;
        std::ofstream(folder_ / "florin.yaml") << "threads: 2\n";
        workspace_ = std::make_unique<Workspace>(Workspace::open(folder_, clock_).value());
    }
    ~AllocateBillsTest() override {
        workspace_.reset();
        std::error_code code;
        fs::remove_all(folder_, code);
    }

    void ingest(const std::string& month, const std::string& next, const std::vector<Line>& lines) {
        const base::Path bill = folder_ / (month + ".csv");
        {
            std::ofstream file(bill, std::ios::binary);
            file << kBillHeader;
            for (const Line& one : lines) {
                const std::string tags =
                    one.team.empty() ? "" : fmt::format("\"{{\"\"team\"\": \"\"{}\"\"}}\"", one.team);
                file << fmt::format("{0},{1},{1},{1},{2},payer,{3}-01T00:00:00Z,{4}-01T00:00:00Z,{5}T00:00:00Z,"
                                    "{6}T00:00:00Z,Usage,Disk,{7},{8}\n",
                                    one.billed, one.effective, one.currency, month, next, one.start, one.end,
                                    one.resource, tags);
            }
        }
        const auto done = ingest_bills(*workspace_, {.paths = {bill.string()}});
        ASSERT_TRUE(done.ok()) << done.error().describe();
    }
    void write(const std::string& name, const std::string& text) const {
        fs::create_directories(folder_ / "allocation");
        std::ofstream(folder_ / "allocation" / name, std::ios::binary) << text;
    }
    RulesHistory rules(period::Day from = allocate::kAlways.start) const {
        return {rules_from(read_rule_texts(folder_).value(), from).value()};
    }

    base::Result<Allocation> allocate(const RulesHistory& history, const AllocationRequest& request) {
        asker_.emplace(Asker::open(*workspace_, {}).value());
        return allocate_bills(*workspace_, *asker_, history, request);
    }

    /// "2024-09 USD search effective 12.5" for each owner's cost of a month in a basis.
    static std::vector<std::string> lines(const Allocation& allocation, allocate::Basis basis) {
        std::map<std::string, Decimal> sums;
        const auto& sinks = allocation.stretches().front().run.stages().sinks();
        for (const AllocatedMonth& month : allocation.months()) {
            for (const allocate::Sum& sum : month.result.sums) {
                const std::string end = sinks.is_unallocated(sum.sink)
                                            ? fmt::format("({})", allocate::name(sinks.reason(sum.sink)))
                                            : allocation.owners().values[sum.sink];
                Decimal& to = sums[fmt::format("{} {} {}", lake::month_name(month.result.period.start),
                                               allocation.tuples().facts.tuples.currencies[sum.currency], end)];
                to = to.plus(sum.amounts[static_cast<std::size_t>(basis)]).value();
            }
        }
        std::vector<std::string> out;
        for (const auto& [key, sum] : sums) {
            out.push_back(key + " " + sum.to_string());
        }
        return out;
    }

    /// Day by day and currency by currency: what came in is what questions say.
    void expect_totals_of_questions(const Allocation& allocation) {
        for (std::size_t basis = 0; basis < allocate::kBasisCount; ++basis) {
            std::map<std::pair<std::string, period::Day>, Decimal> in;
            for (const AllocatedMonth& month : allocation.months()) {
                for (const allocate::Balance& balance : month.result.balances) {
                    Decimal& sum = in[{allocation.tuples().facts.tuples.currencies[balance.currency], balance.day}];
                    sum = sum.plus(balance.in[basis]).value();
                }
            }
            query::Question question;
            question.basis = static_cast<query::Basis>(basis);
            question.grain = period::Grain::kDay;
            const query::Answer answer = asker_->ask(question, true).value();
            std::map<std::pair<std::string, period::Day>, Decimal> asked;
            for (const query::CurrencyBlock& block : answer.blocks) {
                for (const query::AnswerRow& row : block.rows) {
                    if (const auto* amount = std::get_if<Decimal>(&row.values[1])) {
                        asked[{block.currency, std::get<period::Day>(row.values[0])}] = *amount;
                    }
                }
            }
            std::erase_if(in, [](const auto& one) { return one.second.is_zero(); });
            std::erase_if(asked, [](const auto& one) { return one.second.is_zero(); });
            EXPECT_EQ(in, asked) << allocate::name(static_cast<allocate::Basis>(basis));
        }
    }

    base::FixedClock clock_{std::chrono::sys_days(std::chrono::year(2024) / 11 / 10)};
    base::Path folder_;
    std::unique_ptr<Workspace> workspace_;
    std::optional<Asker> asker_;
};

TEST_F(AllocateBillsTest, EveryDayComesInAsQuestionsHaveIt) {
    ingest("2024-09", "2024-10",
           {{"10", "10", "2024-09-02", "2024-09-03", "r1", "search"},
            {"365.000000000000000001", "365.000000000000000001", "2024-09-30", "2024-10-03", "r2", ""},
            {"0", "0.000000000000000001", "2024-09-05", "2024-09-06", "r1", "search"},
            {"-3", "-3", "2024-09-05", "2024-09-06", "r1", "web", "EUR"}});
    ingest("2024-10", "2024-11", {{"7", "7", "2024-10-01", "2024-11-01", "r1", "search"}});
    write("team.yaml", "dimension: team\nrules: [{tag: team}]\n");
    const auto found = allocate(rules(), {.dimension = "team"});
    ASSERT_TRUE(found.ok()) << found.error().describe();
    EXPECT_THAT(lines(*found, allocate::Basis::kBilled),
                ElementsAre("2024-09 EUR web -3", "2024-09 USD (no-owner) 365.000000000000000001",
                            "2024-09 USD search 10", "2024-10 USD search 7"));
    EXPECT_THAT(lines(*found, allocate::Basis::kEffective),
                ElementsAre("2024-09 EUR web -3", "2024-09 USD (no-owner) 365.000000000000000001",
                            "2024-09 USD search 10.000000000000000001", "2024-10 USD search 7"));
    expect_totals_of_questions(*found);
    EXPECT_TRUE(std::ranges::none_of(found->months(), [](const auto& month) { return month.result.provisional; }));
}

TEST_F(AllocateBillsTest, WhereRulesReadResourcesChargesAreRead) {
    ingest("2024-09", "2024-10",
           {{"10", "10", "2024-09-02", "2024-09-03", "r1", ""},
            {"31.000000000000000002", "31.000000000000000002", "2024-09-29", "2024-10-02", "r2", ""},
            {"5", "5", "2024-09-02", "2024-09-03", "", ""}});
    write("team.yaml", "dimension: team\nrules: [{where: \"resource_id = 'r2'\", value: web}]\n");
    const auto found = allocate(rules(), {.dimension = "team"});
    ASSERT_TRUE(found.ok()) << found.error().describe();
    EXPECT_THAT(lines(*found, allocate::Basis::kEffective),
                ElementsAre("2024-09 USD (no-owner) 15", "2024-09 USD web 31.000000000000000002"));
    expect_totals_of_questions(*found);
}

TEST_F(AllocateBillsTest, RulesInForceFromADayOn) {
    ingest("2024-09", "2024-10", {{"1", "1", "2024-09-02", "2024-09-03", "r1", "search"}});
    ingest("2024-10", "2024-11", {{"2", "2", "2024-10-02", "2024-10-03", "r1", "search"}});
    write("team.yaml", "dimension: team\nrules: [{tag: team}]\n");
    RulesHistory history = rules();
    write("team.yaml", "dimension: team\ndefault: all\n");
    history.push_back(rules(a_day("2024-10-01")).front());
    EXPECT_THAT(lines(allocate(history, {.dimension = "team"}).value(), allocate::Basis::kEffective),
                ElementsAre("2024-09 USD search 1", "2024-10 USD all 2"));
    const AllocationRequest now = {.dimension = "team", .as_on = a_day("2024-11-10")};
    EXPECT_THAT(lines(allocate(history, now).value(), allocate::Basis::kEffective),
                ElementsAre("2024-09 USD all 1", "2024-10 USD all 2"));
    const AllocationRequest then = {.dimension = "team", .as_on = a_day("2024-09-30")};
    EXPECT_THAT(lines(allocate(history, then).value(), allocate::Basis::kEffective),
                ElementsAre("2024-09 USD search 1", "2024-10 USD search 2"));
    const AllocationRequest october = {.dimension = "team",
                                       .months = period::Period{a_day("2024-10-01"), a_day("2024-11-01")}};
    EXPECT_THAT(lines(allocate(history, october).value(), allocate::Basis::kEffective),
                ElementsAre("2024-10 USD all 2"));
    const auto unknown = allocate(history, {.dimension = "taem"});
    EXPECT_EQ(unknown.error().code, "allocation.unknown_name");
    EXPECT_THAT(unknown.error().remedy, HasSubstr("`team`"));
    const auto early = allocate(rules(a_day("2024-10-01")), then);
    EXPECT_EQ(early.error().message, "no rules for the dimension `team` are in force on 2024-09-30");
    EXPECT_THAT(early.error().remedy, HasSubstr("2024-10-01"));
}

TEST_F(AllocateBillsTest, AMonthIsOpenUntilItIsOverUnlessSomebodySaysSo) {
    ASSERT_TRUE(workspace_->lake()
                    .state_provider_period({.source = "s",
                                            .invoice_issuer = "i",
                                            .start = a_day("2024-08-01"),
                                            .end = a_day("2024-09-01"),
                                            .stated_at = a_day("2024-10-01"),
                                            .closed = false,
                                            .delivery = {}})
                    .ok());
    const MonthStates states = month_states(*workspace_, workspace_->now()).value();
    EXPECT_TRUE(states.is_open(a_day("2024-08-01")));
    EXPECT_FALSE(states.is_open(a_day("2024-10-01")));
    EXPECT_TRUE(states.is_open(a_day("2024-11-01")));
    EXPECT_EQ(states.first_open(), allocate::kAlways.start);
    EXPECT_FALSE(month_states(*workspace_, a_day("2024-09-30")).value().is_open(a_day("2024-08-01")));
}

} // namespace
} // namespace florin::app
