#include "demo/native/oci_month.hpp"

#include "demo/native/native_text.hpp"
#include "demo/native/usage_schedule.hpp"
#include "demo/random.hpp"

#include <algorithm>
#include <array>
#include <optional>

#include <fmt/format.h>

namespace florin::demo {

namespace {

constexpr int kWindowHours = 6;
constexpr std::uint64_t kCorrections = 10;
constexpr std::uint64_t kOciLateOneIn = 19;
constexpr std::string_view kRegion = "eu-frankfurt-1";

constexpr std::string_view kHeader =
    "lineItem/referenceNo,lineItem/tenantId,lineItem/intervalUsageStart,lineItem/intervalUsageEnd,product/service,"
    "product/compartmentId,product/compartmentName,product/region,product/availabilityDomain,product/resourceId,"
    "usage/billedQuantity,usage/billedQuantityOverage,cost/subscriptionId,cost/productSku,product/Description,"
    "cost/unitPrice,cost/unitPriceOverage,cost/myCost,cost/myCostOverage,cost/currencyCode,cost/billingUnitReadable,"
    "cost/skuUnitDescription,cost/overageFlag,lineItem/isCorrection,lineItem/backreferenceNo,"
    "tags/Oracle-Tags.CreatedBy,tags/Halden.env,tags/Halden.team\n";

struct OciProduct {
    std::string_view sku;
    std::string_view service;
    std::string_view description;
    std::string_view resource;
    std::string_view billing_unit;
    std::string_view unit;
    std::int64_t price;    ///< 10^-10 USD
    std::int64_t quantity; ///< of an hour, 10^-6
};

constexpr std::array kOciProducts = {
    OciProduct{"B93113", "COMPUTE", "Standard - E4 - OCPU", "instance", "1 OCPU HOURS COMPUTE", "OCPU Per Hour",
               250'000'000, 48'000'000},
    OciProduct{"B93114", "COMPUTE", "Standard - E4 - Memory", "instance", "1 GiB HOURS COMPUTE", "Gigabyte Per Hour",
               15'000'000, 384'000'000},
    OciProduct{"B91961", "BLOCK_STORAGE", "Block Volume - Storage", "volume", "1 GiB MONTHS STORAGE_SIZE", "GB Months",
               255'000'000, 11'250'000},
    OciProduct{"B91628", "OBJECTSTORE", "Object Storage - Storage", "bucket", "1 GiB MONTHS STORAGE_SIZE", "GB Months",
               255'000'000, 4'125'000},
    OciProduct{"B92911", "DATABASE", "Oracle APEX Application Development", "autonomousdatabase",
               "1 NONE HOURS INSTANCE", "Hours", 1'474'400'000, 2'000'000},
    OciProduct{"B88327", "NETWORK", "Outbound Data Transfer Zone 1", "vnic", "1 GiB HOURS DATA_TRANSFERRED",
               "Gigabyte Outbound Data Transfer", 85'000'000, 26'500'000},
    OciProduct{"B90926", "TELEMETRY", "Monitoring Service - Retrieval", "monitoring", "1000000 NONE NONE DATAPOINTS",
               "Million Datapoints", 15'000'000, 48},
    OciProduct{"B95697", "NETWORK", "Load Balancer Base", "loadbalancer", "1 LOAD_BALANCER HOURS INSTANCE",
               "Load Balancer Hour", 0, 3'000'000},
};

struct Compartment {
    std::string_view name;
    std::string_view env;
    std::string_view team;
    int weight;
};

constexpr std::array kCompartments = {
    Compartment{"erp-prod", "prod", "platform", 100}, Compartment{"erp-test", "nonprod", "platform", 30},
    Compartment{"warehouse-control", "prod", "logistics", 60}, Compartment{"sandbox", "", "", 10}};

/// One product in one compartment.
struct OciLine {
    const OciProduct* product = nullptr;
    const Compartment* compartment = nullptr;
    std::string compartment_id;
    std::uint64_t seed = 0;
    std::uint64_t rows = 0;
    RowImage image{""};
    Cost sum = 0;
};

/// One row of a line: what follows from where it is.
struct Usage {
    std::string reference;
    int hour = 0; ///< from the start of the month
    std::int64_t quantity = 0;
    Cost cost = 0;
};

class OciMonth {
public:
    OciMonth(const NativeOptions& options, NativeTruth& truth)
        : options_(options), truth_(truth), month_(period::month_of(options.month_start)),
          windows_(month_.days() * 24 / kWindowHours),
          tenant_("ocid1.tenancy.oc1..aaaaaaaa" + hash_id(mix(options.seed, 81), 52)),
          subscription_(fmt::format("ocid1.organizationssubscription.oc1.{}.amaaaaaa{}", kRegion,
                                    hash_id(mix(options.seed, 82), 52))) {
        for (int hour = 0; hour <= month_.days() * 24; ++hour) {
            const std::string day = period::to_string(month_.start + std::chrono::days(hour / 24));
            starts_.push_back(fmt::format("{}T{:02}:00Z", day, hour % 24));
            ends_.push_back(fmt::format("{}T{:02}:00:00Z", day, hour % 24));
        }
    }

    base::Result<std::vector<NativeFile>> write(const std::function<void(std::uint64_t)>& progress) {
        FLORIN_TRY(prepare_lines());
        std::uint64_t done = 0;
        for (int window = 0; window <= windows_; ++window) {
            FLORIN_TRY(open_file(window));
            for (OciLine& line : lines_) {
                if (window > 0) {
                    write_window(line, window - 1, true);
                }
                if (window < windows_) {
                    write_window(line, window, false);
                }
            }
            if (window == windows_) {
                write_corrections();
            }
            FLORIN_TRY(file_->finish());
            done += files_.back().rows;
            if (progress) {
                progress(done);
            }
        }
        for (const OciLine& line : lines_) {
            truth_.add(dimensions(line, "usage"), {line.sum, line.sum});
        }
        return files_;
    }

private:
    base::Result<void> prepare_lines() {
        std::vector<std::uint64_t> weights;
        for (const Compartment& compartment : kCompartments) {
            for (const OciProduct& product : kOciProducts) {
                OciLine line;
                line.product = &product;
                line.compartment = &compartment;
                line.compartment_id =
                    "ocid1.compartment.oc1..aaaaaaaa" + hash_id(mix(options_.seed, hash_text(compartment.name)), 52);
                line.seed = mix(mix(options_.seed, hash_text(compartment.name)), hash_text(product.sku));
                lines_.push_back(std::move(line));
                weights.push_back(static_cast<std::uint64_t>(compartment.weight));
            }
        }
        if (options_.rows < lines_.size() + kCorrections) {
            return base::user_error("demo.too_few_rows",
                                    fmt::format("an Oracle Cloud month has at least {} rows; asked for {}",
                                                lines_.size() + kCorrections, options_.rows))
                .with_remedy("ask for more rows");
        }
        const std::vector<std::uint64_t> shares = share_rows(options_.rows - kCorrections, weights);
        for (std::size_t i = 0; i < lines_.size(); ++i) {
            lines_[i].rows = shares[i];
            lines_[i].image = RowImage(image_text(lines_[i]));
        }
        return {};
    }

    /// Slots: reference, start, end, resource, quantity, its overage, price of it, cost, its overage,
    /// overage flag, correction flag, back-reference.
    std::string image_text(const OciLine& line) const {
        const OciProduct& product = *line.product;
        const char s = RowImage::kSlot;
        const std::string price = number_text(product.price, kPricePlaces, NumberStyle::kBigDecimal);
        const bool tagged = !line.compartment->team.empty();
        return fmt::format(
            "{},{},{},{},{},{},{},{},AD-1,ocid1.{}.oc1.{}.{},{},{},{},{},{},{},{},{},{},USD,{},{},{},{},{},{},"
            "{},{}\n",
            s, tenant_, s, s, product.service, line.compartment_id, line.compartment->name, kRegion, product.resource,
            kRegion, s, s, s, subscription_, product.sku, product.description, price, s, s, s, product.billing_unit,
            product.unit, s, s, s, tagged ? "default/ops@halden.example" : "", line.compartment->env,
            line.compartment->team);
    }

    Usage usage(const OciLine& line, int window, std::uint64_t i) const {
        const std::uint64_t place = mix(line.seed, static_cast<std::uint64_t>(window) * 1'000'003 + i);
        Random random(place);
        const OciProduct& product = *line.product;
        const base::int128 month = base::int128{product.quantity} * line.compartment->weight / 100 * 24 * month_.days();
        const std::int64_t quantity = static_cast<std::int64_t>(month / static_cast<std::int64_t>(line.rows) *
                                                                random.between(700, 1'300) / 1'000);
        Usage usage;
        usage.reference = fmt::format("{:016x}{:016x}", place, random.next());
        usage.hour = window * kWindowHours + static_cast<int>(i % kWindowHours);
        usage.quantity = std::max<std::int64_t>(quantity, 1);
        usage.cost = Cost{usage.quantity} * product.price;
        return usage;
    }

    void write_window(OciLine& line, int window, bool late) {
        const UsageSchedule schedule(line.rows, windows_, true);
        for (std::uint64_t i = 0; i < schedule.rows_on(window); ++i) {
            if ((mix(line.seed, i + static_cast<std::uint64_t>(window)) % kOciLateOneIn == 0) != late) {
                continue;
            }
            const Usage one = usage(line, window, i);
            line.sum += one.cost;
            // The commitment of the month was used up on its last day.
            write_row(line, one, i / kWindowHours, window >= windows_ - 4, "", fmt::format("{}", 17'000 + i % 100));
        }
    }

    void write_row(const OciLine& line, const Usage& one, std::uint64_t resource, bool overage,
                   std::string_view correction, std::string_view back_reference) {
        CellBuffer cells;
        const std::string_view quantity = cells.number(one.quantity, kQuantityPlaces, NumberStyle::kBigDecimal);
        const std::string_view cost = cells.number(one.cost, kCostPlaces, NumberStyle::kBigDecimal);
        const std::string_view price = cells.number(line.product->price, kPricePlaces, NumberStyle::kBigDecimal);
        const auto hour = static_cast<std::size_t>(one.hour);
        const std::string_view reference = correction.empty() ? std::string_view(one.reference) : correction;
        const std::array<std::string_view, 12> values = {
            reference,
            starts_[hour],
            ends_[hour + 1],
            cells.text(fmt::format("{:013x}", mix(line.seed, resource) >> 12U)),
            quantity,
            overage ? quantity : "",
            overage ? price : "",
            cost,
            overage ? cost : "",
            overage ? "true" : "false",
            correction.empty() ? "false" : "true",
            back_reference};
        line.image.write(*file_, values);
        ++files_.back().rows;
    }

    /// Rows of the first line that were too much, taken back.
    void write_corrections() {
        const OciLine& line = lines_.front();
        const UsageSchedule schedule(line.rows, windows_, true);
        NativeDimensions sums = dimensions(line, "correction");
        for (std::uint64_t k = 0; k < kCorrections; ++k) {
            int window = static_cast<int>(k) * (windows_ / static_cast<int>(kCorrections));
            while (schedule.rows_on(window) == 0) {
                window = (window + 1) % windows_;
            }
            Usage one = usage(line, window, 0);
            const std::string corrected = one.reference;
            one.quantity = -one.quantity;
            one.cost = -one.cost;
            write_row(line, one, 0, false, fmt::format("{:016x}{:016x}", mix(line.seed, k), mix(k, line.seed)),
                      corrected);
            truth_.add(sums, {one.cost, one.cost});
        }
    }

    NativeDimensions dimensions(const OciLine& line, std::string_view line_type) const {
        NativeDimensions dimensions;
        dimensions.currency = "USD";
        dimensions.billing_account = subscription_;
        dimensions.billing_period = period::to_string(month_.start).substr(0, 7);
        dimensions.sub_account = tenant_;
        dimensions.service = line.product->service;
        dimensions.charge_category = "Usage";
        dimensions.line_type = line_type;
        dimensions.team = line.compartment->team;
        return dimensions;
    }

    base::Result<void> open_file(int number) {
        const base::Path path =
            base::Path("oci") / "reports" / "cost-csv" /
            fmt::format("{:016}-00001.csv{}", 1'000'000'600'000 + number, options_.gzip ? ".gz" : "");
        FLORIN_TRY(base::make_folders((options_.folder / path).parent_path()));
        FLORIN_TRY_ASSIGN(BillWriter writer, BillWriter::open(options_.folder / path, options_.gzip));
        file_.emplace(std::move(writer));
        files_.push_back({path, 0});
        file_->write(kHeader);
        return {};
    }

    const NativeOptions& options_;
    NativeTruth& truth_;
    period::Period month_;
    int windows_;
    std::string tenant_;
    std::string subscription_;
    std::vector<std::string> starts_;
    std::vector<std::string> ends_;
    std::vector<OciLine> lines_;
    std::optional<BillWriter> file_;
    std::vector<NativeFile> files_;
};

} // namespace

base::Result<std::vector<NativeFile>> write_oci(const NativeOptions& options, NativeTruth& truth,
                                                const std::function<void(std::uint64_t)>& progress) {
    return OciMonth(options, truth).write(progress);
}

} // namespace florin::demo
