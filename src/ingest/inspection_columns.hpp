// What the columns of one bill mean for the reader: decided once from the header, then read by
// every thread.
#pragma once

#include "focus/focus.hpp"
#include "ingest/inspection.hpp"

#include <array>
#include <optional>
#include <string>
#include <vector>

namespace florin::ingest {

/// Place of a column in the file, or nothing.
using ColumnPlace = std::optional<std::size_t>;

struct ColumnPlan {
    std::vector<ColumnUse> uses;                     ///< in file order
    std::vector<const focus::Column*> focus_columns; ///< in file order; null for custom ones
    focus::Version version = focus::Version::k1_4;
    std::vector<std::string> missing; ///< mandatory columns whose cells become null

    std::array<ColumnPlace, 4> costs;        ///< as lake::kCosts; BilledCost is always there
    std::vector<std::size_t> other_decimals; ///< prices and quantities
    std::vector<std::size_t> lists;          ///< columns with allowed values
    std::size_t currency = 0;
    std::size_t account = 0;
    std::size_t billing_start = 0;
    std::size_t billing_end = 0;
    std::size_t charge_start = 0;
    ColumnPlace charge_end;
    ColumnPlace provider;        ///< ServiceProviderName
    ColumnPlace former_provider; ///< ProviderName
    ColumnPlace sub_account;
    ColumnPlace service;
    ColumnPlace charge_category;
    ColumnPlace charge_class;
    ColumnPlace pricing_category;
    ColumnPlace commitment;
    ColumnPlace commitment_status;
    ColumnPlace list_price;
    ColumnPlace pricing_quantity;
    std::vector<std::size_t> aws_usage_gaps; ///< what AWS's exports leave empty in some usage
    std::vector<std::size_t> aws_gaps;       ///< and in any charge

    /// Name of a column for people: as it stands in the file.
    const std::string& name(std::size_t place) const { return uses[place].source_name; }
};

/// A column of a file, with its name in the lake.
struct NamedColumn {
    std::string source_name;
    std::string lake_name;                 ///< of FOCUS, or with x_
    const focus::Column* column = nullptr; ///< null: a custom one
    focus::ColumnMatch::Kind kind = focus::ColumnMatch::Kind::kCustom;
};
/// In file order. Where two columns would be one of FOCUS, the better match is it and the other is a custom one. Error
/// `csv.duplicate_column` (two columns that would be kept under one name).
base::Result<std::vector<NamedColumn>> name_columns(focus::Dataset dataset, const std::vector<std::string>& names);

/// Whether the columns are those of Google Cloud's FOCUS export, which states labels and tags and has no Tags: by
/// columns that only this export has together (Google Cloud, FOCUS usage cost data schema,
/// docs.cloud.google.com/billing/docs/how-to/export-data-bigquery-tables/focus-export, read 2026-11-24).
bool has_google_tags(const std::vector<ColumnUse>& uses);

/// Errors: `bill.missing_column` (names all that are missing), and that of name_columns().
base::Result<ColumnPlan> plan_columns(const std::vector<std::string>& names);

} // namespace florin::ingest
