// A charge as a row of FOCUS 1.4 Cost and Usage, and how it is written as CSV. Costs and quantities
// are integers of a fixed scale from beginning to end.
#pragma once

#include "base/files.hpp"
#include "base/int128.hpp"
#include "money/decimal.hpp"
#include "period/period.hpp"

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace florin::demo {

/// The columns of every generated bill, in FOCUS's order.
enum class Column : std::uint8_t {
    kBilledCost,
    kBillingAccountId,
    kBillingAccountName,
    kBillingCurrency,
    kBillingPeriodEnd,
    kBillingPeriodStart,
    kChargeCategory,
    kChargeClass,
    kChargeDescription,
    kChargeFrequency,
    kChargePeriodEnd,
    kChargePeriodStart,
    kCommitmentDiscountCategory,
    kCommitmentDiscountId,
    kCommitmentDiscountQuantity,
    kCommitmentDiscountStatus,
    kCommitmentDiscountType,
    kCommitmentDiscountUnit,
    kConsumedQuantity,
    kConsumedUnit,
    kContractedCost,
    kContractedUnitPrice,
    kEffectiveCost,
    kHostProviderName,
    kInvoiceId,
    kInvoiceIssuerName,
    kListCost,
    kListUnitPrice,
    kPricingCategory,
    kPricingQuantity,
    kPricingUnit,
    kRegionId,
    kResourceId,
    kResourceName,
    kServiceCategory,
    kServiceName,
    kServiceProviderName,
    kServiceSubcategory,
    kSkuId,
    kSkuMeter,
    kSkuPriceId,
    kSubAccountId,
    kSubAccountName,
    kTags,
};
inline constexpr std::size_t kColumnCount = 44;

/// Their names, in the order of Column.
inline constexpr std::array<std::string_view, kColumnCount> kColumnNames = {"BilledCost",
                                                                            "BillingAccountId",
                                                                            "BillingAccountName",
                                                                            "BillingCurrency",
                                                                            "BillingPeriodEnd",
                                                                            "BillingPeriodStart",
                                                                            "ChargeCategory",
                                                                            "ChargeClass",
                                                                            "ChargeDescription",
                                                                            "ChargeFrequency",
                                                                            "ChargePeriodEnd",
                                                                            "ChargePeriodStart",
                                                                            "CommitmentDiscountCategory",
                                                                            "CommitmentDiscountId",
                                                                            "CommitmentDiscountQuantity",
                                                                            "CommitmentDiscountStatus",
                                                                            "CommitmentDiscountType",
                                                                            "CommitmentDiscountUnit",
                                                                            "ConsumedQuantity",
                                                                            "ConsumedUnit",
                                                                            "ContractedCost",
                                                                            "ContractedUnitPrice",
                                                                            "EffectiveCost",
                                                                            "HostProviderName",
                                                                            "InvoiceId",
                                                                            "InvoiceIssuerName",
                                                                            "ListCost",
                                                                            "ListUnitPrice",
                                                                            "PricingCategory",
                                                                            "PricingQuantity",
                                                                            "PricingUnit",
                                                                            "RegionId",
                                                                            "ResourceId",
                                                                            "ResourceName",
                                                                            "ServiceCategory",
                                                                            "ServiceName",
                                                                            "ServiceProviderName",
                                                                            "ServiceSubcategory",
                                                                            "SkuId",
                                                                            "SkuMeter",
                                                                            "SkuPriceId",
                                                                            "SubAccountId",
                                                                            "SubAccountName",
                                                                            "Tags"};

/// The cells of one row, unquoted; an empty one is null.
class Row {
public:
    std::string& operator[](Column column) { return cells_[static_cast<std::size_t>(column)]; }
    const std::string& operator[](Column column) const { return cells_[static_cast<std::size_t>(column)]; }
    std::span<const std::string, kColumnCount> cells() const { return cells_; }

private:
    std::array<std::string, kColumnCount> cells_;
};

/// Units of 10^-16: a price (10^-10) times a quantity (10^-6) is a cost without rounding.
using Cost = base::int128;
inline constexpr int kCostPlaces = 16;
inline constexpr int kPricePlaces = 10;
inline constexpr int kQuantityPlaces = 6;

/// `units` of 10^-16 as the ledger's decimal.
money::Decimal to_decimal(Cost units);
/// numerator / denominator to the nearest, ties away from zero; denominator > 0.
base::int128 divide_rounded(base::int128 numerator, base::int128 denominator);

/// Writes units x 10^-places (0 <= places <= 18) without trailing zeros at `out`, at most 42 bytes;
/// returns the end.
char* write_fixed(char* out, base::int128 units, int places);
std::string fixed_text(base::int128 units, int places);

/// A charge that is built cell by cell. `costs` are written into the cells by set_costs.
struct Charge {
    Row cells;
    Cost billed = 0;
    Cost effective = 0;
    Cost list = 0;
    Cost contracted = 0;
    period::Day start;
    std::optional<std::string> team; ///< value of the tag `team`
    bool taxable = false;

    void set_costs(Cost billed_cost, Cost effective_cost, Cost list_cost, Cost contracted_cost);
    void set_period(const period::Period& charge_period);
};

/// `2024-09-18T00:00:00Z`.
std::string midnight(period::Day day);

/// Appends the row and a line feed.
void append_row(std::string& out, const Row& row);
/// The header and a line feed.
std::string header_line();

/// A row of which all but a few cells are known: the text between the variable cells, made once.
class RowTemplate {
public:
    /// `variable`: the columns that are filled in later, ascending.
    RowTemplate(const Row& row, std::span<const Column> variable);
    /// The text before the i-th variable cell; after the last one for i = number of variable cells.
    const std::string& segment(std::size_t i) const { return segments_[i]; }

private:
    std::vector<std::string> segments_;
};

/// A file written through one buffer, compressed with gzip if asked for. Errors come at finish().
class BillWriter {
public:
    static base::Result<BillWriter> open(const base::Path& path, bool gzip);
    BillWriter(BillWriter&&) noexcept;
    BillWriter& operator=(BillWriter&&) noexcept;
    ~BillWriter();

    /// Room for `bytes` (at most 64 KiB); written bytes are handed over by `advance_to`.
    char* room(std::size_t bytes);
    void advance_to(char* end);
    void write(std::string_view text);
    /// Closes the file; the number of bytes before compression.
    base::Result<std::uint64_t> finish();

private:
    struct State;
    explicit BillWriter(std::unique_ptr<State> state);
    std::unique_ptr<State> state_;
};

} // namespace florin::demo
