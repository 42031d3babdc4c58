#include "app/compare_deliveries.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <tuple>

namespace florin::app {
namespace {

/// What people look at first when a bill was restated.
constexpr std::array<std::string_view, 8> kDimensions = {"ServiceProviderName", "BillingAccountId", "SubAccountId",
                                                         "ServiceName",         "RegionId",         "ChargeCategory",
                                                         "InvoiceId",           "ChargeDay"};

base::Result<std::string> files_sql(Workspace& workspace, lake::DeliveryId id) {
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
    return engine::sql_list(files);
}

std::string statement(std::string_view dimension, const std::string& before, const std::string& after) {
    const std::string value =
        dimension.empty() ? std::string("''") : fmt::format("coalesce(CAST({} AS VARCHAR), '')", dimension);
    const auto side = [&](const std::string& files) {
        return fmt::format("SELECT {} AS value, BillingCurrency AS currency, count(*) AS row_count, "
                           "coalesce(sum(BilledCost), 0) AS billed, coalesce(sum(EffectiveCost), 0) AS effective "
                           "FROM read_parquet({}) GROUP BY ALL",
                           value, files);
    };
    return fmt::format(
        "SELECT coalesce(b.value, a.value), coalesce(b.currency, a.currency), coalesce(b.row_count, 0), "
        "coalesce(a.row_count, 0), coalesce(b.billed, 0), coalesce(a.billed, 0), coalesce(b.effective, 0), "
        "coalesce(a.effective, 0) FROM ({}) AS b FULL JOIN ({}) AS a "
        "ON b.value = a.value AND b.currency = a.currency",
        side(before), side(after));
}

money::Decimal size_of_change(const DeliveryChange& change) {
    const auto difference = change.billed_after.minus(change.billed_before);
    return difference.ok() ? difference->absolute() : money::Decimal();
}

} // namespace

base::Result<std::vector<DeliveryChange>> compare_deliveries(Workspace& workspace, lake::DeliveryId before,
                                                             lake::DeliveryId after) {
    FLORIN_TRY_ASSIGN(const base::FileLock lock, workspace.lake().read_lock());
    FLORIN_TRY_ASSIGN(const std::string before_files, files_sql(workspace, before));
    FLORIN_TRY_ASSIGN(const std::string after_files, files_sql(workspace, after));
    FLORIN_TRY_ASSIGN(const auto engine, workspace.open_engine(workspace.folder() / "lake" / "staging"));
    std::vector<DeliveryChange> changes;
    const auto compare = [&](std::string_view dimension) -> base::Result<void> {
        FLORIN_TRY_ASSIGN(const engine::Table table, engine->query(statement(dimension, before_files, after_files)));
        std::vector<DeliveryChange> of_dimension;
        for (const auto& row : table.rows) {
            DeliveryChange change{.dimension = std::string(dimension),
                                  .value = std::get<std::string>(row[0]),
                                  .currency = std::get<std::string>(row[1]),
                                  .rows_before = std::get<std::int64_t>(row[2]),
                                  .rows_after = std::get<std::int64_t>(row[3]),
                                  .billed_before = std::get<money::Decimal>(row[4]),
                                  .billed_after = std::get<money::Decimal>(row[5]),
                                  .effective_before = std::get<money::Decimal>(row[6]),
                                  .effective_after = std::get<money::Decimal>(row[7])};
            const bool differs = std::tie(change.rows_before, change.billed_before, change.effective_before) !=
                                 std::tie(change.rows_after, change.billed_after, change.effective_after);
            if (differs || dimension.empty()) {
                of_dimension.push_back(std::move(change));
            }
        }
        std::ranges::sort(of_dimension, [](const DeliveryChange& a, const DeliveryChange& b) {
            const auto larger = size_of_change(b) <=> size_of_change(a);
            return larger != 0 ? larger < 0 : std::tie(a.value, a.currency) < std::tie(b.value, b.currency);
        });
        std::ranges::move(of_dimension, std::back_inserter(changes));
        return {};
    };
    FLORIN_TRY(compare(""));
    for (const std::string_view dimension : kDimensions) {
        FLORIN_TRY(compare(dimension));
    }
    return changes;
}

} // namespace florin::app
