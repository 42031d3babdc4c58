// Whether a cost details file is an actual or an amortized export. They have the same columns.
#pragma once

#include "ingest/source.hpp"

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace florin::ingest::azure_cost {

enum class ExportKind : std::uint8_t { kActual, kAmortized };
std::string_view name(ExportKind kind); ///< `actual`
std::optional<ExportKind> find_kind(std::string_view name);

/// Places of the keys that the second reader tells rows apart by.
enum SurveyKey : std::size_t {
    kSubscription,
    kMeterCategory,
    kChargeType,
    kCurrency,
    kBillingAccount,
    kPeriodStart,
    kPricingModel,
    kUnitOfMeasure,
    kSurveyKeyCount,
};

/// What the rows tell: what nobody used of a commitment, and use that a commitment covers at a cost, are in
/// amortized exports only; purchases and refunds of commitments in actual ones. Nothing without these. Error
/// `ingest.mixed_exports` where both are there.
base::Result<std::optional<ExportKind>> kind_by_content(const SourceFile& file);

/// What people and Azure call it: the `type` of the manifest in the file's folder, else the word in the name of
/// the file or of one of the three folders above it.
std::optional<ExportKind> kind_by_name(const base::Path& path, const std::vector<Manifest>& manifests);

/// The kind of each file: by content, else by name, else that of the other files of its folder where they are
/// all of one, else actual. Errors: `ingest.mixed_exports`, also where content and name contradict each other.
base::Result<std::vector<ExportKind>> kinds_of(const std::vector<SourceFile>& files,
                                               const std::vector<Manifest>& manifests);

} // namespace florin::ingest::azure_cost
