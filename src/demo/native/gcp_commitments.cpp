// Google Cloud's three models of commitments. Resource-based and legacy spend-based: a fee at the
// discounted price, and credits on the usage at its on-demand price. Consumption model: usage at the
// discounted price, and an offset on the fee for what was used of it.
#include "demo/native/gcp_month.hpp"

#include "demo/random.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>

namespace florin::demo {

namespace {

enum class Kind : std::uint8_t { kResource, kSpend, kConsumption };

struct Spec {
    int account;
    Kind kind;
    std::string_view project;
    std::string_view sku;
    std::string_view fee_sku;
    std::string_view credit;   ///< name of the credit; of the consumption model its description
    std::int64_t per_resource; ///< committed units of one resource
    std::int64_t fee;          ///< resource: 10^-10 USD per unit; else per cent of the on-demand price
};

constexpr std::array kSpecs = {
    Spec{0, Kind::kResource, "lakehouse-prod", "GCP-CE-N2-CPU", "Commitment v1: N2 Cpu in Netherlands for 1 Year",
         "Committed Usage Discount: CPU", 8, 219'000'000},
    Spec{0, Kind::kResource, "lakehouse-prod", "GCP-CE-N2-RAM", "Commitment v1: N2 Ram in Netherlands for 1 Year",
         "Committed Usage Discount: RAM", 32, 29'400'000},
    Spec{1, Kind::kSpend, "web-shop-prod", "GCP-SQL-CPU",
         "Commitment - dollar based v1: Cloud SQL database in Netherlands for 1 Year",
         "Committed use discount: Cloud SQL", 4, 75},
    Spec{2, Kind::kConsumption, "recommender-prod", "GCP-CE-N2-CPU", "Commitment - Compute Flexible CUDs for 1 Year",
         "Compute Flexible CUDs 1 Year", 16, 72},
};

constexpr std::int64_t kGcpMilli = 1'000;
constexpr std::int64_t kGcpUnit = 1'000'000;
constexpr std::int64_t kOverflow = 2; ///< units of the first resource that no commitment covers

} // namespace

struct GcpCommitments::Model {
    const Spec* spec = nullptr;
    const Sku* sku = nullptr;
    const SubAccount* project = nullptr;
    std::string id;
    std::int64_t price = 0;   ///< on demand, 10^-10
    std::int64_t covered = 0; ///< what a covered unit costs, 10^-10
    std::int64_t resources = 0;
    Random random{0};
    GcpRow usage;
    GcpRow fee;
    NativeDimensions used_dimensions;
    NativeDimensions purchase_dimensions;
    Cost on_demand = 0; ///< of what nothing covered
    NativeCommitment truth;
};

GcpCommitments::GcpCommitments(GcpMonth& month) : month_(month) {
    for (const Spec& spec : kSpecs) {
        Model model;
        model.spec = &spec;
        model.sku = &month.sku(spec.sku);
        model.project = &month.project(spec.project);
        model.id = hash_uuid(mix(month.seed(), hash_text(spec.fee_sku)));
        model.price = contracted_price(month.company().feeds[model.project->feed], *model.sku);
        model.covered = spec.kind == Kind::kResource ? spec.fee : model.price / 100 * spec.fee;
        model.resources = static_cast<std::int64_t>(std::clamp<std::uint64_t>(month.rows_wanted() / 50'000, 3, 40));
        model.random = Random(mix(month.seed(), hash_text(spec.credit)));
        model.usage = month.usage_row(spec.account, *model.project, *model.sku);
        model.usage.labels = labels_json(tags_json(model.project->application, "api", model.project->cost_center,
                                                   model.project->env, model.project->team));
        model.fee = month.base_row(spec.account, model.project);
        model.fee.service = model.sku->service;
        model.fee.sku = spec.fee_sku;
        model.fee.region = model.project->region;
        model.fee.subscription = model.id;
        model.fee.model_id = model.usage.model_id;
        model.fee.model = model.usage.model;
        const GcpUnit& unit = gcp_unit(spec.kind == Kind::kResource ? model.sku->pricing_unit : "Count");
        model.fee.usage_unit = unit.base_unit;
        model.fee.pricing_unit = unit.pricing_unit;
        model.used_dimensions = month.dimensions(model.usage, "Usage", "regular", model.project->team);
        model.purchase_dimensions = month.dimensions(model.fee, "Purchase", "regular", "");
        model.truth.currency = "USD";
        model.truth.kind = spec.kind == Kind::kResource ? "Resource-based commitment"
                           : spec.kind == Kind::kSpend  ? "Spend-based commitment, legacy"
                                                        : "Spend-based commitment, consumption model";
        models_.push_back(std::move(model));
    }
}

GcpCommitments::~GcpCommitments() = default;

void GcpCommitments::write_day(int account, int day) {
    const int start = month_.time().day_start(day);
    const int end = month_.time().day_start(day + 1);
    for (Model& model : models_) {
        if (model.spec->account != account) {
            continue;
        }
        if (!month_.hourly()) {
            write_span(model, start, end - start);
            continue;
        }
        for (int hour = start; hour < end; ++hour) {
            write_span(model, hour, 1);
        }
    }
}

void GcpCommitments::write_span(Model& model, int start, int hours) {
    const Kind kind = model.spec->kind;
    const GcpUnit& unit = gcp_unit(model.sku->pricing_unit);
    const std::int64_t list = list_price(*model.sku);
    Cost used = 0;
    Cost offset = 0;
    GcpRow& row = model.usage;
    month_.set_hours(row, start, start + hours);
    const auto write = [&](std::int64_t quantity, std::int64_t price) {
        row.cost = gcp_number(Cost{quantity} * price, kCostPlaces);
        row.cost_at_list = gcp_number(Cost{quantity} * list, kCostPlaces);
        row.cost_at_default = row.model_id.empty() ? "" : gcp_number(Cost{quantity} * model.price, kCostPlaces);
        row.usage = gcp_number(base::int128{quantity} * unit.factor, kQuantityPlaces);
        row.pricing_usage = gcp_number(quantity, kQuantityPlaces);
        month_.write(row);
    };
    for (std::int64_t i = 0; i < model.resources; ++i) {
        const std::int64_t quantity = model.random.between(800, 1'000) * hours * model.spec->per_resource * kGcpMilli;
        const std::int64_t overflow = i == 0 ? kOverflow * hours * kGcpUnit : 0;
        const GcpRow plain = row;
        row.resource = fmt::format("{}-{:012x}", model.sku->resource,
                                   mix(hash_text(model.spec->fee_sku), static_cast<std::uint64_t>(i)) >> 16U);
        if (kind == Kind::kConsumption) {
            if (overflow > 0) {
                write(overflow, model.price);
            }
            row.model_id = gcp_id(model.spec->credit);
            row.model = model.spec->credit;
            row.effective_price = gcp_number(model.covered, kPricePlaces);
            row.model_list_price = gcp_number(base::int128{list} / 100 * model.spec->fee, kPricePlaces);
            write(quantity, model.covered);
            offset += Cost{quantity} * model.covered;
        } else {
            const bool resource = kind == Kind::kResource;
            const GcpCredit credit = {resource ? "COMMITTED_USAGE_DISCOUNT" : "COMMITTED_USAGE_DISCOUNT_DOLLAR_BASE",
                                      resource ? std::string(model.spec->credit) : "12-c34-d56-e78",
                                      std::string(model.spec->credit),
                                      resource ? "" : "Spend-based committed use discount"};
            row.credits = '[' + credit_json(credit, gcp_number(-Cost{quantity} * model.price, kCostPlaces)) + ']';
            write(quantity + overflow, model.price);
        }
        used += Cost{quantity} * model.covered;
        model.on_demand += Cost{overflow} * model.price;
        row = plain;
    }
    write_fee(model, start, hours, used, offset);
}

void GcpCommitments::write_fee(Model& model, int start, int hours, Cost used, Cost offset) {
    const base::int128 units = base::int128{hours} * model.resources * model.spec->per_resource * kGcpUnit;
    const Cost cost = units * model.covered;
    GcpRow& row = model.fee;
    month_.set_hours(row, start, start + hours);
    row.cost = gcp_number(cost, kCostPlaces);
    row.cost_at_list = row.cost;
    row.cost_at_default = row.model_id.empty() ? "" : row.cost;
    switch (model.spec->kind) {
    case Kind::kResource:
        row.usage = gcp_number(units * gcp_unit(model.sku->pricing_unit).factor, kQuantityPlaces);
        row.pricing_usage = gcp_number(units, kQuantityPlaces);
        row.effective_price = gcp_number(model.covered, kPricePlaces);
        break;
    case Kind::kSpend: // dollars at the on-demand price
        row.usage = gcp_number(units * model.price, kCostPlaces);
        row.pricing_usage = row.usage;
        row.effective_price = gcp_number(model.spec->fee, 2);
        break;
    case Kind::kConsumption: // dollars, a dollar each
        row.usage = row.cost;
        row.pricing_usage = row.cost;
        row.effective_price = "1";
        row.credits = '[' +
                      credit_json({"FEE_UTILIZATION_OFFSET", "34-d56-e78-f90", "Fee utilization offset",
                                   "Compute Flexible CUDs: fee utilization offset"},
                                  gcp_number(-offset, kCostPlaces)) +
                      ']';
        break;
    }
    row.list_price = row.effective_price;
    row.default_price = row.effective_price;
    month_.write(row);
    model.truth.purchased += cost;
    model.truth.used += used;
    model.truth.unused += cost - used;
}

void GcpCommitments::count() {
    for (const Model& model : models_) {
        month_.count(model.used_dimensions, {model.on_demand, model.on_demand + model.truth.used});
        month_.count(model.purchase_dimensions, {model.truth.purchased, 0});
        NativeDimensions unused = model.purchase_dimensions;
        unused.charge_category = "Usage";
        month_.count(unused, {0, model.truth.unused});
        if (month_.truth() != nullptr) {
            month_.truth()->commitment(model.id) = model.truth;
        }
    }
}

namespace {

constexpr Cost kGcpCent = 100'000'000'000'000; // 10^-16

/// A row without usage: what `row` is, at an amount.
void write_lump(GcpMonth& month, GcpRow& row, Cost cost, std::string_view category) {
    row.cost = gcp_number(cost, kCostPlaces);
    row.cost_at_list = row.cost;
    month.write(row);
    month.count(month.dimensions(row, category, row.cost_type, ""), {cost, cost});
}

/// Usage that is invoiced in another month than that in which it was.
void write_displaced(GcpMonth& month, int hour, int invoice_offset, std::int64_t quantity) {
    const Sku& sku = month.sku("GCP-LOG-INGEST");
    const SubAccount& project = month.project("lakehouse-prod");
    GcpRow row = month.usage_row(0, project, sku);
    const Cost cost = Cost{quantity} * contracted_price(month.company().feeds[project.feed], sku);
    row.invoice_month = month.time().invoice_month(invoice_offset);
    row.usage = gcp_number(base::int128{quantity} * gcp_unit(sku.pricing_unit).factor, kQuantityPlaces);
    row.pricing_usage = gcp_number(quantity, kQuantityPlaces);
    row.resource = "buckets-late";
    month.set_hours(row, hour, hour + 1);
    write_lump(month, row, cost, "Usage");
}

} // namespace

void write_gcp_lumps(GcpMonth& month, int account) {
    const int end = month.time().day_start(month.time().days());
    const SubAccount& project = month.project(kSpecs[static_cast<std::size_t>(account) + 1].project);
    const auto lump = [&](const SubAccount* of, std::string_view service, std::string_view sku) {
        GcpRow row = month.base_row(account, of);
        row.service = service;
        row.sku = sku;
        month.set_hours(row, end - 1, end);
        return row;
    };
    if (account == 0) {
        GcpRow support = lump(nullptr, "Support", "Premium support, monthly charge");
        write_lump(month, support, 1'250'000 * kGcpCent, "Usage");
        GcpRow adjustment = lump(&project, "Compute Engine", "N2 instance core, Netherlands");
        adjustment.cost_type = "adjustment";
        adjustment.adjustment = R"({"id":"adj-2f6c","description":"Price of a SKU was too high","mode":)"
                                R"("PARTIAL_CORRECTION","type":"PRICE_CORRECTION"})";
        write_lump(month, adjustment, -31'250 * kGcpCent, "Adjustment");
        for (int i = 1; i <= 3; ++i) {
            write_displaced(month, -i, 0, i * 4'250'000);
            write_displaced(month, end - i, 1, i * 2'750'000);
        }
    }
    if (account == 1) {
        GcpRow market = lump(&project, "Kestrel Rules", "Kestrel Rules subscription");
        market.transaction_type = "THIRD_PARTY_RESELLER";
        market.seller = "Kestrel Rules GmbH";
        market.publisher = "PARTNER";
        write_lump(month, market, 88'000 * kGcpCent, "Usage");
    }
    GcpRow tax = lump(&project, "Invoice", "Tax");
    tax.cost_type = "tax";
    write_lump(month, tax, (101'250 + account * 733) * kGcpCent, "Tax");
    GcpRow rounding = lump(nullptr, "Invoice", "Rounding error");
    rounding.cost_type = "rounding_error";
    write_lump(month, rounding, (account - 1) * kGcpCent / 5, "Adjustment");
}

} // namespace florin::demo
