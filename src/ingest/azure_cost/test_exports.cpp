#include "ingest/azure_cost/test_exports.hpp"

namespace florin::ingest::azure_cost {
namespace {

const Cells kByReservation = {{"PricingModel", "Reservation"},
                              {"benefitId", std::string(kReservation)},
                              {"benefitName", "d4-reserved"},
                              {"ReservationId", "r1"},
                              {"ReservationName", "d4-reserved"},
                              {"ProductOrderId", "o1"},
                              {"ProductOrderName", "Reserved VM Instance, Standard_D4_v3"}};
const Cells kByPlan = {{"PricingModel", "SavingsPlan"},
                       {"benefitId", std::string(kSavingsPlan)},
                       {"benefitName", "compute-plan"},
                       {"ProductOrderId", "s1"},
                       {"ProductOrderName", "Compute_Savings_Plan"}};
/// What is no use of a resource has none of these.
const Cells kNoResource = {
    {"SubscriptionId", ""}, {"SubscriptionName", ""}, {"ResourceGroup", ""}, {"ResourceLocation", ""},
    {"ResourceId", ""},     {"ResourceName", ""},     {"Tags", ""},          {"AdditionalInfo", ""}};

/// The rows that both exports have.
Cells on_demand() {
    return ea_row();
}
Cells covered_by_reservation(std::string_view price, std::string_view cost) {
    return with(ea_row(kByReservation), {{"EffectivePrice", std::string(price)},
                                         {"CostInBillingCurrency", std::string(cost)},
                                         {"AdditionalInfo", R"({"RINormalizationRatio":"0.5","VCPUs":4})"}});
}
Cells covered_by_plan(std::string_view cost) {
    return with(ea_row(kByPlan),
                {{"Quantity", "10"}, {"PayGPrice", "0"}, {"CostInBillingCurrency", std::string(cost)}});
}
Cells marketplace() {
    return with(ea_row(kNoResource), {{"ChargeType", "Purchase"},
                                      {"Frequency", "Recurring"},
                                      {"PublisherType", "Marketplace"},
                                      {"PublisherName", "Fabrikam"},
                                      {"MeterCategory", ""},
                                      {"MeterName", "Unassigned"},
                                      {"UnitOfMeasure", "1 Month"},
                                      {"Quantity", "1"},
                                      {"UnitPrice", "0"},
                                      {"PayGPrice", "0"},
                                      {"CostInBillingCurrency", "49.99"}});
}
Cells rounding() {
    return with(ea_row(kNoResource), {{"ChargeType", "RoundingAdjustment"},
                                      {"MeterCategory", "Unassigned"},
                                      {"ProductName", "Rounding"},
                                      {"Quantity", "0"},
                                      {"UnitPrice", "0"},
                                      {"PayGPrice", "0"},
                                      {"CostInBillingCurrency", "0.044"}});
}
/// Numbers of a real row: 129 operations.
Cells operations() {
    return ea_row({{"MeterCategory", "Storage"},
                   {"UnitOfMeasure", "10K"},
                   {"Quantity", "0.0129"},
                   {"UnitPrice", "0.004379084"},
                   {"PayGPrice", "0.0044"},
                   {"CostInBillingCurrency", "5.64902E-05"},
                   {"Tags", R"("env": "pro)"}});
}

} // namespace

Cells ea_row(const Cells& changes) {
    const Cells row = {
        {"InvoiceSectionName", "Retail"},
        {"AccountName", "Web"},
        {"SubscriptionId", "11111111-aaaa"},
        {"SubscriptionName", "shop-prod"},
        {"ResourceGroup", "rg-shop"},
        {"ResourceLocation", "EastUS"},
        {"Date", "06/03/2024"},
        {"ProductName", "Virtual Machines Dv3 Series - D4 v3 - US East"},
        {"MeterCategory", "Virtual Machines"},
        {"MeterSubCategory", "Dv3/DSv3 Series"},
        {"MeterId", "m-d4"},
        {"MeterName", "D4 v3/D4s v3"},
        {"MeterRegion", "US East"},
        {"UnitOfMeasure", "1 Hour"},
        {"Quantity", "24"},
        {"EffectivePrice", "0.8"},
        {"CostInBillingCurrency", "19.2"},
        {"CostCenter", ""},
        {"ConsumedService", "Microsoft.Compute"},
        {"ResourceId",
         "/subscriptions/11111111-aaaa/resourceGroups/RG-Shop/providers/Microsoft.Compute/virtualMachines/Web1"},
        {"Tags", R"("env": "prod","team": "shop","spare": "")"},
        {"OfferId", "MS-AZR-0017P"},
        {"AdditionalInfo", R"({"VCPUs":4})"},
        {"ServiceInfo1", ""},
        {"ServiceInfo2", ""},
        {"ResourceName", "web1"},
        {"ReservationId", ""},
        {"ReservationName", ""},
        {"UnitPrice", "0.8"},
        {"ProductOrderId", ""},
        {"ProductOrderName", ""},
        {"Term", ""},
        {"PublisherType", "Azure"},
        {"PublisherName", "Microsoft"},
        {"ChargeType", "Usage"},
        {"Frequency", "UsageBased"},
        {"PricingModel", "OnDemand"},
        {"AvailabilityZone", ""},
        {"BillingAccountId", "9000001"},
        {"BillingAccountName", "Example Ltd."},
        {"BillingCurrencyCode", "USD"},
        {"BillingPeriodStartDate", "06/01/2024"},
        {"BillingPeriodEndDate", "06/30/2024"},
        {"BillingProfileId", "9000001"},
        {"BillingProfileName", "Example Ltd."},
        {"IsAzureCreditEligible", "True"},
        {"PartNumber", "AAD-12345"},
        {"PayGPrice", "1"},
        {"ServiceFamily", "Compute"},
        {"CostAllocationRuleName", ""},
        {"benefitId", ""},
        {"benefitName", ""},
    };
    return with(row, changes);
}

Cells mca_row(const Cells& changes) {
    const Cells row = {
        {"invoiceId", "G001"},
        {"previousInvoiceId", ""},
        {"billingAccountId", "aaaa:bbbb_2019-05-31"},
        {"billingAccountName", "Example Group"},
        {"billingProfileId", "P1"},
        {"billingProfileName", "Profile One"},
        {"billingPeriodEndDate", "2024-06-30"},
        {"billingPeriodStartDate", "2024-06-01"},
        {"date", "2024-06-03"},
        {"serviceFamily", "Storage"},
        {"consumedService", "Microsoft.Storage"},
        {"meterId", "m-blob"},
        {"meterName", "Hot LRS Data Stored"},
        {"meterCategory", "Storage"},
        {"meterSubCategory", "Blob Storage"},
        {"ProductId", "DZH318Z0BQ4B"},
        {"ProductName", "Blob Storage - Hot LRS - EU West"},
        {"SubscriptionId", "22222222-bbbb"},
        {"subscriptionName", "data-prod"},
        {"publisherType", "Microsoft"},
        {"publisherName", "Microsoft"},
        {"resourceGroupName", "rg-data"},
        {"ResourceId", "/subscriptions/22222222-bbbb/resourceGroups/rg-data/providers/Microsoft.Storage/"
                       "storageAccounts/lake1"},
        {"resourceLocation", "westeurope"},
        {"location", "EU West"},
        {"effectivePrice", "0.9"},
        {"quantity", "10"},
        {"unitOfMeasure", "1 GB/Month"},
        {"chargeType", "Usage"},
        {"billingCurrency", "EUR"},
        {"pricingCurrency", "USD"},
        {"costInBillingCurrency", "8.28"},
        {"costInPricingCurrency", "9"},
        {"paygCostInBillingCurrency", "9.2"},
        {"exchangeRatePricingToBilling", "0.92"},
        {"exchangeRateDate", "2024-06-01"},
        {"isAzureCreditEligible", "True"},
        {"serviceInfo2", ""},
        {"additionalInfo", ""},
        {"tags", R"({"team":"data"})"},
        {"PayGPrice", "1"},
        {"frequency", "UsageBased"},
        {"pricingModel", "OnDemand"},
        {"unitPrice", "0.9"},
        {"partnerName", ""},
    };
    return with(row, changes);
}

std::vector<Cells> ea_actual() {
    const Cells purchase = with(with(ea_row(kNoResource), kByReservation), {{"ChargeType", "Purchase"},
                                                                            {"Frequency", "OneTime"},
                                                                            {"Term", "12"},
                                                                            {"UnitOfMeasure", "1"},
                                                                            {"Quantity", "15"},
                                                                            {"EffectivePrice", "120"},
                                                                            {"UnitPrice", "120"},
                                                                            {"PayGPrice", "120"},
                                                                            {"CostInBillingCurrency", "1800"}});
    return {on_demand(),
            covered_by_reservation("0", "0"),
            covered_by_plan("0"),
            purchase,
            with(purchase, {{"ChargeType", "Refund"}, {"Quantity", "-1"}, {"CostInBillingCurrency", "-120"}}),
            with(with(ea_row(kNoResource), kByPlan), {{"ChargeType", "Purchase"},
                                                      {"Frequency", "Recurring"},
                                                      {"MeterCategory", ""},
                                                      {"Quantity", "1"},
                                                      {"UnitPrice", "11"},
                                                      {"PayGPrice", "0"},
                                                      {"CostInBillingCurrency", "11"}}),
            marketplace(),
            rounding(),
            operations()};
}

std::vector<Cells> ea_amortized() {
    return {on_demand(),
            covered_by_reservation("0.3", "7.2"),
            covered_by_plan("5.5"),
            marketplace(),
            rounding(),
            operations(),
            with(with(ea_row(kNoResource), kByReservation),
                 {{"ChargeType", "UnusedReservation"}, {"Quantity", "6"}, {"CostInBillingCurrency", "1.8"}}),
            with(with(ea_row(kNoResource), kByPlan), {{"ChargeType", "UnusedSavingsPlan"},
                                                      {"MeterCategory", "Unassigned"},
                                                      {"Quantity", "5.5"},
                                                      {"CostInBillingCurrency", "5.5"}})};
}

std::vector<Cells> mca_amortized() {
    return {mca_row(),
            mca_row({{"pricingModel", "Reservation"},
                     {"benefitId", std::string(kReservation)},
                     {"PayGPrice", "0"},
                     {"unitPrice", "0"},
                     {"paygCostInBillingCurrency", "0"},
                     {"costInBillingCurrency", "2.76"},
                     {"costInPricingCurrency", "3"}}),
            mca_row({{"chargeType", "Tax"},
                     {"PayGPrice", ""},
                     {"unitPrice", ""},
                     {"quantity", ""},
                     {"paygCostInBillingCurrency", ""},
                     {"costInBillingCurrency", "1.9"},
                     {"costInPricingCurrency", ""}}),
            mca_row({{"chargeType", "Credit"}, {"costInBillingCurrency", "-5"}, {"costInPricingCurrency", ""}}),
            mca_row({{"exchangeRatePricingToBilling", ""},
                     {"PayGPrice", "2"},
                     {"costInBillingCurrency", "4"},
                     {"partnerName", "Tailwind Partners"}})};
}

} // namespace florin::ingest::azure_cost
