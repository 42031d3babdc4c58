// Built with a split that loses what is left over (FLORIN_BREAK_CONSERVATION): the certificate must refuse.
#include "allocate/certificate.hpp"
#include "allocate/verify.hpp"

#include <gtest/gtest.h>

namespace florin::allocate {
namespace {

TEST(Mutation, ALostRemainderIsNotCertifiedAndNotVerified) {
    const period::Day start{std::chrono::year{2024} / 5 / 1};
    Owners owners;
    owners.dimension = "team";
    owners.days = {start, start + std::chrono::days(31)};
    owners.values = {"", "a", "b", "c"};
    owners.starts = {0, 1};
    owners.intervals = {{start, kUnallocated}};
    Tuples tuples{.currencies = {"USD"}, .all = {Tuple{}}};
    Rules rules;
    rules.pools = {{.name = "thirds",
                    .takes = {.owners = {kUnallocated}},
                    .method = Method::kEven,
                    .targets = {{.value = 1}, {.value = 2}, {.value = 3}}}};
    allocate::Run run = allocate::Run::start(owners, tuples, rules, 1).value();
    Month month{.period = period::month_of(start), .complete_until = start};
    const money::Decimal hundred = money::Decimal::from_integer(100);
    month.cells.add(0, start, {hundred, hundred, hundred, hundred});
    const MonthResult result = run.add(month).value();
    ASSERT_NE(result.balances[0].in, result.balances[0].out) << "this test is built without the mutation";

    Certificate certificate = begin_certificate(run, owners, "rules", {});
    const auto certified = certify(certificate, result, run, owners, tuples);
    ASSERT_FALSE(certified.ok());
    EXPECT_EQ(certified.error().code, "allocation.not_conserved");
    EXPECT_NE(certified.error().message.find("took in 100 and gave 99.999999999999999999"), std::string::npos)
        << certified.error().message;

    // Were it certified all the same, the check would refuse it.
    const money::Decimal third = result.sums[0].amounts[0];
    MonthCertificate forged{.period = result.period,
                            .cell_count = result.cell_count,
                            .cells_hash = result.cells_hash,
                            .ratios_hash = hash_of(result.ratios.sets()),
                            .sums_hash = hash_of(result.sums)};
    const money::Decimal all = result.balances[0].out[0];
    forged.days = {{.day = start, .currency = "USD", .in = {all, all, all, all}, .allocated = {all, all, all, all}}};
    for (const char* value : {"a", "b", "c"}) {
        forged.owners.push_back({.value = value, .currency = "USD", .shared = {third, third, third, third}});
    }
    certificate.months.push_back(forged);
    Verifier verifier = Verifier::start(certificate, tuples, run.assignments(), owners.values).value();
    const auto verified = verifier.check(month.cells, result.ratios.sets(), result.sums);
    ASSERT_FALSE(verified.ok());
    EXPECT_EQ(verified.error().code, "allocation.certificate_refused");
}

} // namespace
} // namespace florin::allocate
