#include "ingest/azure_cost/columns.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace florin::ingest::azure_cost {
namespace {

struct Known {
    std::string_view name;
    bool carried_over = false;
};

// cost-usage-details-ea 2024-08-01, cost-usage-details-mca 2023-12-01-preview, cost-usage-details-mca-partner
constexpr std::array<Known, 45> kKnown = {{{"AdditionalInfo"},
                                           {"AvailabilityZone", true},
                                           {"BenefitId"},
                                           {"BenefitName"},
                                           {"BillingAccountId"},
                                           {"BillingAccountName"},
                                           {"BillingCurrency", true},
                                           {"BillingPeriodEndDate", true},
                                           {"BillingPeriodStartDate", true},
                                           {"BillingProfileId"},
                                           {"BillingProfileName"},
                                           {"ChargeType"},
                                           {"CostInBillingCurrency", true},
                                           {"CostInPricingCurrency"},
                                           {"Date", true},
                                           {"ExchangeRatePricingToBilling"},
                                           {"Frequency"},
                                           {"InvoiceId", true},
                                           {"Location"},
                                           {"MeterCategory"},
                                           {"MeterName"},
                                           {"PartnerName"},
                                           {"PayGPrice"},
                                           {"PaygCostInBillingCurrency"},
                                           {"PricingCurrency", true},
                                           {"PricingModel"},
                                           {"ProductId"},
                                           {"ProductName", true},
                                           {"ProductOrderId"},
                                           {"ProductOrderName"},
                                           {"PublisherName"},
                                           {"PublisherType"},
                                           {"Quantity"},
                                           {"ReservationId"},
                                           {"ReservationName"},
                                           {"ResourceId"},
                                           {"ResourceLocation"},
                                           {"ResourceLocationNormalized"},
                                           {"ResourceName"},
                                           {"ResourceType"},
                                           {"SubscriptionId", true},
                                           {"SubscriptionName", true},
                                           {"Tags", true},
                                           {"UnitOfMeasure"},
                                           {"UnitPrice"}}};

constexpr std::array<std::string_view, kKnown.size()> kNames = [] {
    std::array<std::string_view, kKnown.size()> names;
    std::ranges::transform(kKnown, names.begin(), &Known::name);
    return names;
}();

/// Names that are others for the same thing, in lower case.
constexpr std::array<std::pair<std::string_view, std::string_view>, 10> kAliases = {
    {{"billingcurrencycode", "BillingCurrency"},
     {"cost", "CostInBillingCurrency"},
     {"currency", "BillingCurrency"},
     {"exchangerate", "ExchangeRatePricingToBilling"},
     {"instanceid", "ResourceId"},
     {"invoicesection", "InvoiceSectionName"},
     {"product", "ProductName"},
     {"resourcegroup", "ResourceGroupName"},
     {"subscriptionguid", "SubscriptionId"},
     {"usagedatetime", "Date"}}};

} // namespace

std::string lower_case(std::string_view text) {
    std::string out(text);
    std::ranges::transform(out, out.begin(),
                           [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
    return out;
}

std::string canonical_name(std::string_view column) {
    const std::string name = lower_case(column);
    const auto alias = std::ranges::find(kAliases, name, &std::pair<std::string_view, std::string_view>::first);
    if (alias != kAliases.end()) {
        return std::string(alias->second);
    }
    const auto known = std::ranges::find_if(kKnown, [&](const Known& one) { return lower_case(one.name) == name; });
    if (known != kKnown.end()) {
        return std::string(known->name);
    }
    std::string out(column);
    if (!out.empty() && out[0] >= 'a' && out[0] <= 'z') {
        out[0] = static_cast<char>(out[0] - 32);
    }
    return out;
}

std::span<const std::string_view> known_columns() {
    return kNames;
}

bool is_carried_over(std::string_view canonical) {
    const auto known = std::ranges::find(kKnown, canonical, &Known::name);
    return known != kKnown.end() && known->carried_over;
}

} // namespace florin::ingest::azure_cost
