#include "app/compare_deliveries.hpp"

#include <fmt/format.h>

#include <array>

namespace florin::app {
namespace {

/// What people look at first when a bill was restated.
constexpr std::array<std::string_view, 8> kDimensions = {"ServiceProviderName", "BillingAccountId", "SubAccountId",
                                                         "ServiceName",         "RegionId",         "ChargeCategory",
                                                         "InvoiceId",           "ChargeDay"};

base::Result<std::vector<std::string>> files_of(Workspace& workspace, lake::DeliveryId id) {
    FLORIN_TRY_ASSIGN(const lake::Delivery delivery, workspace.lake().delivery(id));
    if (delivery.pruned_at.has_value()) {
        return base::conflict_error("lake.pruned", fmt::format("the files of delivery {} were removed", id.value()));
    }
    std::vector<std::string> files;
    for (const lake::Part& part : delivery.parts) {
        if (part.has_files()) {
            files.push_back(workspace.lake().files_of(part).charges);
        }
    }
    return files;
}

} // namespace

base::Result<std::vector<ChargeChange>> compare_deliveries(Workspace& workspace, lake::DeliveryId before,
                                                           lake::DeliveryId after) {
    FLORIN_TRY_ASSIGN(const base::FileLock lock, workspace.lake().read_lock());
    FLORIN_TRY_ASSIGN(const std::vector<std::string> before_files, files_of(workspace, before));
    FLORIN_TRY_ASSIGN(const std::vector<std::string> after_files, files_of(workspace, after));
    FLORIN_TRY_ASSIGN(const auto engine, workspace.open_engine(workspace.folder() / "lake" / "staging"));
    std::vector<ComparedDimension> dimensions;
    for (const std::string_view name : kDimensions) {
        dimensions.push_back({std::string(name), std::string(name)});
    }
    return compare_charges(*engine, before_files, after_files, dimensions);
}

} // namespace florin::app
