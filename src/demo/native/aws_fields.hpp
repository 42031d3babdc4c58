// The columns of an AWS Cost and Usage Report, and one line item as its cells.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace florin::demo {

/// The first 100 in the order of a legacy report.
enum class AwsField : std::uint8_t {
    kLineItemId,
    kTimeInterval,
    kInvoiceId,
    kInvoicingEntity,
    kBillingEntity,
    kBillType,
    kPayerAccountId,
    kBillingPeriodStartDate,
    kBillingPeriodEndDate,
    kUsageAccountId,
    kLineItemType,
    kUsageStartDate,
    kUsageEndDate,
    kProductCode,
    kUsageType,
    kOperation,
    kAvailabilityZone,
    kResourceId,
    kUsageAmount,
    kNormalizationFactor,
    kNormalizedUsageAmount,
    kCurrencyCode,
    kUnblendedRate,
    kUnblendedCost,
    kBlendedRate,
    kBlendedCost,
    kLineItemDescription,
    kTaxType,
    kLegalEntity,
    kProductName,
    kInstanceFamily,
    kInstanceType,
    kLocation,
    kLocationType,
    kOperatingSystem,
    kProductOperation,
    kProductFamily,
    kRegion,
    kRegionCode,
    kServicecode,
    kServicename,
    kSku,
    kProductUsagetype,
    kLeaseContractLength,
    kOfferingClass,
    kPurchaseOption,
    kRateCode,
    kRateId,
    kPricingCurrency,
    kPublicOnDemandCost,
    kPublicOnDemandRate,
    kTerm,
    kUnit,
    kReservationAmortizedUpfrontCostForUsage,
    kReservationAmortizedUpfrontFeeForBillingPeriod,
    kReservationEffectiveCost,
    kReservationEndTime,
    kReservationModificationStatus,
    kReservationNormalizedUnitsPerReservation,
    kReservationNumberOfReservations,
    kReservationRecurringFeeForUsage,
    kReservationArn,
    kReservationStartTime,
    kReservationSubscriptionId,
    kReservationTotalReservedNormalizedUnits,
    kReservationTotalReservedUnits,
    kReservationUnitsPerReservation,
    kReservationUnusedAmortizedUpfrontFeeForBillingPeriod,
    kReservationUnusedNormalizedUnitQuantity,
    kReservationUnusedQuantity,
    kReservationUnusedRecurringFee,
    kReservationUpfrontValue,
    kSavingsPlanTotalCommitmentToDate,
    kSavingsPlanArn,
    kSavingsPlanRate,
    kSavingsPlanUsedCommitment,
    kSavingsPlanEffectiveCost,
    kSavingsPlanAmortizedUpfrontCommitment,
    kSavingsPlanRecurringCommitment,
    kSavingsPlanStartTime,
    kSavingsPlanEndTime,
    kSavingsPlanOfferingType,
    kSavingsPlanPaymentOption,
    kSavingsPlanPurchaseTerm,
    kSavingsPlanRegion,
    kTagApplication,
    kTagComponent,
    kTagCostCenter,
    kTagEnv,
    kTagTeam,
    kCostCategoryOwner,
    kSplitParentResourceId,
    kSplitReservedUsage,
    kSplitActualUsage,
    kSplitUsage,
    kSplitUsageRatio,
    kSplitCost,
    kSplitUnusedCost,
    kSplitPublicOnDemandCost,
    kSplitPublicOnDemandUnusedCost,
    kPayerAccountName, ///< from here on of CUR 2.0 only
    kUsageAccountName,
};
inline constexpr std::size_t kAwsFieldCount = 102;
inline constexpr std::size_t kAwsLegacyCount = 100;
static_assert(static_cast<std::size_t>(AwsField::kUsageAccountName) + 1 == kAwsFieldCount);
static_assert(static_cast<std::size_t>(AwsField::kPayerAccountName) == kAwsLegacyCount);

/// Their names as a legacy report writes them, in the order of AwsField.
extern const std::array<std::string_view, kAwsFieldCount> kAwsLegacyNames;

/// The cells of one line item, unquoted; an empty one is null.
class AwsRow {
public:
    std::string& operator[](AwsField field) { return cells_[static_cast<std::size_t>(field)]; }
    const std::string& operator[](AwsField field) const { return cells_[static_cast<std::size_t>(field)]; }
    const std::string& at(std::size_t i) const { return cells_[i]; }

private:
    std::array<std::string, kAwsFieldCount> cells_;
};

} // namespace florin::demo
