#include "demo/fees.hpp"

#include "demo/commitments.hpp"
#include "demo/random.hpp"

#include <array>

#include <fmt/format.h>

namespace florin::demo {

namespace {

constexpr Cost kCent = 100'000'000'000'000; // 10^-16

struct Fee {
    std::string_view feed, sku, service, category, subcategory, description, unit;
    std::int64_t quantity; ///< 10^-6
    std::int64_t price;    ///< list, 10^-10
};

constexpr std::int64_t kUnit = 10'000'000'000;
constexpr std::array kFees = {
    Fee{"aws", "AWS-SUPPORT-ENT", "AWS Support", "Management and Governance", "Support",
        "Enterprise support, billed for the month", "Months", 1'000'000, 15'000 * kUnit},
    Fee{"aws", "AWS-MP-WAF", "Marketplace: managed firewall rules", "Security", "Other (Security)",
        "Managed rule groups, subscription", "Months", 6'000'000, 320 * kUnit},
    Fee{"azure", "AZ-SUPPORT-UNIFIED", "Unified Support", "Management and Governance", "Support",
        "Unified support, billed for the month", "Months", 1'000'000, 9'800 * kUnit},
    Fee{"gcp", "GCP-SUPPORT-PREMIUM", "Premium Support", "Management and Governance", "Support",
        "Premium support, billed for the month", "Months", 1'000'000, 12'500 * kUnit},
    Fee{"saas", "BL-PLATFORM", "Brightlog Platform", "Management and Governance", "Observability",
        "Platform subscription", "Months", 1'000'000, 4'200 * kUnit},
    Fee{"saas", "BL-SEAT", "Brightlog Platform", "Management and Governance", "Observability", "User seats",
        "Seat-Months", 140'000'000, 29 * kUnit},
    Fee{"ai", "TSR-SEAT", "Tessera Workspace", "AI and Machine Learning", "Other (AI and Machine Learning)",
        "Workspace seats", "Seat-Months", 80'000'000, 25 * kUnit},
    Fee{"datacenter", "DC-OPERATIONS", "Data centre operations", "Management and Governance",
        "Other (Management and Governance)", "Operations staff, internal rate", "Months", 1'000'000, 18'500 * kUnit},
};

Charge fee_charge(const Feed& feed, const Fee& fee, const period::Period& month, const Row& base) {
    Charge charge;
    Row& row = charge.cells;
    row = base;
    const std::int64_t contracted = fee.price / 100 * (100 - feed.discount_percent);
    row[Column::kChargeCategory] = "Purchase";
    row[Column::kChargeDescription] = fee.description;
    row[Column::kChargeFrequency] = "Recurring";
    row[Column::kListUnitPrice] = fixed_text(fee.price, kPricePlaces);
    row[Column::kContractedUnitPrice] = fixed_text(contracted, kPricePlaces);
    row[Column::kPricingCategory] = "Standard";
    row[Column::kPricingQuantity] = fixed_text(fee.quantity, kQuantityPlaces);
    row[Column::kPricingUnit] = fee.unit;
    row[Column::kServiceCategory] = fee.category;
    row[Column::kServiceName] = fee.service;
    row[Column::kServiceSubcategory] = fee.subcategory;
    row[Column::kSkuId] = fee.sku;
    row[Column::kSkuMeter] = "Subscription";
    row[Column::kSkuPriceId] = std::string(fee.sku) + "-P1";
    const Cost billed = Cost{fee.quantity} * contracted;
    charge.set_costs(billed, billed, Cost{fee.quantity} * fee.price, billed);
    charge.set_period(month);
    charge.taxable = true;
    return charge;
}

/// A charge of a lump sum, without SKU and price.
Charge lump_charge(std::string_view category, std::string_view service, std::string_view subcategory,
                   std::string_view description, std::int64_t cents, const period::Period& days, const Row& base) {
    Charge charge;
    Row& row = charge.cells;
    row = base;
    row[Column::kChargeCategory] = category;
    row[Column::kChargeDescription] = description;
    row[Column::kChargeFrequency] = "One-Time";
    row[Column::kServiceCategory] = subcategory == "Support" ? "Management and Governance" : "Other";
    row[Column::kServiceName] = service;
    row[Column::kServiceSubcategory] = subcategory;
    const Cost cost = cents * kCent;
    charge.set_costs(cost, cost, cost, cost);
    charge.set_period(days);
    return charge;
}

/// Usage of the month before that was billed too high, taken back line by line.
void add_corrections(const Company& company, std::size_t feed, const period::Period& month, const Row& base,
                     Random& random, std::vector<Charge>& charges) {
    std::vector<const Line*> lines;
    for (const Line& line : company.lines) {
        if (line.feed == feed && line.anomaly < 0 && line.move == Move::kStays) {
            lines.push_back(&line);
        }
    }
    const period::Period earlier = period::previous(month);
    for (int i = 0; i < 4; ++i) {
        const std::int64_t last = static_cast<std::int64_t>(lines.size()) - 1;
        const Line& line = *lines[static_cast<std::size_t>(random.between(0, last))];
        const Sku& sku = company.skus[line.sku];
        const SubAccount& account = company.sub_accounts[line.sub_account];
        const period::Day day = earlier.start + std::chrono::days(random.between(0, earlier.days() - 1));
        Charge charge;
        Row& row = charge.cells;
        row = base;
        set_sku(row, company.feeds[feed], sku);
        set_sub_account(row, account);
        const std::int64_t part = line.daily_quantity * random.between(10, 40) / 100;
        const std::int64_t quantity = -(part - part % sku.quantum + sku.quantum);
        row[Column::kChargeCategory] = "Usage";
        row[Column::kChargeClass] = "Correction";
        row[Column::kChargeDescription] = fmt::format("Correction: {}", sku.description);
        row[Column::kChargeFrequency] = "Usage-Based";
        row[Column::kConsumedUnit].clear();
        row[Column::kPricingCategory] = sku.dynamic ? "Dynamic" : "Standard";
        row[Column::kPricingQuantity] = fixed_text(quantity, kQuantityPlaces);
        row[Column::kRegionId] = line.region;
        row[Column::kTags] = line.tag_variants.front();
        charge.team = line.team;
        const Cost contracted = Cost{quantity} * contracted_price(company.feeds[feed], sku);
        charge.set_costs(contracted, contracted, Cost{quantity} * list_price(sku), contracted);
        charge.set_period({day, day + std::chrono::days(1)});
        charges.push_back(std::move(charge));
    }
}

} // namespace

std::vector<Charge> fee_charges(const Company& company, std::size_t feed_index, int month_index,
                                const period::Period& month, const Row& base, std::uint64_t seed) {
    const Feed& feed = company.feeds[feed_index];
    Random random(mix(mix(seed, hash_text(feed.name)), static_cast<std::uint64_t>(month_index)));
    std::vector<Charge> charges;
    for (const Fee& fee : kFees) {
        if (fee.feed == feed.name) {
            charges.push_back(fee_charge(feed, fee, month, base));
        }
    }
    const auto on_day = [&](std::int64_t day) {
        return period::Period{month.start + std::chrono::days(day - 1), month.start + std::chrono::days(day)};
    };
    const bool migrating = company.migration && company.migration->contains(month.start);
    if (feed.name == "gcp" && (migrating || month_index == 0)) {
        charges.push_back(lump_charge("Credit", "Migration credit", "Other (Other)", "Credit for moving workloads",
                                      -1'250'000, on_day(1), base));
    }
    if (feed.name == "azure") {
        charges.push_back(lump_charge("Credit", "Enterprise credit", "Other (Other)", "Monthly agreement credit",
                                      -150'000, on_day(1), base));
    }
    if (feed.name == "ai" && month_index % 3 == 0) {
        charges.push_back(lump_charge("Credit", "Promotional credit", "Other (Other)", "Start-up programme credit",
                                      -80'000 - random.between(0, 9'999), on_day(2), base));
    }
    if (feed.name == "aws" && month_index % 3 == 1) {
        charges.push_back(lump_charge("Adjustment", "Service level refund", "Other (Other)",
                                      "Refund, service level not met", -43'718 - random.between(0, 99'999),
                                      on_day(random.between(10, 20)), base));
    }
    if (feed.name == "saas" && month_index % 4 == 2) {
        charges.push_back(lump_charge("Adjustment", "Goodwill refund", "Support", "Refund for an outage of the vendor",
                                      -21'400 - random.between(0, 9'999), on_day(random.between(5, 25)), base));
    }
    const bool corrects =
        (feed.name == "aws" && month_index % 4 == 1) || (feed.name == "azure" && month_index % 6 == 3);
    if (corrects) {
        add_corrections(company, feed_index, month, base, random, charges);
    }
    return charges;
}

bool is_taxed(const Feed& feed) {
    return feed.tax_base != TaxBase::kNothing;
}

Charge tax_charge(const Feed& feed, const period::Period& month, const Row& base, Cost taxable_billed,
                  Cost taxable_list, Cost taxable_contracted) {
    Charge charge = lump_charge(
        "Tax", "Tax", "Other (Other)",
        feed.tax_base == TaxBase::kFees ? "Tax on support and subscriptions" : "Value added tax", 0, month, base);
    charge.cells[Column::kChargeFrequency] = "Recurring";
    const auto tax = [&](Cost cost) { return divide_rounded(cost * feed.tax_per_myriad, 10'000 * kCent) * kCent; };
    const Cost billed = tax(taxable_billed);
    charge.set_costs(billed, billed, tax(taxable_list), tax(taxable_contracted));
    return charge;
}

} // namespace florin::demo
