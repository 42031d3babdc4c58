#include "lake/delivery.hpp"

#include "lake/test_deliveries.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include <random>

namespace florin::lake {
namespace {

using test::at;
using test::decimal;
using test::delivery;
using test::part;
using testing::ElementsAre;
using testing::IsEmpty;

/// The selected parts as "ID:SCOPE".
std::vector<std::string> selected(const std::vector<Delivery>& deliveries, std::optional<period::Instant> as_of = {},
                                  const std::vector<std::string>& precedence = {}) {
    std::vector<std::string> texts;
    for (const PartReference& reference : select_current(deliveries, as_of, precedence)) {
        const Delivery& of = deliveries[reference.delivery];
        texts.push_back(fmt::format("{}:{}", of.id.value(), of.parts[reference.part].scope));
    }
    return texts;
}

Part stray(const std::string& account, unsigned month = 10) {
    Part made = part(account, month);
    made.stray = true;
    return made;
}

Part pending(const std::string& account, std::optional<period::Instant> released = {}) {
    Part made = part(account);
    made.pending_reason = "loses a day";
    made.released_at = released;
    return made;
}

TEST(SelectCurrent, NothingOfNothing) {
    EXPECT_THAT(selected({}), IsEmpty());
}

TEST(SelectCurrent, TheLaterOrderedSnapshotReplacesItsScopeOnly) {
    EXPECT_THAT(selected({delivery(1, 1, {part("a"), part("b")}), delivery(2, 2, {part("a")})}),
                ElementsAre("1:b 2026-10", "2:a 2026-10"));
}

TEST(SelectCurrent, AnOlderRunThatComesLaterIsNeverCurrent) {
    EXPECT_THAT(selected({delivery(1, 5, {part("a")}), delivery(2, 4, {part("a")})}), ElementsAre("1:a 2026-10"));
}

TEST(SelectCurrent, OfOneTimeTheLaterInTheCatalogCounts) {
    EXPECT_THAT(selected({delivery(1, 5, {part("a")}), delivery(2, 5, {part("a")})}), ElementsAre("2:a 2026-10"));
}

TEST(SelectCurrent, AsOfCountsWhatWasReceivedByThenTheInstantIncluded) {
    const std::vector<Delivery> both = {delivery(1, 1, {part("a")}), delivery(2, 5, {part("a")})};
    EXPECT_THAT(selected(both, at(10, 31)), IsEmpty());
    EXPECT_THAT(selected(both, at(11, 4)), ElementsAre("1:a 2026-10"));
    EXPECT_THAT(selected(both, at(11, 5)), ElementsAre("2:a 2026-10"));
}

TEST(SelectCurrent, ReceivedTimeDecidesWhatIsKnownAndOrderedTimeWhatIsNewer) {
    std::vector<Delivery> both = {delivery(1, 6, {part("a")}), delivery(2, 8, {part("a")})};
    both[1].ordered_at = at(11, 5);
    EXPECT_THAT(selected(both), ElementsAre("1:a 2026-10"));
    both[0].received_at = at(11, 9);
    EXPECT_THAT(selected(both, at(11, 8)), ElementsAre("2:a 2026-10"));
}

TEST(SelectCurrent, PendingDoesNotCountUntilItIsReleased) {
    std::vector<Delivery> both = {delivery(1, 1, {part("a")}), delivery(2, 5, {pending("a")})};
    EXPECT_THAT(selected(both), ElementsAre("1:a 2026-10"));
    both[1].parts[0].released_at = at(11, 9);
    EXPECT_THAT(selected(both), ElementsAre("2:a 2026-10"));
}

TEST(SelectCurrent, AReleaseIsADecisionOfItsTime) {
    const std::vector<Delivery> both = {delivery(1, 1, {part("a")}), delivery(2, 5, {pending("a", at(11, 9))})};
    EXPECT_THAT(selected(both, at(11, 8)), ElementsAre("1:a 2026-10"));
    EXPECT_THAT(selected(both, at(11, 9)), ElementsAre("2:a 2026-10"));
}

TEST(SelectCurrent, WithdrawnCountsOnlyBeforeItsWithdrawal) {
    std::vector<Delivery> both = {delivery(1, 1, {part("a")}), delivery(2, 5, {part("a")})};
    both[1].withdrawn_at = at(11, 9);
    EXPECT_THAT(selected(both), ElementsAre("1:a 2026-10"));
    EXPECT_THAT(selected(both, at(11, 8)), ElementsAre("2:a 2026-10"));
    EXPECT_THAT(selected(both, at(11, 9)), ElementsAre("1:a 2026-10"));
}

TEST(SelectCurrent, StrayRowsCountOnlyWhereNothingElseCoversTheScope) {
    const Delivery bill = delivery(1, 1, {part("a")});
    const Delivery with_stray = delivery(2, 5, {stray("a"), part("a", 11)});
    EXPECT_THAT(selected({with_stray}), ElementsAre("2:a 2026-10", "2:a 2026-11"));
    EXPECT_THAT(selected({bill, with_stray}), ElementsAre("1:a 2026-10", "2:a 2026-11"));
    // Even when the bill comes later than the stray rows but is ordered before them.
    EXPECT_THAT(selected({delivery(1, 5, {stray("a")}), delivery(2, 1, {part("a")})}), ElementsAre("2:a 2026-10"));
}

TEST(SelectCurrent, OfStrayPartsTheNewestCounts) {
    EXPECT_THAT(selected({delivery(1, 1, {stray("a")}), delivery(2, 2, {stray("a")})}), ElementsAre("2:a 2026-10"));
}

TEST(SelectCurrent, AReleasedStrayPartIsTheScope) {
    std::vector<Delivery> both = {delivery(1, 1, {part("a")}), delivery(2, 5, {stray("a")})};
    both[1].parts[0].pending_reason = "1 stray row";
    EXPECT_THAT(selected(both), ElementsAre("1:a 2026-10"));
    both[1].parts[0].released_at = at(11, 9);
    EXPECT_THAT(selected(both), ElementsAre("2:a 2026-10"));
    EXPECT_THAT(selected(both, at(11, 8)), ElementsAre("1:a 2026-10"));
}

TEST(SelectCurrent, AppendedPartsAddToTheSnapshotBeforeThem) {
    std::vector<Delivery> all = {delivery(1, 1, {part("a")}), delivery(2, 3, {part("a")}), delivery(3, 5, {part("a")})};
    all[0].mode = all[1].mode = all[2].mode = Mode::kAppend;
    EXPECT_THAT(selected(all), ElementsAre("1:a 2026-10", "2:a 2026-10", "3:a 2026-10"));
    all[1].mode = Mode::kSnapshot;
    EXPECT_THAT(selected(all), ElementsAre("2:a 2026-10", "3:a 2026-10"));
    EXPECT_THAT(selected(all, at(11, 2)), ElementsAre("1:a 2026-10"));
}

TEST(SelectCurrent, APartitionReplacesThePartitionItNames) {
    std::vector<Delivery> all = {delivery(1, 1, {part("a"), part("a")}), delivery(2, 3, {part("a")})};
    all[0].parts[0].scope = "day 1";
    all[0].parts[1].scope = "day 2";
    all[1].parts[0].scope = "day 2";
    all[0].mode = all[1].mode = Mode::kPartition;
    EXPECT_THAT(selected(all), ElementsAre("1:day 1", "2:day 2"));
}

TEST(SelectCurrent, SourcesStandSideBySideUnlessOneComesFirst) {
    std::vector<Delivery> all = {delivery(1, 1, {part("a"), part("b")}), delivery(2, 3, {part("a")})};
    all[1].source = "cur";
    EXPECT_THAT(selected(all), ElementsAre("1:a 2026-10", "1:b 2026-10", "2:a 2026-10"));
    EXPECT_THAT(selected(all, {}, {"focus", "cur"}), ElementsAre("1:a 2026-10", "1:b 2026-10"));
    EXPECT_THAT(selected(all, {}, {"cur", "focus"}), ElementsAre("1:b 2026-10", "2:a 2026-10"));
    EXPECT_THAT(selected(all, {}, {"cur"}), ElementsAre("1:b 2026-10", "2:a 2026-10"));
    EXPECT_THAT(selected(all, {}, {"other"}), ElementsAre("1:a 2026-10", "1:b 2026-10", "2:a 2026-10"));
}

/// A part as an Azure actual or amortized export has it.
Part told_apart(Part made, const std::string& role) {
    made.scope += "/" + role; // so that the texts tell them apart; taken back by roles()
    made.role = role;
    made.yields_to = role == "actual" ? "amortized" : "";
    return made;
}

/// Deliveries whose scopes are what the role leaves of them.
std::vector<Delivery> roles(std::vector<Delivery> all) {
    for (Delivery& one : all) {
        for (Part& part : one.parts) {
            part.scope = part.scope.substr(0, part.scope.find('/'));
        }
    }
    return all;
}

/// The selected parts as "ID:ACCOUNT ROLE".
std::vector<std::string> selected_roles(const std::vector<Delivery>& deliveries,
                                        const std::vector<std::string>& precedence = {}) {
    std::vector<std::string> texts;
    const std::vector<Delivery> all = roles(deliveries);
    for (const PartReference& reference : select_current(all, std::nullopt, precedence)) {
        const Part& part = all[reference.delivery].parts[reference.part];
        texts.push_back(
            fmt::format("{}:{} {}", all[reference.delivery].id.value(), part.billing_account_id, part.role));
    }
    return texts;
}

TEST(SelectCurrent, ActualAloneCountsWithItsPurchases) {
    EXPECT_THAT(selected_roles({delivery(1, 1, {told_apart(part("a"), "actual"), told_apart(part("a"), "purchases")})}),
                ElementsAre("1:a actual", "1:a purchases"));
}

TEST(SelectCurrent, AmortizedAloneCountsByItself) {
    EXPECT_THAT(selected_roles({delivery(1, 1, {told_apart(part("a"), "amortized")})}), ElementsAre("1:a amortized"));
}

TEST(SelectCurrent, WhereAmortizedStandsActualYieldsAndItsPurchasesDoNotWhicheverIsNewer) {
    const std::vector<Part> actual = {told_apart(part("a"), "actual"), told_apart(part("a"), "purchases"),
                                      told_apart(part("b"), "actual")};
    const std::vector<Part> amortized = {told_apart(part("a"), "amortized")};
    EXPECT_THAT(selected_roles({delivery(1, 1, actual), delivery(2, 2, amortized)}),
                ElementsAre("1:a purchases", "1:b actual", "2:a amortized"));
    EXPECT_THAT(selected_roles({delivery(1, 2, actual), delivery(2, 1, amortized)}),
                ElementsAre("1:a purchases", "1:b actual", "2:a amortized"));
}

TEST(SelectCurrent, EachRoleIsReplacedByItself) {
    EXPECT_THAT(selected_roles({delivery(1, 1, {told_apart(part("a"), "actual"), told_apart(part("a"), "purchases")}),
                                delivery(2, 2, {told_apart(part("a"), "amortized")}),
                                delivery(3, 3, {told_apart(part("a"), "actual"), told_apart(part("a"), "purchases")}),
                                delivery(4, 4, {told_apart(part("a"), "amortized")})}),
                ElementsAre("3:a purchases", "4:a amortized"));
}

TEST(SelectCurrent, NothingYieldsToWhatWaitsOrWasWithdrawn) {
    std::vector<Delivery> all = {delivery(1, 1, {told_apart(part("a"), "actual")}),
                                 delivery(2, 2, {told_apart(part("a"), "amortized")})};
    all[1].parts[0].pending_reason = "loses a day";
    EXPECT_THAT(selected_roles(all), ElementsAre("1:a actual"));
    all[1].parts[0].released_at = at(11, 3);
    EXPECT_THAT(selected_roles(all), ElementsAre("2:a amortized"));
    all[1].withdrawn_at = at(11, 4);
    EXPECT_THAT(selected_roles(all), ElementsAre("1:a actual"));
}

TEST(SelectCurrent, NothingYieldsToAnEmptyPart) {
    std::vector<Delivery> all = {delivery(1, 1, {told_apart(part("a"), "actual")}),
                                 delivery(2, 2, {told_apart(part("a"), "amortized")}),
                                 delivery(3, 3, {told_apart(part("a"), "amortized")})};
    all[2].parts[0].rows = 0;
    EXPECT_THAT(selected_roles(all), ElementsAre("1:a actual", "3:a amortized"))
        << "the one export says nothing of the account any more, the other one does";
}

TEST(SelectCurrent, StrayRowsOfOneRoleDoNotCountBesideABillInAnother) {
    Part few = told_apart(part("a"), "amortized");
    few.stray = true;
    EXPECT_THAT(selected_roles({delivery(1, 1, {told_apart(part("a"), "actual")}), delivery(2, 2, {few})}),
                ElementsAre("1:a actual"));
    Part few_actual = told_apart(part("a"), "actual");
    few_actual.stray = true;
    EXPECT_THAT(selected_roles({delivery(1, 1, {few_actual}), delivery(2, 2, {few})}), ElementsAre("2:a amortized"));
}

TEST(SelectCurrent, ARoleYieldsWithinItsSourceOnly) {
    std::vector<Delivery> all = {delivery(1, 1, {told_apart(part("a"), "actual")}),
                                 delivery(2, 2, {told_apart(part("a"), "amortized")})};
    all[1].source = "other";
    EXPECT_THAT(selected_roles(all), ElementsAre("1:a actual", "2:a amortized"));
    EXPECT_THAT(selected_roles(all, {"focus", "other"}), ElementsAre("1:a actual"));
}

TEST(SelectStanding, WhatYieldsStands) {
    const std::vector<Delivery> all = roles(
        {delivery(1, 1, {told_apart(part("a"), "actual")}), delivery(2, 2, {told_apart(part("a"), "amortized")})});
    EXPECT_THAT(select_standing(all, std::nullopt), ElementsAre(PartReference{0, 0}, PartReference{1, 0}));
    EXPECT_THAT(select_standing(all, at(11, 1)), ElementsAre(PartReference{0, 0}));
}

/// What select_current says of snapshots, written the other way round: for each part, whether anything beats it.
class Naive {
public:
    Naive(const std::vector<Delivery>& all, std::optional<period::Instant> as_of)
        : all_(all), until_(as_of.value_or(at(12, 31))) {}

