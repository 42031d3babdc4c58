#include "demo/native/azure_month.hpp"

#include "demo/native/usage_schedule.hpp"
#include "demo/random.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace florin::demo {

namespace {

using enum AzureField;

constexpr std::size_t kAzureFeed = 1;
constexpr std::string_view kProfile = "HALD-7Q2K-BG7-PGB";
constexpr std::int64_t kRateCents = 92; ///< EUR for 100 USD

struct Meter {
    std::string_view sku;
    std::string_view subcategory;
    std::string_view provider; ///< ConsumedService
    std::string_view type;     ///< of the resource
    std::string_view unit;     ///< UnitOfMeasure
};

constexpr std::array kMeters = {
    Meter{"AZ-VM-D8SV5", "Dsv5 Series", "Microsoft.Compute", "virtualMachines", "1 Hour"},
    Meter{"AZ-VM-E16SV5", "Esv5 Series", "Microsoft.Compute", "virtualMachines", "1 Hour"},
    Meter{"AZ-DISK-P30", "Premium SSD Managed Disks", "Microsoft.Compute", "disks", "1/Month"},
    Meter{"AZ-BLOB-HOT", "Tiered Block Blob", "Microsoft.Storage", "storageAccounts", "1 GB/Month"},
    Meter{"AZ-SQLDB-VCORE", "General Purpose", "Microsoft.Sql", "servers", "1 Hour"},
    Meter{"AZ-COSMOS-RU", "Autoscale", "Microsoft.DocumentDB", "databaseAccounts", "1/Hour"},
    Meter{"AZ-AKS-UPTIME", "Standard", "Microsoft.ContainerService", "managedClusters", "1 Hour"},
    Meter{"AZ-FUNC-GBS", "Consumption", "Microsoft.Web", "sites", "1 GB Second"},
    Meter{"AZ-BW-OUT", "Rtn Preference: MGN", "Microsoft.Network", "publicIPAddresses", "1 GB"},
    Meter{"AZ-MON-LOGS", "Log Analytics", "Microsoft.OperationalInsights", "workspaces", "1 GB"},
    Meter{"AZ-ADF-DIU", "Data Movement", "Microsoft.DataFactory", "factories", "1 Hour"},
    Meter{"AZ-PBI-A2", "A2", "Microsoft.PowerBIDedicated", "capacities", "1 Hour"},
    Meter{"AZ-APP-P1V3", "Premium v3 Plan", "Microsoft.Web", "serverfarms", "1 Hour"},
    Meter{"AZ-KV-OPS", "Operations", "Microsoft.KeyVault", "vaults", "10K"},
    Meter{"AZ-DEF-SRV", "Servers", "Microsoft.Security", "pricings", "1 Hour"},
};

const Meter& meter_of(std::string_view sku) {
    const auto found = std::ranges::find(kMeters, sku, &Meter::sku);
    FLORIN_CHECK(found != kMeters.end(), "a SKU without an Azure meter");
    return *found;
}

std::string us_date(period::Day day) {
    const std::chrono::year_month_day date(day);
    return fmt::format("{:02}/{:02}/{}", static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                       static_cast<int>(date.year()));
}

std::string_view view_name(std::size_t view) {
    return view == 0 ? "actual" : "amortized";
}

} // namespace

std::string azure_number(base::int128 units, int places) {
    return number_text(units, places, NumberStyle::kDotNet);
}

AzureMonth::AzureMonth(const Company& company, const NativeOptions& options, bool customer, NativeTruth* truth)
    : company_(company), options_(options), month_(period::month_of(options.month_start)), customer_(customer),
      truth_(truth), columns_(customer ? azure_mca_columns() : azure_ea_columns()) {
    for (const Line& line : company.lines) {
        if (line.feed == kAzureFeed) {
            lines_.push_back(&line);
        }
    }
}

const SubAccount& AzureMonth::subscription(std::string_view name) const {
    return company_.sub_accounts[find_account(company_, kAzureFeed, name)];
}

const Sku& AzureMonth::sku(std::string_view id) const {
    return company_.skus[find_sku(company_, id)];
}

std::string AzureMonth::date(int day) const {
    return us_date(month_.start + std::chrono::days(day));
}

