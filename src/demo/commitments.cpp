#include "demo/commitments.hpp"

#include "demo/random.hpp"

#include <algorithm>
#include <numeric>

#include <fmt/format.h>

namespace florin::demo {

namespace {

constexpr std::int64_t kMicro = 1'000'000;

money::Decimal purchase_total(const Commitment& commitment) {
    return to_decimal(base::int128{commitment.capacity_per_hour} * kMicro * commitment.rate);
}

/// Cells of every charge of the commitment.
void set_commitment(Row& row, const Commitment& commitment) {
    row[Column::kCommitmentDiscountCategory] = commitment.category;
    row[Column::kCommitmentDiscountId] = commitment.id;
    row[Column::kCommitmentDiscountType] = commitment.type;
    row[Column::kCommitmentDiscountUnit] = commitment.unit;
}

Charge purchase(const Company& company, const Commitment& commitment, const period::Period& charge_period,
                const Row& base) {
    Charge charge;
    Row& row = charge.cells;
    row = base;
    set_sku(row, company.feeds[commitment.feed], company.skus[commitment.sku]);
    set_commitment(row, commitment);
    const bool spend = commitment.category == "Spend";
    const base::int128 hours = base::int128{charge_period.days()} * 24;
    base::int128 quantity = hours * kMicro; // Spend: hours at the price of an hour
    base::int128 price = base::int128{commitment.capacity_per_hour} * 10'000;
    base::int128 committed = hours * commitment.capacity_per_hour; // Spend: USD, 10^-6
    if (!spend) {
        committed = hours * commitment.capacity_per_hour * kMicro;
        quantity = commitment.upfront ? base::int128{commitment.capacity_per_hour} * kMicro : committed;
        price = commitment.rate;
    }
    row[Column::kChargeCategory] = "Purchase";
    row[Column::kChargeDescription] = commitment.description;
    row[Column::kChargeFrequency] = commitment.upfront ? "One-Time" : "Recurring";
    row[Column::kCommitmentDiscountQuantity] = fixed_text(committed, kQuantityPlaces);
    row[Column::kConsumedUnit].clear();
    row[Column::kPricingCategory] = "Standard";
    row[Column::kPricingQuantity] = fixed_text(quantity, kQuantityPlaces);
    row[Column::kPricingUnit] = commitment.upfront ? "Reservations" : "Hours";
    row[Column::kListUnitPrice] = fixed_text(price, kPricePlaces);
    row[Column::kContractedUnitPrice] = row[Column::kListUnitPrice];
    row[Column::kResourceId] = commitment.id;
    row[Column::kSkuId] = commitment.purchase_sku;
    row[Column::kSkuMeter] = "Commitment";
    row[Column::kSkuPriceId] = std::string(commitment.purchase_sku) + "-P1";
    const Cost cost = quantity * price;
    charge.set_costs(cost, 0, cost, cost);
    charge.set_period(charge_period);
    return charge;
}

/// Hours used in the span and by whom, 10^-6, in steps of 10^-3.
std::vector<std::int64_t> used_hours(const Commitment& commitment, int resources, const period::Period& span,
                                     Random& random) {
    const bool weekend = std::chrono::weekday(span.start).iso_encoding() >= 6 && span.days() == 1;
    const std::int64_t used_per_mille = weekend ? random.between(810, 890) : random.between(925, 985);
    base::int128 capacity = base::int128{span.days()} * 24 * commitment.capacity_per_hour; // hours, or 10^-6 USD
    if (commitment.category == "Spend") {
        capacity = capacity * 10'000 / commitment.rate;
    }
    const base::int128 used = capacity * kMicro * used_per_mille / 1'000;
    std::vector<std::int64_t> weights(static_cast<std::size_t>(resources));
    std::int64_t weight_sum = 0;
    for (auto& weight : weights) {
        weight = random.between(800, 1'200);
        weight_sum += weight;
    }
    for (auto& weight : weights) {
        const auto hours = static_cast<std::int64_t>(used * weight / weight_sum);
        weight = std::max<std::int64_t>(hours - hours % 1'000, 1'000);
    }
    return weights;
}

/// The span's cost of an upfront commitment, split by hours; the last part is what was unused.
std::vector<Cost> split_span(const Commitment& commitment, const period::Period& span,
                             std::span<const std::int64_t> hours, std::int64_t unused_hours) {
    Cost total = 0;
    for (period::Day day = span.start; day < span.end; day += std::chrono::days(1)) {
        total += commitment.daily[static_cast<std::size_t>((day - commitment.period.start).count())].units() / 100;
    }
    std::vector<money::Decimal> weights;
    for (const std::int64_t part : hours) {
        weights.push_back(money::Decimal::from_integer(part));
    }
    weights.push_back(money::Decimal::from_integer(unused_hours));
    const std::vector<money::Decimal> parts = money::split(to_decimal(total), weights, 12).value();
    std::vector<Cost> costs;
    for (const money::Decimal part : parts) {
        costs.push_back(part.units() / 100);
    }
    return costs;
}

/// Usage of one resource that the commitment covers; `i` counts the resources.
Charge used_charge(const Company& company, const Commitment& commitment, std::size_t i, std::int64_t hours,
                   Cost effective, const period::Period& span, const Row& base) {
    const Feed& feed = company.feeds[commitment.feed];
    const Sku& sku = company.skus[commitment.sku];
    const SubAccount& account = company.sub_accounts[commitment.sub_accounts[i % commitment.sub_accounts.size()]];
    const std::string quantity = fixed_text(hours, kQuantityPlaces);
    const std::uint64_t resource = mix(hash_text(commitment.id), i) >> 16U;
    Charge charge;
    Row& row = charge.cells;
    row = base;
    set_sku(row, feed, sku);
    set_sub_account(row, account);
    set_commitment(row, commitment);
    row[Column::kChargeCategory] = "Usage";
    row[Column::kChargeDescription] = fmt::format("{}, covered by {}", sku.description, commitment.type);
    row[Column::kChargeFrequency] = "Usage-Based";
    row[Column::kCommitmentDiscountStatus] = "Used";
    row[Column::kCommitmentDiscountQuantity] =
        commitment.category == "Spend" ? fixed_text(effective, kCostPlaces) : quantity;
    row[Column::kConsumedQuantity] = quantity;
    row[Column::kPricingQuantity] = quantity;
    row[Column::kPricingCategory] = "Committed";
    row[Column::kRegionId] = account.region;
    row[Column::kResourceId] = fmt::format("{}/{}-{:012x}", account.id, sku.resource, resource);
    row[Column::kResourceName] = fmt::format("{}-pool-{:02}", account.name, i + 1);
    row[Column::kTags] = tags_json(account.application, "api", account.cost_center, account.env, account.team);
    charge.team = std::string(account.team);
    charge.set_costs(0, effective, Cost{hours} * list_price(sku), Cost{hours} * contracted_price(feed, sku));
    charge.set_period(span);
    return charge;
}

/// What of the commitment nobody used in the span. Its list price is 0: nothing was delivered.
Charge unused_charge(const Company& company, const Commitment& commitment, std::int64_t hours, Cost effective,
                     const period::Period& span, const Row& base) {
    FLORIN_CHECK(effective > 0, "a commitment must leave something unused");
    const bool spend = commitment.category == "Spend";
    Charge charge = purchase(company, commitment, span, base);
    Row& row = charge.cells;
    row[Column::kChargeCategory] = "Usage";
    row[Column::kChargeDescription] = fmt::format("Unused part of {}", commitment.type);
    row[Column::kChargeFrequency] = "Usage-Based";
    row[Column::kCommitmentDiscountStatus] = "Unused";
    row[Column::kCommitmentDiscountQuantity] =
        spend ? fixed_text(effective, kCostPlaces) : fixed_text(hours, kQuantityPlaces);
    row[Column::kPricingCategory] = "Committed";
    row[Column::kPricingQuantity] =
        spend ? fixed_text(std::int64_t{span.days()} * 24, 0) : row[Column::kCommitmentDiscountQuantity];
    row[Column::kPricingUnit] = "Hours";
    row[Column::kListUnitPrice] = fixed_text(0, kPricePlaces);
    row[Column::kContractedUnitPrice] = row[Column::kListUnitPrice];
    row[Column::kSkuPriceId] = std::string(commitment.purchase_sku) + "-UNUSED";
    charge.set_costs(0, effective, 0, 0);
    return charge;
}

/// Charges of one span: one per resource, then what was unused.
void add_span(const Company& company, const Commitment& commitment, int resources, const period::Period& span,
              const Row& base, std::vector<Charge>& charges, CommitmentUse& use) {
    const bool spend = commitment.category == "Spend";
    Random random(mix(hash_text(commitment.id), static_cast<std::uint64_t>(span.start.time_since_epoch().count())));
    const std::vector<std::int64_t> hours = used_hours(commitment, resources, span, random);
    const std::int64_t hours_sum = std::accumulate(hours.begin(), hours.end(), std::int64_t{0});
    const std::int64_t capacity = std::int64_t{span.days()} * 24 * commitment.capacity_per_hour;
    const std::int64_t unused_hours = spend ? 0 : capacity * kMicro - hours_sum;
    std::vector<Cost> costs; // of each resource, then the unused rest
    if (commitment.upfront) {
        costs = split_span(commitment, span, hours, unused_hours);
    } else {
        for (const std::int64_t part : hours) {
            costs.push_back(Cost{part} * commitment.rate);
        }
        const Cost used = Cost{hours_sum} * commitment.rate;
        const Cost paid = spend ? Cost{capacity} * 10'000'000'000 : Cost{capacity} * kMicro * commitment.rate;
        costs.push_back(paid - used);
    }
    for (std::size_t i = 0; i < hours.size(); ++i) {
        charges.push_back(used_charge(company, commitment, i, hours[i], costs[i], span, base));
        use.used += costs[i];
    }
    charges.push_back(unused_charge(company, commitment, unused_hours, costs.back(), span, base));
    use.add({0, 0, costs.back(), static_cast<std::uint64_t>(resources), 1});
}

} // namespace

void CommitmentUse::add(const CommitmentUse& other) {
    purchased += other.purchased;
    used += other.used;
    unused += other.unused;
    used_rows += other.used_rows;
    unused_rows += other.unused_rows;
}

std::vector<Commitment> make_commitments(const Company& company, std::uint64_t seed, const period::Period& estate) {
    const period::Day year_end = estate.end;
    const period::Day year_start = std::max(estate.start, period::add_months(year_end, -12));
    const auto id = [&](std::string_view prefix) {
        return fmt::format("{}{:012x}", prefix, mix(seed, hash_text(prefix)) >> 16U);
    };
    std::vector<Commitment> all(3);
    all[0] = {0,
              id("arn:aws:savingsplans::savingsplan/sp-"),
              "Savings Plan",
              "Spend",
              "USD",
              "Compute Savings Plan, 1 year, no upfront",
              "AWS-SP-COMPUTE",
              find_sku(company, "AWS-EC2-M7I"),
              {find_account(company, 0, "checkout-prod"), find_account(company, 0, "mobile-api-prod"),
               find_account(company, 0, "tracking-prod")},
              false,
              60'000'000,
              1'451'500'000,
              estate,
              {}};
    all[1] = {1,
              id("/providers/Microsoft.Capacity/reservationOrders/"),
              "Reserved Instance",
              "Usage",
              "Hours",
              "Reserved VM instance, D8s v5, 1 year, all upfront",
              "AZ-RI-D8SV5",
              find_sku(company, "AZ-VM-D8SV5"),
              {find_account(company, 1, "routing-prod"), find_account(company, 1, "reporting-prod")},
              true,
              40,
              20'180'000'000'000,
              {year_start, period::add_months(year_start, 12)},
              {}};
    all[2] = {2,
              id("projects/halden-billing/commitments/"),
              "Committed Use Discount",
              "Usage",
              "Hours",
              "Commitment, N2 cores, 1 year, monthly",
              "GCP-CUD-N2",
              find_sku(company, "GCP-CE-N2-CPU"),
              {find_account(company, 2, "lakehouse-prod"), find_account(company, 2, "recommender-prod")},
              false,
              900,
              219'200'000,
              estate,
              {}};
    Commitment& upfront = all[1];
    const std::vector<money::Decimal> days(static_cast<std::size_t>(upfront.period.days()),
                                           money::Decimal::from_integer(1));
    upfront.daily = money::split(purchase_total(upfront), days, 12).value();
    return all;
}

CommitmentGrain commitment_grain(std::uint64_t rows_wanted, int days) {
    const auto wanted = static_cast<int>(std::min<std::uint64_t>(rows_wanted, 2'000));
    CommitmentGrain grain;
    grain.spans = wanted >= 3 * days ? days : 1;
    grain.resources = std::clamp(wanted / grain.spans - 1, 1, 40);
    return grain;
}

std::uint64_t commitment_rows(const Commitment& commitment, CommitmentGrain grain, const period::Period& month) {
    if (!commitment.period.contains(month.start)) {
        return 0;
    }
    const bool bought = !commitment.upfront || month.start == commitment.period.start;
    return static_cast<std::uint64_t>(grain.spans * (grain.resources + 1) + (bought ? 1 : 0));
}

CommitmentUse add_commitment_charges(const Company& company, const Commitment& commitment, CommitmentGrain grain,
                                     const period::Period& month, const Row& base, std::vector<Charge>& charges) {
    CommitmentUse use;
    if (!commitment.period.contains(month.start)) {
        return use;
    }
    if (!commitment.upfront || month.start == commitment.period.start) {
        charges.push_back(purchase(company, commitment, commitment.upfront ? commitment.period : month, base));
        use.purchased = charges.back().billed;
    }
    for (int i = 0; i < grain.spans; ++i) {
        const period::Period span{month.start + std::chrono::days(month.days() * i / grain.spans),
                                  month.start + std::chrono::days(month.days() * (i + 1) / grain.spans)};
        add_span(company, commitment, grain.resources, span, base, charges, use);
    }
    return use;
}

void set_sku(Row& row, const Feed& feed, const Sku& sku) {
    row[Column::kChargeDescription] = sku.description;
    row[Column::kConsumedUnit] = sku.consumed_unit;
    row[Column::kContractedUnitPrice] = fixed_text(contracted_price(feed, sku), kPricePlaces);
    row[Column::kListUnitPrice] = fixed_text(list_price(sku), kPricePlaces);
    row[Column::kPricingUnit] = sku.pricing_unit;
    row[Column::kServiceCategory] = sku.category;
    row[Column::kServiceName] = sku.service;
    row[Column::kServiceSubcategory] = sku.subcategory;
    row[Column::kSkuId] = sku.id;
    row[Column::kSkuMeter] = sku.meter;
    row[Column::kSkuPriceId] = std::string(sku.id) + "-P1";
}

void set_sub_account(Row& row, const SubAccount& account) {
    row[Column::kSubAccountId] = account.id;
    row[Column::kSubAccountName] = account.name;
}

} // namespace florin::demo