    std::vector<PartReference> current() const {
        std::vector<PartReference> found;
        for (std::size_t d = 0; d < all_.size(); ++d) {
            for (std::size_t p = 0; p < all_[d].parts.size(); ++p) {
                if (stands(d, all_[d].parts[p]) && !yields(all_[d].parts[p])) {
                    found.push_back({d, p});
                }
            }
        }
        return found;
    }

private:
    bool lives(const Delivery& d, const Part& p) const {
        const bool waits = !p.pending_reason.empty() && !(p.released_at.has_value() && *p.released_at <= until_);
        return d.received_at <= until_ && !(d.withdrawn_at.has_value() && *d.withdrawn_at <= until_) && !waits;
    }
    static bool is_full(const Part& p) { return !p.stray || p.released_at.has_value(); }
    static bool is_newer(const Delivery& a, const Delivery& b) {
        return a.ordered_at != b.ordered_at ? a.ordered_at > b.ordered_at : a.id.value() > b.id.value();
    }
    bool stands(std::size_t d, const Part& part) const {
        if (!lives(all_[d], part)) {
            return false;
        }
        for (std::size_t e = 0; e < all_.size(); ++e) {
            for (const Part& other : all_[e].parts) {
                if (&other == &part || other.scope != part.scope || !lives(all_[e], other)) {
                    continue;
                }
                const bool same_kind = is_full(other) == is_full(part);
                if ((is_full(other) && !is_full(part)) ||
                    (same_kind && other.role == part.role && is_newer(all_[e], all_[d]))) {
                    return false;
                }
            }
        }
        return true;
    }
    bool yields(const Part& part) const {
        for (std::size_t e = 0; e < all_.size(); ++e) {
            for (const Part& other : all_[e].parts) {
                if (!part.yields_to.empty() && other.rows > 0 && other.scope == part.scope &&
                    other.role == part.yields_to && stands(e, other)) {
                    return true;
                }
            }
        }
        return false;
    }

