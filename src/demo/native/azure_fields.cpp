#include "demo/native/azure_fields.hpp"

#include "base/csv_cell.hpp"
#include "demo/charge.hpp"

namespace florin::demo {

namespace {

using enum AzureField;

constexpr std::array kEnterprise = {
    AzureColumn{"InvoiceSectionName", kInvoiceSectionName},
    AzureColumn{"AccountName", kAccountName},
    AzureColumn{"AccountOwnerId", kAccountOwnerId},
    AzureColumn{"SubscriptionId", kSubscriptionId},
    AzureColumn{"SubscriptionName", kSubscriptionName},
    AzureColumn{"ResourceGroup", kResourceGroup},
    AzureColumn{"ResourceLocation", kResourceLocation},
    AzureColumn{"Date", kDate},
    AzureColumn{"ProductName", kProductName},
    AzureColumn{"MeterCategory", kMeterCategory},
    AzureColumn{"MeterSubCategory", kMeterSubCategory},
    AzureColumn{"MeterId", kMeterId},
    AzureColumn{"MeterName", kMeterName},
    AzureColumn{"MeterRegion", kMeterRegion},
    AzureColumn{"UnitOfMeasure", kUnitOfMeasure},
    AzureColumn{"Quantity", kQuantity},
    AzureColumn{"EffectivePrice", kEffectivePrice},
    AzureColumn{"CostInBillingCurrency", kCostInBillingCurrency},
    AzureColumn{"CostCenter", kCostCenter},
    AzureColumn{"ConsumedService", kConsumedService},
    AzureColumn{"ResourceId", kResourceId},
    AzureColumn{"Tags", kTags},
    AzureColumn{"OfferId", kOfferId},
    AzureColumn{"AdditionalInfo", kAdditionalInfo},
    AzureColumn{"ServiceInfo1", kServiceInfo1},
    AzureColumn{"ServiceInfo2", kServiceInfo2},
    AzureColumn{"ResourceName", kResourceName},
    AzureColumn{"ReservationId", kReservationId},
    AzureColumn{"ReservationName", kReservationName},
    AzureColumn{"UnitPrice", kUnitPrice},
    AzureColumn{"ProductOrderId", kProductOrderId},
    AzureColumn{"ProductOrderName", kProductOrderName},
    AzureColumn{"Term", kTerm},
    AzureColumn{"PublisherType", kPublisherType},
    AzureColumn{"PublisherName", kPublisherName},
    AzureColumn{"ChargeType", kChargeType},
    AzureColumn{"Frequency", kFrequency},
    AzureColumn{"PricingModel", kPricingModel},
    AzureColumn{"AvailabilityZone", kAvailabilityZone},
    AzureColumn{"BillingAccountId", kBillingAccountId},
    AzureColumn{"BillingAccountName", kBillingAccountName},
    AzureColumn{"BillingCurrencyCode", kBillingCurrency},
    AzureColumn{"BillingPeriodStartDate", kBillingPeriodStartDate},
    AzureColumn{"BillingPeriodEndDate", kBillingPeriodEndDate},
    AzureColumn{"BillingProfileId", kBillingProfileId},
    AzureColumn{"BillingProfileName", kBillingProfileName},
    AzureColumn{"InvoiceSectionId", kInvoiceSectionId},
    AzureColumn{"IsAzureCreditEligible", kIsAzureCreditEligible},
    AzureColumn{"PartNumber", kPartNumber},
    AzureColumn{"PayGPrice", kPayGPrice},
    AzureColumn{"PlanName", kPlanName},
    AzureColumn{"ServiceFamily", kServiceFamily},
    AzureColumn{"CostAllocationRuleName", kCostAllocationRuleName},
    AzureColumn{"benefitId", kBenefitId},
    AzureColumn{"benefitName", kBenefitName},
};
static_assert(kEnterprise.size() == 55);

constexpr std::array kCustomer = {
    AzureColumn{"invoiceId", kInvoiceId},
    AzureColumn{"previousInvoiceId", kPreviousInvoiceId},
    AzureColumn{"billingAccountId", kBillingAccountId},
    AzureColumn{"billingAccountName", kBillingAccountName},
    AzureColumn{"billingProfileId", kBillingProfileId},
    AzureColumn{"billingProfileName", kBillingProfileName},
    AzureColumn{"invoiceSectionId", kInvoiceSectionId},
    AzureColumn{"invoiceSectionName", kInvoiceSectionName},
    AzureColumn{"resellerName", kResellerName},
    AzureColumn{"resellerMpnId", kResellerMpnId},
    AzureColumn{"costCenter", kCostCenter},
    AzureColumn{"billingPeriodEndDate", kBillingPeriodEndDate},
    AzureColumn{"billingPeriodStartDate", kBillingPeriodStartDate},
    AzureColumn{"servicePeriodEndDate", kServicePeriodEndDate},
    AzureColumn{"servicePeriodStartDate", kServicePeriodStartDate},
    AzureColumn{"date", kDate},
    AzureColumn{"serviceFamily", kServiceFamily},
    AzureColumn{"productOrderId", kProductOrderId},
    AzureColumn{"productOrderName", kProductOrderName},
    AzureColumn{"consumedService", kConsumedService},
    AzureColumn{"meterId", kMeterId},
    AzureColumn{"meterName", kMeterName},
    AzureColumn{"meterCategory", kMeterCategory},
    AzureColumn{"meterSubCategory", kMeterSubCategory},
    AzureColumn{"meterRegion", kMeterRegion},
    AzureColumn{"ProductId", kProductId},
    AzureColumn{"ProductName", kProductName},
    AzureColumn{"SubscriptionId", kSubscriptionId},
    AzureColumn{"subscriptionName", kSubscriptionName},
    AzureColumn{"publisherType", kPublisherType},
    AzureColumn{"publisherId", kPublisherId},
    AzureColumn{"publisherName", kPublisherName},
    AzureColumn{"resourceGroupName", kResourceGroup},
    AzureColumn{"ResourceId", kResourceId},
    AzureColumn{"resourceLocation", kResourceLocation},
    AzureColumn{"location", kLocation},
    AzureColumn{"effectivePrice", kEffectivePrice},
    AzureColumn{"quantity", kQuantity},
    AzureColumn{"unitOfMeasure", kUnitOfMeasure},
    AzureColumn{"chargeType", kChargeType},
    AzureColumn{"billingCurrency", kBillingCurrency},
    AzureColumn{"pricingCurrency", kPricingCurrency},
    AzureColumn{"costInBillingCurrency", kCostInBillingCurrency},
    AzureColumn{"costInPricingCurrency", kCostInPricingCurrency},
    AzureColumn{"costInUsd", kCostInUsd},
    AzureColumn{"paygCostInBillingCurrency", kPaygCostInBillingCurrency},
    AzureColumn{"paygCostInUsd", kPaygCostInUsd},
    AzureColumn{"exchangeRatePricingToBilling", kExchangeRatePricingToBilling},
    AzureColumn{"exchangeRateDate", kExchangeRateDate},
    AzureColumn{"isAzureCreditEligible", kIsAzureCreditEligible},
    AzureColumn{"serviceInfo1", kServiceInfo1},
    AzureColumn{"serviceInfo2", kServiceInfo2},
    AzureColumn{"additionalInfo", kAdditionalInfo},
    AzureColumn{"tags", kTags},
    AzureColumn{"PayGPrice", kPayGPrice},
    AzureColumn{"frequency", kFrequency},
    AzureColumn{"term", kTerm},
    AzureColumn{"reservationId", kReservationId},
    AzureColumn{"reservationName", kReservationName},
    AzureColumn{"pricingModel", kPricingModel},
    AzureColumn{"unitPrice", kUnitPrice},
    AzureColumn{"costAllocationRuleName", kCostAllocationRuleName},
    AzureColumn{"benefitId", kBenefitId},
    AzureColumn{"benefitName", kBenefitName},
    AzureColumn{"provider", kProvider},
};
static_assert(kCustomer.size() == 65);

} // namespace

std::span<const AzureColumn> azure_ea_columns() {
    return kEnterprise;
}

std::span<const AzureColumn> azure_mca_columns() {
    return kCustomer;
}

std::string AzureRow::line(std::span<const AzureColumn> columns) const {
    std::string text;
    for (const AzureColumn& column : columns) {
        text += text.empty() && &column == columns.data() ? "" : ",";
        text += base::csv_cell((*this)[column.field]);
    }
    return text + "\r\n";
}

} // namespace florin::demo