AzureRow AzureMonth::base_row(const SubAccount& subscription) const {
    AzureRow row;
    row[kInvoiceSectionName] = "Halden Group";
    row[kSubscriptionId] = subscription.id;
    row[kSubscriptionName] = subscription.name;
    row[kBillingPeriodStartDate] = date(0);
    row[kBillingPeriodEndDate] = date(month_.days() - 1);
    row[kIsAzureCreditEligible] = "True";
    row[kPricingModel] = "OnDemand";
    row[kFrequency] = "UsageBased";
    row[kPublisherName] = "Microsoft";
    const std::uint64_t hash = mix(options_.seed, 51);
    if (customer_) {
        row[kBillingAccountId] = fmt::format("{}:{}_2019-05-31", hash_uuid(hash), hash_uuid(hash + 1));
        row[kBillingAccountName] = "Halden Group";
        row[kBillingProfileId] = kProfile;
        row[kBillingProfileName] = "Halden Group";
        row[kBillingCurrency] = "EUR";
        row[kInvoiceSectionId] = "QX4T-M2LA-PJA-PGB";
        row[kInvoiceId] = fmt::format("G{:09}", hash % 1'000'000'000);
        row[kServicePeriodStartDate] = date(0);
        row[kServicePeriodEndDate] = date(month_.days() - 1);
        row[kPublisherType] = "Microsoft";
        row[kPricingCurrency] = "USD";
        row[kExchangeRatePricingToBilling] = azure_number(kRateCents, 2);
        row[kExchangeRateDate] = date(0);
        row[kProvider] = "Azure";
    } else {
        row[kAccountName] = "halden.example";
        row[kAccountOwnerId] = "cloud@halden.example";
        row[kBillingAccountId] = fmt::format("{}", 10'000'000 + hash % 90'000'000);
        row[kBillingAccountName] = "Halden Group enterprise agreement";
        row[kBillingProfileId] = row[kBillingAccountId];
        row[kBillingProfileName] = row[kBillingAccountName];
        row[kBillingCurrency] = "USD";
        row[kOfferId] = "MS-AZR-0017P";
        row[kPublisherType] = "Azure";
        row[kCostCenter] = subscription.cost_center;
    }
    return row;
}

AzureRow AzureMonth::usage_row(const SubAccount& subscription, const Sku& sku, std::string_view region) const {
    const Meter& meter = meter_of(sku.id);
    AzureRow row = base_row(subscription);
    row[kResourceGroup] = fmt::format("rg-{}", subscription.name);
    row[kResourceLocation] = region;
    row[kLocation] = region == "westeurope" ? "EU West" : "EU North";
    row[kMeterRegion] = row[kLocation];
    row[kProductName] = fmt::format("{} - {} - {}", sku.service, sku.description, row[kLocation]);
    row[kProductId] = hash_id(hash_text(sku.id), 12);
    row[kMeterCategory] = sku.service;
    row[kMeterSubCategory] = meter.subcategory;
    row[kMeterId] = hash_uuid(hash_text(sku.id));
    row[kMeterName] = sku.meter;
    row[kUnitOfMeasure] = meter.unit;
    row[kUnitPrice] = azure_number(contracted_price(company_.feeds[kAzureFeed], sku), kPricePlaces);
    row[kEffectivePrice] = row[kUnitPrice];
    row[kPayGPrice] = azure_number(list_price(sku), kPricePlaces);
    row[kConsumedService] = meter.provider;
    row[kPartNumber] = fmt::format("AAA-{:05}", hash_text(sku.id) % 100'000);
    row[kServiceFamily] = sku.category;
    row[kAdditionalInfo] = fmt::format(R"({{"UsageType":"{}"}})", sku.meter);
    row[kChargeType] = "Usage";
    if (sku.id == "AZ-VM-E16SV5" && subscription.env != "prod") {
        row[kPricingModel] = "Spot";
    }
    return row;
}

void AzureMonth::set_day(AzureRow& row, int day) const {
    row[kDate] = date(day);
}

void AzureMonth::set_tags(AzureRow& row, std::string_view json) const {
    // An Enterprise Agreement's file has the members of the object without its braces.
    row[kTags] = customer_ || json.size() < 2 ? json : json.substr(1, json.size() - 2);
}

Cost AzureMonth::to_billing(Cost cost) const {
    return customer_ ? cost * kRateCents / 100 : cost;
}

Cost AzureMonth::set_cost(AzureRow& row, base::int128 quantity, Cost cost, Cost payg) const {
    const Cost billing = to_billing(cost);
    row[kQuantity] = azure_number(quantity, kQuantityPlaces);
    row[kCostInBillingCurrency] = azure_number(billing, kCostPlaces);
    if (customer_) {
        row[kCostInPricingCurrency] = azure_number(cost, kCostPlaces);
        row[kCostInUsd] = row[kCostInPricingCurrency];
        row[kPaygCostInBillingCurrency] = azure_number(to_billing(payg), kCostPlaces);
        row[kPaygCostInUsd] = azure_number(payg, kCostPlaces);
    }
    return billing;
}

void AzureMonth::write(AzureView view, const AzureRow& row) {
    File& file = files_[static_cast<std::size_t>(view)];
    ++file.rows;
    if (file.writer) {
        file.writer->write(row.line(columns_));
    }
}

void AzureMonth::write_both(const AzureRow& row) {
    write(AzureView::kActual, row);
    write(AzureView::kAmortized, row);
}

void AzureMonth::count(const AzureRow& row, std::string_view category, std::string_view team, const NativeCost& cost) {
    if (truth_ == nullptr) {
        return;
    }
    NativeDimensions dimensions;
    dimensions.currency = row[kBillingCurrency];
    dimensions.billing_account = row[kBillingAccountId];
    dimensions.billing_period = period::to_string(month_.start).substr(0, 7);
    dimensions.sub_account = row[kSubscriptionId];
    dimensions.service = row[kMeterCategory];
    dimensions.charge_category = category;
    dimensions.line_type = row[kChargeType];
    dimensions.team = team;
    truth_->add(dimensions, cost);
}

void AzureMonth::count_commitment(const std::string& id, const NativeCommitment& commitment) {
    if (truth_ != nullptr) {
        truth_->commitment(id) = commitment;
    }
}

std::vector<RowImage> AzureMonth::line_images(const Line& line, AzureRow row) const {
    const Sku& sku = company_.skus[line.sku];
    const Meter& meter = meter_of(sku.id);
    const std::string slot(1, RowImage::kSlot);
    const std::string folder = fmt::format("/subscriptions/{}/resourceGroups/{}/providers/{}/{}/", row[kSubscriptionId],
                                           row[kResourceGroup], meter.provider, meter.type);
    for (const AzureField field : {kDate, kQuantity, kCostInBillingCurrency, kResourceName, kCostInPricingCurrency,
                                   kCostInUsd, kPaygCostInBillingCurrency, kPaygCostInUsd}) {
        row[field] = slot;
    }
    std::vector<RowImage> images;
    for (const std::string& tags : line.tag_variants) {
        set_tags(row, tags);
        for (const bool lower : {false, true}) {
            row[kResourceId] = (lower ? lower_case(folder) : folder) + slot;
            images.emplace_back(row.line(columns_));
        }
    }
    return images;
}

void AzureMonth::write_usage_row(const RowImage& image, std::string_view date_text, std::string_view name,
                                 std::int64_t quantity, Cost cost, Cost payg) {
    CellBuffer cells;
    const auto number = [&](base::int128 units, int places) {
        return cells.number(units, places, NumberStyle::kDotNet);
    };
    const std::string_view billing = number(to_billing(cost), kCostPlaces);
    const std::string_view amount = number(quantity, kQuantityPlaces);
    const std::string_view pricing = number(cost, kCostPlaces);
    // The slots in the order of each file's columns.
    const std::array<std::string_view, 5> enterprise = {date_text, amount, billing, name, name};
    const std::array<std::string_view, 8> agreement = {date_text,
                                                       name,
                                                       amount,
                                                       billing,
                                                       pricing,
                                                       pricing,
                                                       number(to_billing(payg), kCostPlaces),
                                                       number(payg, kCostPlaces)};
    for (File& file : files_) {
        ++file.rows;
        image.write(*file.writer, customer_ ? std::span<const std::string_view>(agreement)
                                            : std::span<const std::string_view>(enterprise));
    }
}

void AzureMonth::write_line(const Line& line, std::uint64_t rows) {
    const Sku& sku = company_.skus[line.sku];
    const SubAccount& subscription = company_.sub_accounts[line.sub_account];
    const std::int64_t price = contracted_price(company_.feeds[kAzureFeed], sku);
    const std::int64_t list = list_price(sku);
    const QuantitySteps steps(sku.quantum, {price, list});
    const UsageSchedule schedule(rows, month_.days(), false);
    const AzureRow row = usage_row(subscription, sku, line.region);
    const std::vector<RowImage> images = line_images(line, row);
    Random random(mix(line.seed, options_.seed));
    std::string name;
    Cost sum = 0;
    for (int day = 0; day < month_.days(); ++day) {
        const std::int64_t daily = day_quantity(company_, line, month_.start + std::chrono::days(day), 0).actual;
        const base::int128 share = base::int128{daily} * month_.days() / static_cast<std::int64_t>(rows);
        const std::string date_text = date(day);
        for (std::uint64_t i = 0; i < schedule.rows_on(day); ++i) {
            const std::int64_t quantity =
                steps.rounded(static_cast<std::int64_t>(share * random.between(700, 1'300) / 1'000));
            const Cost cost = Cost{quantity} * price;
            sum += to_billing(cost);
            name.clear();
            fmt::format_to(std::back_inserter(name), "{}-{:08x}", subscription.name, mix(line.seed, i) >> 32U);
            write_usage_row(images[i % images.size()], date_text, name, quantity, cost, Cost{quantity} * list);
        }
    }
    count(row, "Usage", line.team.value_or(""), {sum, sum});
}

base::Result<void> AzureMonth::open_files() {
    for (std::size_t view = 0; view < files_.size(); ++view) {
        File& file = files_[view];
        const std::string first = period::to_string(month_.start);
        const std::string last = period::to_string(month_.end - std::chrono::days(1));
        const std::string folder = first.substr(0, 4) + first.substr(5, 2) + first.substr(8) + '-' + last.substr(0, 4) +
                                   last.substr(5, 2) + last.substr(8);
        file.run_id = hash_uuid(mix(options_.seed, 61 + view));
        file.written.path = bucket() / view_name(view) / folder / file.run_id /
                            (options_.gzip ? "part_0_0001.csv.gz" : "part_0_0001.csv");
        const base::Path path = options_.folder / file.written.path;
        FLORIN_TRY(base::make_folders(path.parent_path()));
        FLORIN_TRY_ASSIGN(BillWriter writer, BillWriter::open(path, options_.gzip));
        file.writer.emplace(std::move(writer));
        std::string header;
        for (const AzureColumn& column : columns_) {
            header += header.empty() ? "" : ",";
            header += column.name;
        }
        file.writer->write(header + "\r\n");
    }
    return {};
}

base::Result<void> AzureMonth::close_file(std::size_t view) {
    File& file = files_[view];
    FLORIN_TRY(file.writer->finish());
    file.writer.reset();
    FLORIN_TRY_ASSIGN(const std::uint64_t bytes, base::file_size(options_.folder / file.written.path));
    file.written.rows = file.rows;
    const std::string start = period::to_string(month_.start) + "T00:00:00";
    const std::string end = period::to_string(month_.end - std::chrono::days(1)) + "T00:00:00";
    const nlohmann::ordered_json json = {
        {"manifestVersion", "2024-04-01"},
        {"byteCount", bytes},
        {"blobCount", 1},
        {"dataRowCount", file.rows},
        {"exportConfig",
         {{"exportName", fmt::format("halden-{}", view_name(view))},
          {"dataVersion", "2023-12-01-preview"},
          {"type", view == 0 ? "ActualCost" : "AmortizedCost"},
          {"timeFrame", "Custom"},
          {"granularity", "Daily"}}},
        {"deliveryConfig",
         {{"partitionData", true},
          {"dataOverwriteBehavior", "CreateNewReport"},
          {"fileFormat", "Csv"},
          {"compressionMode", options_.gzip ? "Gzip" : "None"}}},
        {"runInfo", {{"executionType", "OnDemand"}, {"runId", file.run_id}, {"startDate", start}, {"endDate", end}}},
        {"blobs",
         {{{"blobName", file.written.path.lexically_relative(bucket()).generic_string()},
           {"byteCount", bytes},
           {"dataRowCount", file.rows}}}}};
    return base::write_file_atomically((options_.folder / file.written.path).parent_path() / "manifest.json",
                                       json.dump(2) + '\n');
}

base::Result<std::vector<NativeFile>> AzureMonth::write_all(std::uint64_t usage_rows,
                                                            const std::function<void(std::uint64_t)>& progress) {
    const bool writes = truth_ != nullptr;
    if (writes) {
        FLORIN_TRY(open_files());
    }
    add_azure_commitments(*this);
    add_azure_lumps(*this);
    if (!writes) {
        return std::vector<NativeFile>{};
    }
    std::vector<std::uint64_t> weights;
    for (const Line* line : lines_) {
        weights.push_back(row_weight(company_, *line));
    }
    const std::vector<std::uint64_t> shares = share_rows(usage_rows, weights);
    for (std::size_t i = 0; i < lines_.size(); ++i) {
        write_line(*lines_[i], shares[i]);
        if (progress) {
            progress(rows());
        }
    }
    FLORIN_TRY(close_file(0));
    FLORIN_TRY(close_file(1));
    return std::vector<NativeFile>{files_[0].written, files_[1].written};
}

base::Result<std::vector<NativeFile>> write_azure(const NativeOptions& options, bool customer, NativeTruth& truth,
                                                  const std::function<void(std::uint64_t)>& progress) {
    const Company company = make_company(options.seed, 1, options.month_start);
    AzureMonth fixed(company, options, customer, nullptr);
    FLORIN_TRY(fixed.write_all(0, {}));
    const std::uint64_t least = fixed.rows() + fixed.line_count();
    if (options.rows < least) {
        return base::user_error("demo.too_few_rows", fmt::format("an Azure month has at least {} charges; asked for {}",
                                                                 least, options.rows))
            .with_remedy("ask for more rows");
    }
    AzureMonth month(company, options, customer, &truth);
    return month.write_all(options.rows - fixed.rows(), progress);
}

} // namespace florin::demo
