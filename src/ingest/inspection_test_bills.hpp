// Small bills for the tests of the reader.
#pragma once

#include "ingest/inspection.hpp"

#include <string>
#include <string_view>

namespace florin::ingest {

/// A folder of its own, removed at the end.
class TestFolder {
public:
    TestFolder();
    ~TestFolder();
    TestFolder(const TestFolder&) = delete;
    TestFolder& operator=(const TestFolder&) = delete;
    const base::Path& path() const { return path_; }
    base::Path write(std::string_view name, std::string_view bytes) const;

private:
    base::Path path_;
};

std::string read_all(const base::Path& path);
std::string gzip(std::string_view bytes);

/// Everything in it as text, but for the paths.
std::string dump(const Inspection& inspection);
std::string dump(const base::Result<Inspection>& inspection);

/// The columns that every bill needs, and two more costs: a header without line end.
inline constexpr std::string_view kHeader =
    "BilledCost,EffectiveCost,BillingCurrency,BillingAccountId,BillingPeriodStart,BillingPeriodEnd,"
    "ChargePeriodStart,ChargePeriodEnd,ChargeCategory";
/// A row below it.
inline constexpr std::string_view kRow =
    "1.5,1.5,USD,acc,2024-09-01T00:00:00Z,2024-10-01T00:00:00Z,2024-09-02T00:00:00Z,2024-09-03T00:00:00Z,Usage";

/// `kRow` with the cell of `column` replaced.
std::string row_with(std::string_view column, std::string_view cell);

} // namespace florin::ingest
