// The storage contract: which files a scope of a delivery consists of and what their columns are
// called. Ingest and lake write them, questions read them.
#pragma once

#include "base/files.hpp"
#include "period/period.hpp"

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace florin::lake {

/// The four costs of FOCUS, in this order everywhere.
inline constexpr std::array<std::string_view, 4> kCosts = {"BilledCost", "EffectiveCost", "ListCost", "ContractedCost"};

/// Columns beside those of FOCUS.
///   charges  all Cost and Usage columns of FOCUS 1.4 and the deprecated ProviderName and PublisherName
///            (strings and JSON VARCHAR, costs and unit prices DECIMAL(38,18), quantities DECIMAL(38,12),
///            dates TIMESTAMP), x_Custom MAP(VARCHAR, VARCHAR), ChargeDay DATE, TupleKey UUID; the order
///            of the rows is that of the source
///   tuples   TupleKey, tuple_columns(), BillingPeriodStart, BillingPeriodEnd: one row a distinct tuple
///   cells    TupleKey, Day, ChargeRows BIGINT, the four costs, ConsumedQuantity, PricingQuantity,
///            CappedSavings DECIMAL(38,18): sums a tuple and day, the spread included. A sum is NULL
///            where every value it sums is NULL.
///   spread   TupleKey, ResourceId, ChargeRow BIGINT, Day, EffectiveCost, ListCost, ContractedCost: for
///            charges that span days, what moves these costs from the charge's first day to the days of
///            its period; sums to zero for each charge. NULL where the charge has no such cost.
/// BilledCost, quantities, ChargeRows and CappedSavings of a charge that spans days stay on its first
/// day. One file belongs to one scope, so its billing period is one.
namespace column {
inline constexpr std::string_view kTupleKey = "TupleKey";   ///< florin_tuple_key over tuple_columns(), in their order
inline constexpr std::string_view kChargeDay = "ChargeDay"; ///< day of ChargePeriodStart
inline constexpr std::string_view kCustom = "x_Custom";     ///< columns FOCUS does not know, by name with `x_`
inline constexpr std::string_view kDay = "Day";
inline constexpr std::string_view kChargeRows = "ChargeRows";
inline constexpr std::string_view kCappedSavings = "CappedSavings"; ///< sum of max(0, ListCost - EffectiveCost)
inline constexpr std::string_view kChargeRow = "ChargeRow";         ///< `file_row_number` of the charge, from 0
} // namespace column

/// How tuples and cells are written, as options of COPY. Nearly every question reads them, so they are packed for
/// speed; charges, which few questions read and which are most of a lake, for size.
inline constexpr std::string_view kSumsParquet = "(FORMAT parquet, COMPRESSION lz4)";

/// Every text and JSON column of Cost and Usage (the deprecated ones the lake carries included) that
/// describes many charges rather than one, in alphabetical order: what a tuple consists of.
std::span<const std::string> tuple_columns();

/// Whether `focus_column` is one of tuple_columns().
bool is_tuple_column(std::string_view focus_column);

/// The files of one scope of one delivery, and what is known of them without opening one.
struct FileSet {
    std::string charges;
    std::string tuples;
    std::string cells;  ///< empty: too many to be worth writing
    std::string spread; ///< empty: no charge spans days
    std::string billing_account_id;
    period::Day billing_period_start;
    /// Half-open, around every day of the charges and of their spread.
    period::Period days;
    std::uint64_t charge_rows = 0;
    /// Charges without that cost, as kCosts.
    std::array<std::uint64_t, 4> null_costs{};
    /// Charges whose period is longer than a day.
    std::uint64_t spread_charges = 0;
};

/// The tuples and daily sums of several scopes of one billing period in one file each (compaction.hpp).
/// `files` has no charges and no spread; its counts are those of all members.
struct CompactedGroup {
    FileSet files;
    std::vector<std::size_t> members; ///< into the list of files that the group was made for
    bool exists() const;              ///< both of its files are there
};

} // namespace florin::lake
