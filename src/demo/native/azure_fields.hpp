// The columns of Azure's cost details, and one charge as its cells.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace florin::demo {

/// The first 55 in the order of an Enterprise Agreement's file.
enum class AzureField : std::uint8_t {
    kInvoiceSectionName,
    kAccountName,
    kAccountOwnerId,
    kSubscriptionId,
    kSubscriptionName,
    kResourceGroup,
    kResourceLocation,
    kDate,
    kProductName,
    kMeterCategory,
    kMeterSubCategory,
    kMeterId,
    kMeterName,
    kMeterRegion,
    kUnitOfMeasure,
    kQuantity,
    kEffectivePrice,
    kCostInBillingCurrency,
    kCostCenter,
    kConsumedService,
    kResourceId,
    kTags,
    kOfferId,
    kAdditionalInfo,
    kServiceInfo1,
    kServiceInfo2,
    kResourceName,
    kReservationId,
    kReservationName,
    kUnitPrice,
    kProductOrderId,
    kProductOrderName,
    kTerm,
    kPublisherType,
    kPublisherName,
    kChargeType,
    kFrequency,
    kPricingModel,
    kAvailabilityZone,
    kBillingAccountId,
    kBillingAccountName,
    kBillingCurrency,
    kBillingPeriodStartDate,
    kBillingPeriodEndDate,
    kBillingProfileId,
    kBillingProfileName,
    kInvoiceSectionId,
    kIsAzureCreditEligible,
    kPartNumber,
    kPayGPrice,
    kPlanName,
    kServiceFamily,
    kCostAllocationRuleName,
    kBenefitId,
    kBenefitName,
    kInvoiceId,
    kPreviousInvoiceId,
    kResellerName,
    kResellerMpnId,
    kServicePeriodEndDate,
    kServicePeriodStartDate,
    kProductId,
    kPublisherId,
    kLocation,
    kPricingCurrency,
    kCostInPricingCurrency,
    kCostInUsd,
    kPaygCostInBillingCurrency,
    kPaygCostInUsd,
    kExchangeRatePricingToBilling,
    kExchangeRateDate,
    kProvider,
};
inline constexpr std::size_t kAzureFieldCount = 72;
static_assert(static_cast<std::size_t>(AzureField::kProvider) + 1 == kAzureFieldCount);

struct AzureColumn {
    std::string_view name;
    AzureField field;
};
/// Cost and usage details of an Enterprise Agreement, version 2023-12-01-preview: 55 columns.
std::span<const AzureColumn> azure_ea_columns();
/// The same of a Microsoft Customer Agreement: 65 columns.
std::span<const AzureColumn> azure_mca_columns();

/// The cells of one charge, unquoted; an empty one is null.
class AzureRow {
public:
    std::string& operator[](AzureField field) { return cells_[static_cast<std::size_t>(field)]; }
    const std::string& operator[](AzureField field) const { return cells_[static_cast<std::size_t>(field)]; }
    /// As a line of CSV with carriage return and line feed.
    std::string line(std::span<const AzureColumn> columns) const;

private:
    std::array<std::string, kAzureFieldCount> cells_;
};

} // namespace florin::demo
