#include "demo/native/aws_month.hpp"

#include "demo/random.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>

namespace florin::demo {

namespace {

constexpr std::size_t kAwsFeed = 0;
constexpr std::uint64_t kAwsHourlyRows = 100'000;
constexpr std::size_t kHourBytes = 24;
constexpr std::uint64_t kAwsProgressRows = 65'536;

/// What differs from one line item of a usage line to the next.
constexpr std::array kUsageFields = {AwsField::kLineItemId,    AwsField::kTimeInterval, AwsField::kUsageStartDate,
                                     AwsField::kUsageEndDate,  AwsField::kResourceId,   AwsField::kUsageAmount,
                                     AwsField::kUnblendedCost, AwsField::kBlendedCost,  AwsField::kPublicOnDemandCost};

constexpr std::array kAwsProducts = {
    AwsProduct{"AWS-EC2-M7I", "AmazonEC2", "Compute Instance", "BoxUsage:m7i.xlarge", "RunInstances", "m7i.xlarge",
               "Hrs"},
    AwsProduct{"AWS-EC2-C7G", "AmazonEC2", "Compute Instance", "BoxUsage:c7g.xlarge", "RunInstances", "c7g.xlarge",
               "Hrs"},
    AwsProduct{"AWS-EC2-SPOT", "AmazonEC2", "Compute Instance", "SpotUsage:m7i.xlarge", "RunInstances:SV001",
               "m7i.xlarge", "Hrs"},
    AwsProduct{"AWS-EBS-GP3", "AmazonEC2", "Storage", "EBS:VolumeUsage.gp3", "CreateVolume-Gp3", "", "GB-Mo"},
    AwsProduct{"AWS-S3-STANDARD", "AmazonS3", "Storage", "TimedStorage-ByteHrs", "StandardStorage", "", "GB-Mo"},
    AwsProduct{"AWS-S3-GET", "AmazonS3", "API Request", "Requests-Tier2", "GetObject", "", "Requests"},
    AwsProduct{"AWS-RDS-AURORA", "AmazonRDS", "Database Instance", "InstanceUsage:db.r7g.xl", "CreateDBInstance:0021",
               "db.r7g.xlarge", "Hrs"},
    AwsProduct{"AWS-DDB-WRITE", "AmazonDynamoDB", "Amazon DynamoDB PayPerRequest Throughput", "WriteRequestUnits",
               "PayPerRequestThroughput", "", "WriteRequestUnits"},
    AwsProduct{"AWS-CACHE-R7G", "AmazonElastiCache", "Cache Instance", "NodeUsage:cache.r7g.large",
               "CreateCacheCluster:0002", "cache.r7g.large", "Hrs"},
    AwsProduct{"AWS-LAMBDA-GBS", "AWSLambda", "Serverless", "Lambda-GB-Second-ARM", "Invoke", "", "Lambda-GB-Second"},
    AwsProduct{"AWS-EKS-CLUSTER", "AmazonEKS", "Compute", "AmazonEKS-Hours:perCluster", "CreateOperation", "", "Hours"},
    AwsProduct{"AWS-DT-OUT", "AWSDataTransfer", "Data Transfer", "DataTransfer-Out-Bytes", "RunInstances", "", "GB"},
    AwsProduct{"AWS-CF-EDGE", "AmazonCloudFront", "Data Transfer", "DataTransfer-Out-Bytes", "GET", "", "GB"},
    AwsProduct{"AWS-VPC-NAT", "AmazonVPC", "NAT Gateway", "NatGateway-Hours", "NatGateway", "", "Hrs"},
    AwsProduct{"AWS-CW-LOGS", "AmazonCloudWatch", "Data Payload", "DataProcessing-Bytes", "PutLogEvents", "", "GB"},
    AwsProduct{"AWS-SQS-STD", "AWSQueueService", "API Request", "Requests-Tier1", "Request", "", "Requests"},
    AwsProduct{"AWS-KMS-REQ", "awskms", "API Request", "KMS-Requests", "Decrypt", "", "Requests"},
    AwsProduct{"AWS-GD-EVENTS", "AmazonGuardDuty", "Security Services", "PaidEventsAnalyzed-Bytes", "VPCLogs", "",
               "GB"},
    AwsProduct{"AWS-GLUE-DPU", "AWSGlue", "AWS Glue", "ETL-DPU-Hour", "Jobrun", "", "DPU-Hour"},
    AwsProduct{"AWS-BACKUP-WARM", "AWSBackup", "AWS Backup Storage", "WarmStorage-ByteHrs-EBS", "Storage", "", "GB-Mo"},
};

std::string_view region_prefix(std::string_view region) {
    return region == "eu-central-1" ? "EUC1-" : "EU-";
}

std::string_view region_name(std::string_view region) {
    return region == "eu-central-1" ? "EU (Frankfurt)" : "EU (Ireland)";
}

/// The value of a key in a flat JSON object of texts without escapes.
std::string tag_value(std::string_view json, std::string_view key) {
    const std::string start = fmt::format("\"{}\":\"", key);
    const std::size_t at = json.find(start);
    if (at == std::string_view::npos) {
        return {};
    }
    const std::size_t from = at + start.size();
    return std::string(json.substr(from, json.find('"', from) - from));
}

void set_tags(AwsRow& row, std::string_view json) {
    row[AwsField::kTagApplication] = tag_value(json, "application");
    row[AwsField::kTagComponent] = tag_value(json, "component");
    row[AwsField::kTagCostCenter] = tag_value(json, "cost_center");
    row[AwsField::kTagEnv] = tag_value(json, "env");
    row[AwsField::kTagTeam] = tag_value(json, "team");
}

} // namespace

const AwsProduct& aws_product(std::string_view sku) {
    const auto found = std::ranges::find(kAwsProducts, sku, &AwsProduct::sku);
    FLORIN_CHECK(found != kAwsProducts.end(), "a SKU without an AWS product");
    return *found;
}

std::int64_t aws_price(const Sku& sku) {
    return list_price(sku) / sku.block;
}

std::string aws_number(base::int128 units, int places) {
    return number_text(units, places, NumberStyle::kJava);
}

std::string aws_cost(Cost cost) {
    return aws_number(cost, kCostPlaces);
}

AwsMonth::AwsMonth(const Company& company, const period::Period& month, std::uint64_t seed, bool hourly,
                   std::uint64_t rows_wanted, AwsReport* report, NativeTruth* truth)
    : company_(company), month_(month), seed_(seed), hourly_(hourly), rows_wanted_(rows_wanted), report_(report),
      truth_(truth) {
    for (int hour = 0; hour <= month.days() * 24; ++hour) {
        hour_texts_ += fmt::format("{}T{:02}:00:00.000Z", period::to_string(month.start + std::chrono::days(hour / 24)),
                                   hour % 24);
    }
    for (const Line& line : company.lines) {
        if (line.feed == kAwsFeed) {
            lines_.push_back(&line);
        }
    }
    const Feed& feed = company.feeds[kAwsFeed];
    base_[AwsField::kInvoiceId] = fmt::format("{}{}", feed.invoice_prefix, mix(seed, 31) % 100'000'000);
    base_[AwsField::kInvoicingEntity] = feed.issuer;
    base_[AwsField::kBillingEntity] = "AWS";
    base_[AwsField::kBillType] = "Anniversary";
    base_[AwsField::kPayerAccountId] = feed.account_id;
    base_[AwsField::kPayerAccountName] = feed.account_name;
    base_[AwsField::kBillingPeriodStartDate] = hour_text(0);
    base_[AwsField::kBillingPeriodEndDate] = hour_text(month.days() * 24);
    base_[AwsField::kCurrencyCode] = "USD";
    base_[AwsField::kLegalEntity] = feed.issuer;
}

std::string_view AwsMonth::hour_text(int hour) const {
    return {hour_texts_.data() + static_cast<std::size_t>(hour) * kHourBytes, kHourBytes};
}

const SubAccount& AwsMonth::account(std::string_view name) const {
    return company_.sub_accounts[find_account(company_, kAwsFeed, name)];
}

const Sku& AwsMonth::sku(std::string_view id) const {
    return company_.skus[find_sku(company_, id)];
}

void AwsMonth::set_hours(AwsRow& row, int start, int end) const {
    row[AwsField::kUsageStartDate] = hour_text(start);
    row[AwsField::kUsageEndDate] = hour_text(end);
    // The interval is that of the report's granularity, without milliseconds.
    row[AwsField::kTimeInterval] = fmt::format("{}Z/{}Z", hour_text(start).substr(0, 19),
                                               hour_text(std::min(start + span_hours(), end)).substr(0, 19));
}

void AwsMonth::set_account(AwsRow& row, const SubAccount& account) const {
    row[AwsField::kUsageAccountId] = account.id;
    row[AwsField::kUsageAccountName] = account.name;
}

AwsRow AwsMonth::usage_row(const SubAccount& account, const Sku& sku, std::string_view region) const {
    const AwsProduct& product = aws_product(sku.id);
    AwsRow row = base_;
    const std::string code = hash_id(hash_text(sku.id), 16);
    std::string usage_type = std::string(region_prefix(region)) + std::string(product.usage_type);
    set_account(row, account);
    row[AwsField::kLineItemType] = "Usage";
    row[AwsField::kProductCode] = product.code;
    row[AwsField::kUsageType] = usage_type;
    row[AwsField::kOperation] = product.operation;
    row[AwsField::kUnblendedRate] = aws_number(aws_price(sku), kPricePlaces);
    row[AwsField::kBlendedRate] = row[AwsField::kUnblendedRate];
    row[AwsField::kLineItemDescription] =
        fmt::format("${} per {} - {}", fixed_text(aws_price(sku), kPricePlaces), product.unit, sku.description);
    row[AwsField::kProductName] = sku.service;
    row[AwsField::kInstanceType] = product.instance_type;
    row[AwsField::kLocation] = region_name(region);
    row[AwsField::kLocationType] = "AWS Region";
    row[AwsField::kProductOperation] = product.operation;
    row[AwsField::kProductFamily] = product.family;
    row[AwsField::kRegion] = region;
    row[AwsField::kRegionCode] = region;
    row[AwsField::kServicecode] = product.code;
    row[AwsField::kServicename] = sku.service;
    row[AwsField::kSku] = code;
    row[AwsField::kProductUsagetype] = std::move(usage_type);
    row[AwsField::kRateCode] = fmt::format("{}.JRTCKXETXF.6YS6EN2CT7", code);
    row[AwsField::kRateId] = fmt::format("{}", hash_text(sku.id) % 10'000'000'000U);
    row[AwsField::kPricingCurrency] = "USD";
    row[AwsField::kPublicOnDemandRate] = row[AwsField::kUnblendedRate];
    row[AwsField::kTerm] = sku.dynamic ? "Spot" : "OnDemand";
    row[AwsField::kUnit] = product.unit;
    row[AwsField::kCostCategoryOwner] = account.team;
    if (product.code == "AmazonEC2" && !product.instance_type.empty()) {
        row[AwsField::kInstanceFamily] = "General purpose";
        row[AwsField::kOperatingSystem] = "Linux";
        row[AwsField::kAvailabilityZone] = std::string(region) + "a";
        row[AwsField::kNormalizationFactor] = "8.0";
    }
    return row;
}

std::string_view AwsMonth::next_id() {
    static constexpr std::string_view kLetters = "abcdefghijklmnopqrstuvwxyz234567";
    ++rows_;
    id_.resize(52);
    for (std::uint64_t part = 0; part < 4; ++part) {
        std::uint64_t bits = mix(seed_ + part, rows_);
        for (std::size_t i = 0; i < 13; ++i, bits >>= 5U) {
            id_[part * 13 + i] = kLetters[bits & 31U];
        }
    }
    return id_;
}

NativeDimensions AwsMonth::dimensions(const AwsRow& row, std::string_view category) const {
    NativeDimensions dimensions;
    dimensions.currency = row[AwsField::kCurrencyCode];
    dimensions.billing_account = row[AwsField::kPayerAccountId];
    dimensions.billing_period = row[AwsField::kBillingPeriodStartDate].substr(0, 7);
    dimensions.sub_account = row[AwsField::kUsageAccountId];
    dimensions.service = row[AwsField::kProductName];
    dimensions.charge_category = category;
    dimensions.line_type = row[AwsField::kLineItemType];
    dimensions.team = row[AwsField::kTagTeam];
    return dimensions;
}

void AwsMonth::add_suppressed(AwsRow& row) {
    const std::string_view id = next_id();
    if (report_ != nullptr) {
        row[AwsField::kLineItemId] = id;
        report_->write(row);
    }
}

void AwsMonth::add(AwsRow& row, std::string_view category, const NativeCost& cost) {
    add_suppressed(row);
    if (truth_ != nullptr) {
        truth_->add(dimensions(row, category), cost);
    }
}

void AwsMonth::add_unused(const AwsRow& row, Cost effective) {
    if (truth_ != nullptr) {
        truth_->add(dimensions(row, "Usage"), {0, effective});
    }
}

void AwsMonth::add_commitment(const std::string& id, const NativeCommitment& commitment) {
    if (truth_ != nullptr) {
        truth_->commitment(id) = commitment;
    }
}

void AwsMonth::write_usage(std::uint64_t rows, const std::function<void(std::uint64_t)>& progress) {
    std::vector<std::uint64_t> weights;
    for (const Line* line : lines_) {
        weights.push_back(row_weight(company_, *line));
    }
    const std::vector<std::uint64_t> shares = share_rows(rows, weights);
    for (std::size_t i = 0; i < lines_.size(); ++i) {
        write_line(*lines_[i], shares[i], progress);
    }
}

AwsLine AwsMonth::prepare_line(const Line& line) const {
    const Sku& sku = company_.skus[line.sku];
    AwsLine prepared;
    prepared.row = usage_row(company_.sub_accounts[line.sub_account], sku, line.region);
    for (const std::string& tags : line.tag_variants) {
        set_tags(prepared.row, tags);
        prepared.images.push_back(report_->image(prepared.row, kUsageFields));
    }
    prepared.row[AwsField::kTagTeam] = line.team.value_or("");
    return prepared;
}

void AwsMonth::write_usage_row(const AwsLine& prepared, const Line& line, int start, const UsageSlot& slot,
                               std::int64_t quantity, Cost cost) {
    CellBuffer cells;
    const std::string_view start_text = hour_text(start);
    const std::string_view end_text = hour_text(start + slot.hours);
    std::array<char, 41> interval{};
    std::copy_n(start_text.data(), 19, interval.data());
    std::copy_n(end_text.data(), 19, interval.data() + 21);
    interval[19] = 'Z';
    interval[20] = '/';
    interval[40] = 'Z';
    std::array<char, 64> resource{};
    const auto resource_end = fmt::format_to_n(resource.data(), resource.size(), "{}-{:017x}",
                                               company_.skus[line.sku].resource, mix(line.seed, slot.resource) >> 4U);
    const std::string_view cost_text = cells.number(cost, kCostPlaces, NumberStyle::kJava);
    const std::array<std::string_view, kUsageFields.size()> values = {
        next_id(),
        {interval.data(), interval.size()},
        start_text,
        end_text,
        {resource.data(), resource_end.size},
        cells.number(quantity, kQuantityPlaces, NumberStyle::kJava),
        cost_text,
        cost_text,
        cost_text};
    report_->write(prepared.images[slot.resource % prepared.images.size()], values);
}

void AwsMonth::write_line(const Line& line, std::uint64_t rows, const std::function<void(std::uint64_t)>& progress) {
    const Sku& sku = company_.skus[line.sku];
    const std::int64_t price = aws_price(sku);
    const QuantitySteps steps(sku.block > 1 ? 1'000'000 : sku.quantum, {price});
    const UsageSchedule schedule(rows, month_.days(), hourly_);
    const AwsLine prepared = prepare_line(line);
    Random random(mix(line.seed, seed_));
    Cost sum = 0;
    for (int day = 0; day < month_.days(); ++day) {
        const std::uint64_t count = schedule.rows_on(day);
        const std::int64_t daily = day_quantity(company_, line, month_.start + std::chrono::days(day), 0).actual;
        const base::int128 share = base::int128{daily} * sku.block * month_.days() / static_cast<std::int64_t>(rows);
        for (std::uint64_t i = 0; i < count; ++i) {
            const UsageSlot slot = schedule.slot(i);
            const std::int64_t quantity =
                steps.rounded(static_cast<std::int64_t>(share * random.between(700, 1'300) / 1'000));
            const Cost cost = Cost{quantity} * price;
            sum += cost;
            write_usage_row(prepared, line, day * 24 + slot.hour, slot, quantity, cost);
            if (progress && rows_ % kAwsProgressRows == 0) {
                progress(rows_);
            }
        }
    }
    truth_->add(dimensions(prepared.row, "Usage"), {sum, sum});
}

base::Result<std::vector<NativeFile>> write_aws(const NativeOptions& options, bool cur2, NativeTruth& truth,
                                                const std::function<void(std::uint64_t)>& progress) {
    const Company company = make_company(options.seed, 1, options.month_start);
    const period::Period month = period::month_of(options.month_start);
    const bool hourly = options.rows >= kAwsHourlyRows;
    const auto add_all = [](AwsMonth& target) {
        add_savings_plans(target);
        add_reserved_instances(target);
        add_fees(target);
        add_split_costs(target);
    };
    AwsMonth count(company, month, options.seed, hourly, options.rows, nullptr, nullptr);
    add_all(count);
    const std::uint64_t least = count.rows() + count.line_count();
    if (options.rows < least) {
        return base::user_error(
                   "demo.too_few_rows",
                   fmt::format("an AWS month has at least {} line items; asked for {}", least, options.rows))
            .with_remedy("ask for more rows");
    }
    AwsReport report({cur2, options.folder, cur2 ? "aws-cur2" : "aws-cur", month, company.feeds[kAwsFeed].account_id,
                      options.seed, options.rows, options.gzip, cur2 && options.parquet});
    AwsMonth target(company, month, options.seed, hourly, options.rows, &report, &truth);
    add_all(target);
    target.write_usage(options.rows - count.rows(), progress);
    return report.finish();
}

} // namespace florin::demo
