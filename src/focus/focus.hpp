// FOCUS (FinOps Open Cost and Usage Specification) 1.4 as data: the four datasets, their columns,
// and how older versions map to them. Read from columns.tsv and values.tsv, which are embedded in the program.
// Source: FOCUS 1.4 data model and the 1.0 to 1.3 specifications, https://focus.finops.org.
#pragma once

#include "base/result.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace florin::focus {

enum class Version : std::uint8_t { k0_5, k1_0_preview, k1_0, k1_1, k1_2, k1_3, k1_4 };
std::string_view name(Version version);                     ///< "1.0-preview", "1.4"
base::Result<Version> parse_version(std::string_view text); ///< error `focus.unknown_version`

enum class Dataset : std::uint8_t { kCostAndUsage, kContractCommitment, kInvoiceDetail, kBillingPeriod };
std::string_view name(Dataset dataset); ///< "CostAndUsage"

enum class ColumnType : std::uint8_t { kString, kDecimal, kInstant, kJson };
enum class Level : std::uint8_t { kMandatory, kConditional, kRecommended };
enum class ValueFormat : std::uint8_t {
    kUnspecified,
    kAnyDecimal,
    kNonNegativeDecimal,
    kInstant,
    kAllowedValues,
    kCurrency,
    kUnit,
    kKeyValue,
    kJsonObject,
    kExpectedFormat
};

/// One column of one dataset as FOCUS 1.4 defines it. Deprecated columns that 1.4 removed but the
/// lake carries (ProviderName, PublisherName) are here too, with `removed_in` set.
struct Column {
    Dataset dataset = Dataset::kCostAndUsage;
    std::string name;
    ColumnType type = ColumnType::kString;
    Level level = Level::kMandatory;
    bool allows_nulls = false;
    ValueFormat format = ValueFormat::kUnspecified;
    std::vector<std::string> allowed_values; ///< empty unless format is kAllowedValues
    Version introduced = Version::k1_0;
    std::optional<Version> removed_in;
    std::string condition;                 ///< when a conditional column must be there; may be empty
    std::vector<std::string> former_names; ///< names older versions gave it
    bool is_quantity = false;              ///< a decimal the lake keeps with 12 places (usage, not money)
};

/// All columns of a dataset in alphabetical order. The storage lives as long as the program.
std::span<const Column> columns(Dataset dataset);
/// The column of that exact name, or null.
const Column* find_column(Dataset dataset, std::string_view name);

/// What a file's column name means for Cost and Usage.
struct ColumnMatch {
    enum class Kind : std::uint8_t { kExact, kRecased, kRenamed, kCustom };
    Kind kind = Kind::kCustom;
    const Column* column = nullptr; ///< null when kCustom
};
/// Exact name first, then a former name, then the same name in another case, else kCustom.
ColumnMatch match_column(Dataset dataset, std::string_view name);

/// The version of a Cost and Usage file by its header: the oldest version that knows every FOCUS
/// column in it; 1.0-preview when it uses the names of that version or of 0.5 (Provider, ChargeType, …)
/// without today's beside them. Where no version knows all, the newest that a column needs. A provider
/// that sends a column before its time is taken for the newer version (Microsoft's 1.0 export has
/// BillingAccountType of 1.2): what a side-car says of the version is worth more.
Version recognise_version(std::span<const std::string> header);

/// A value that an older version wrote for one of today's allowed values (PricingCategory
/// "On-Demand" is "Standard" since 1.0), today's value; or the allowed value that differs only in
/// case; or nothing. A former value counts in its exact spelling only.
struct ValueMatch {
    enum class Kind : std::uint8_t { kAllowed, kRecased, kRenamed, kUnknown };
    Kind kind = Kind::kUnknown;
    std::string_view value; ///< today's spelling; empty when kUnknown
};
/// For a column with allowed values; any other is a bug.
ValueMatch match_value(const Column& column, std::string_view value);

/// The ServiceCategory a ServiceSubcategory belongs to, or empty when unknown.
std::string_view parent_category(std::string_view service_subcategory);

/// The name under which the lake keeps a column that FOCUS does not know: `x_` in front unless it
/// is there already.
std::string custom_name(std::string_view source_name);

/// Reference page of all datasets in Markdown, generated from the same data.
std::string reference_page();

} // namespace florin::focus