    const std::vector<Delivery>& all_;
    period::Instant until_;
};

TEST(SelectCurrent, RandomSnapshotsAgreeWithANaiveSelection) {
    for (unsigned seed = 0; seed < 3'000; ++seed) {
        std::mt19937 random(seed);
        const auto below = [&random](unsigned n) { return static_cast<unsigned>(random() % n); };
        const auto one_in = [&below](unsigned n) { return below(n) == 0; };
        std::vector<Delivery> all;
        const std::int64_t count = 1 + std::int64_t{below(8)};
        for (std::int64_t id = 1; id <= count; ++id) {
            std::vector<Part> parts;
            for (const char* account : {"a", "b", "c"}) {
                for (const char* role : {"actual", "purchases", "amortized"}) {
                    if (!one_in(3)) {
                        continue;
                    }
                    Part made = told_apart(part(account), role);
                    made.stray = one_in(3);
                    made.rows = one_in(4) ? 0 : 1;
                    made.pending_reason = one_in(3) ? "waits" : "";
                    if (!made.pending_reason.empty() && one_in(2)) {
                        made.released_at = at(11, 1 + below(12));
                    }
                    parts.push_back(made);
                }
            }
            all.push_back(delivery(id, 1 + below(9), parts));
            all.back().ordered_at = at(11, 1 + below(9));
            if (one_in(4)) {
                all.back().withdrawn_at = at(11, 1 + below(12));
            }
        }
        all = roles(all);
        ASSERT_EQ(select_current(all, std::nullopt, {}), Naive(all, std::nullopt).current()) << "seed " << seed;
        const period::Instant as_of = at(11, 1 + below(12));
        ASSERT_EQ(select_current(all, as_of, {}), Naive(all, as_of).current()) << "seed " << seed;
    }
}

/// A part whose positive billed costs are these.
Part billed(const std::map<std::string, std::string>& by_currency) {
    Part made = part("a");
    made.sums.clear();
    for (const auto& [currency, amount] : by_currency) {
        made.sums[currency].positive_billed = decimal(amount);
    }
    return made;
}

TEST(LossAgainst, TheSameOrMoreIsNoLoss) {
    EXPECT_EQ(loss_against(part("a"), part("a")), std::nullopt);
    Part more = part("a");
    more.charge_days.insert("2026-10-02");
    more.sub_accounts.insert("other");
    more.sums["EUR"].positive_billed = decimal("5");
    EXPECT_EQ(loss_against(part("a"), more), std::nullopt);
}

TEST(LossAgainst, ADayThatIsNoLongerThere) {
    Part current = part("a");
    current.charge_days = {"2026-10-01", "2026-10-02", "2026-10-03"};
    Part incoming = part("a");
    incoming.charge_days = {"2026-10-01", "2026-10-03", "2026-10-04"};
    EXPECT_EQ(loss_against(current, incoming), "it has no charges on 2026-10-02, the current delivery has");
    incoming.charge_days = {"2026-10-04"};
    EXPECT_EQ(loss_against(current, incoming),
              "it has no charges on 2026-10-01 and 2 other days, the current delivery has");
}

Delivery of_datasets(std::int64_t id, unsigned november_day, const std::vector<std::string>& scopes) {
    Delivery made = delivery(id, november_day, {});
    for (const std::string& scope : scopes) {
        made.datasets.push_back({"InvoiceDetail", scope, 2, "deliveries/x/invoice_details.parquet"});
    }
    return made;
}

TEST(SelectDatasets, TheNewestOfEachScopeCountsWhateverFeedBroughtIt) {
    std::vector<Delivery> all = {of_datasets(1, 1, {"a 2026-09", "a 2026-10"}), of_datasets(2, 3, {"a 2026-10"}),
                                 of_datasets(3, 2, {"a 2026-10", "b 2026-10"}), of_datasets(4, 3, {"a 2026-10"})};
    all[1].source = "other";
    all[3].datasets[0].dataset = "BillingPeriod";
    EXPECT_EQ(all[0].rows(), 4U);
    using Selected = std::vector<PartReference>;
    EXPECT_EQ(select_datasets(all, std::nullopt), (Selected{{0, 0}, {1, 0}, {2, 1}, {3, 0}}));
    EXPECT_EQ(select_datasets(all, at(11, 2)), (Selected{{0, 0}, {2, 0}, {2, 1}}));
    EXPECT_EQ(select_datasets(all, at(11, 1)), (Selected{{0, 0}, {0, 1}}));
    all[1].withdrawn_at = at(11, 5);
    EXPECT_EQ(select_datasets(all, std::nullopt), (Selected{{0, 0}, {2, 0}, {2, 1}, {3, 0}}));
    EXPECT_EQ(select_datasets(all, at(11, 4)), (Selected{{0, 0}, {1, 0}, {2, 1}, {3, 0}}));
    all[3].datasets[0].dataset = "InvoiceDetail";
    EXPECT_EQ(select_datasets(all, std::nullopt), (Selected{{0, 0}, {2, 1}, {3, 0}})) << "of one time the later";
    EXPECT_TRUE(select_current(all, std::nullopt, {}).empty());
}

TEST(LossAgainst, ASubAccountThatIsNoLongerThere) {
    Part current = part("a");
    current.sub_accounts = {"one", "two"};
    Part incoming = part("a");
    incoming.sub_accounts = {"two", "three"};
    EXPECT_EQ(loss_against(current, incoming), "it has no charges of sub account one, the current delivery has");
}

TEST(LossAgainst, OnePercentIsTheLimitToTheLastDigit) {
    EXPECT_EQ(loss_against(billed({{"USD", "100"}}), billed({{"USD", "99"}})), std::nullopt);
    EXPECT_TRUE(loss_against(billed({{"USD", "100"}}), billed({{"USD", "98.999999999999999999"}})).has_value());
    EXPECT_EQ(loss_against(billed({{"USD", "0.000000000000000100"}}), billed({{"USD", "0.000000000000000099"}})),
              std::nullopt);
    EXPECT_TRUE(
        loss_against(billed({{"USD", "0.000000000000000100"}}), billed({{"USD", "0.000000000000000098"}})).has_value());
}

TEST(LossAgainst, EachCurrencyForItself) {
    EXPECT_EQ(loss_against(billed({{"EUR", "50"}, {"USD", "100"}}), billed({{"EUR", "10"}, {"USD", "1000"}})),
              "its positive billed cost is 10.00 EUR, the current delivery's is 50.00 EUR");
    EXPECT_TRUE(loss_against(billed({{"EUR", "50"}, {"USD", "100"}}), billed({{"USD", "150"}})).has_value());
}

TEST(LossAgainst, CreditsDoNotHideWhatIsLostAndTakeNothingAway) {
    // Billed costs of 100 and -90, then of 100 and -500: the positive ones are as before.
    EXPECT_EQ(loss_against(billed({{"USD", "100"}}), billed({{"USD", "100"}})), std::nullopt);
    EXPECT_EQ(loss_against(billed({{"USD", "0"}}), billed({{"USD", "0"}})), std::nullopt);
    EXPECT_EQ(loss_against(billed({{"USD", "0"}}), billed({})), std::nullopt);
}

TEST(LossAgainst, TheLargestAmounts) {
    const std::string most(20, '9');
    EXPECT_EQ(loss_against(billed({{"USD", most}}), billed({{"USD", most}})), std::nullopt);
    EXPECT_TRUE(loss_against(billed({{"USD", most}}), billed({{"USD", "1"}})).has_value());
}

} // namespace
} // namespace florin::lake
