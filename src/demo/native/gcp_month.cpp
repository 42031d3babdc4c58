#include "demo/native/gcp_month.hpp"

#include "demo/random.hpp"

#include <algorithm>
#include <tuple>

#include <fmt/format.h>

namespace florin::demo {

namespace {

constexpr std::size_t kGcpFeed = 2;
constexpr std::uint64_t kGcpHourlyRows = 100'000;
constexpr int kMarginHours = 24;
constexpr int kGcpLateDays = 2;
constexpr std::uint64_t kGcpLateOneIn = 17;
constexpr std::uint64_t kGcpProgressRows = 65'536;
/// Default consumption model, as every account has had since it exists.
constexpr std::string_view kDefaultModelId = "7754-699E-0EBF";

/// Hours by which the Pacific time zone is behind UTC at the start of the day there: 7 from the second
/// Sunday in March to the first in November.
int pacific_hours(period::Day day) {
    const auto year = std::chrono::year_month_day(day).year();
    const period::Day summer = std::chrono::sys_days(year / std::chrono::March / std::chrono::Sunday[2]);
    const period::Day winter = std::chrono::sys_days(year / std::chrono::November / std::chrono::Sunday[1]);
    return summer < day && day <= winter ? 7 : 8;
}

/// Which billing account pays for a project.
int account_of(const SubAccount& project) {
    if (project.name.starts_with("web-shop")) {
        return 1;
    }
    return project.name.starts_with("recommender") || project.name.starts_with("forecasting") ? 2 : 0;
}

/// Which credit ordinary usage of a SKU gets in an account, and one part of how many of its cost.
std::tuple<GcpCredit, int> credit_of(int account, std::string_view sku) {
    if (sku == "GCP-CE-N2-CPU" && account != 2) {
        return {{"SUSTAINED_USAGE_DISCOUNT", "Sustained Usage Discount", "Sustained Usage Discount", ""}, 10};
    }
    if (sku == "GCP-RUN-CPU") {
        return {{"PROMOTION", "12-b34-c56-d78", "Cloud migration promotion", "Migration promotion"}, 2};
    }
    if (sku == "GCP-PUBSUB") {
        return {{"FREE_TIER", "90-e12-f34-a56", "Free tier: Pub/Sub", "Pub/Sub free tier"}, 4};
    }
    if (sku == "GCP-BQ-SLOT" && account == 2) {
        return {{"RESELLER_MARGIN", "78-b90-c12-d34", "Reseller margin", "Reseller programme discount"}, 20};
    }
    if (sku == "GCP-GCS-STD" && account == 1) {
        return {{"DISCOUNT", "56-a78-b90-c12", "Spending-based discount", "Contractual spending discount"}, 50};
    }
    return {GcpCredit{}, 0};
}

bool is_charge_of_its_own(std::string_view credit_type) {
    return credit_type == "PROMOTION" || credit_type == "FREE_TIER";
}

} // namespace

PacificMonth::PacificMonth(const period::Period& month) : month_(month) {
    const int behind = pacific_hours(month.start);
    for (int day = 0; day <= month.days(); ++day) {
        day_starts_.push_back(day * 24 + pacific_hours(month.start + std::chrono::days(day)) - behind);
    }
    for (int hour = behind - kMarginHours; hour <= behind + day_starts_.back() + kMarginHours; ++hour) {
        const period::Day day = month.start + std::chrono::floor<std::chrono::days>(std::chrono::hours(hour));
        texts_.push_back(fmt::format("{} {:02}:00:00 UTC", period::to_string(day), (hour + 24) % 24));
    }
}

std::string_view PacificMonth::text(int hour) const {
    return texts_[static_cast<std::size_t>(hour + kMarginHours)];
}

std::string PacificMonth::invoice_month(int offset) const {
    std::string text = period::to_string(period::add_months(month_.start, offset)).substr(0, 7);
    std::erase(text, '-');
    return text;
}

GcpMonth::GcpMonth(const Company& company, const NativeOptions& options, bool writes, NativeTruth* truth)
    : options_(options), company_(company), time_(period::month_of(options.month_start)),
      hourly_(options.rows >= kGcpHourlyRows), writes_(writes), truth_(truth) {
    for (std::size_t i = 0; i < accounts_.size(); ++i) {
        const std::uint64_t hash = mix(options.seed, 41 + i);
        accounts_[i] =
            fmt::format("{:06X}-{:06X}-{:06X}", hash >> 40U, (hash >> 16U) & 0xffffffU, scramble(hash) >> 40U);
    }
    for (const Line& line : company.lines) {
        if (line.feed == kGcpFeed) {
            UsageLine usage;
            usage.line = &line;
            usage.account = account_of(company.sub_accounts[line.sub_account]);
            lines_.push_back(std::move(usage));
        }
    }
}

const Sku& GcpMonth::sku(std::string_view id) const {
    return company_.skus[find_sku(company_, id)];
}

const SubAccount& GcpMonth::project(std::string_view name) const {
    return company_.sub_accounts[find_account(company_, kGcpFeed, name)];
}

GcpRow GcpMonth::base_row(int account, const SubAccount* project) const {
    GcpRow row;
    row.billing_account = account_id(account);
    row.invoice_month = time_.invoice_month(0);
    if (project != nullptr) {
        row.project = project->id;
        row.project_number = fmt::format("{}", 100'000'000'000U + hash_text(project->id) % 900'000'000'000U);
    }
    return row;
}

GcpRow GcpMonth::usage_row(int account, const SubAccount& project, const Sku& sku) const {
    const GcpUnit& unit = gcp_unit(sku.pricing_unit);
    GcpRow row = base_row(account, &project);
    row.service = sku.service;
    row.sku = sku.description;
    row.region = project.region;
    row.usage_unit = unit.base_unit;
    row.pricing_unit = unit.pricing_unit;
    row.list_price = gcp_number(list_price(sku), kPricePlaces);
    row.effective_price = gcp_number(contracted_price(company_.feeds[kGcpFeed], sku), kPricePlaces);
    row.default_price = row.effective_price;
    if (account == 2) {
        row.model_id = kDefaultModelId;
        row.model = "Default";
    }
    return row;
}

void GcpMonth::set_hours(GcpRow& row, int start, int end) const {
    row.start = time_.text(start);
    row.end = time_.text(end);
}

NativeDimensions GcpMonth::dimensions(const GcpRow& row, std::string_view category, std::string_view line_type,
                                      std::string_view team) const {
    NativeDimensions dimensions;
    dimensions.currency = "USD";
    dimensions.billing_account = row.billing_account;
    dimensions.billing_period = row.invoice_month.substr(0, 4) + '-' + row.invoice_month.substr(4);
    dimensions.sub_account = row.project;
    dimensions.service = row.service;
    dimensions.charge_category = category;
    dimensions.line_type = line_type;
    dimensions.team = team;
    return dimensions;
}

void GcpMonth::write(GcpRow& row) {
    ++rows_;
    if (writes_) {
        row.export_time = export_time_;
        file_->write(json_line(row));
        ++files_.back().rows;
    }
}

void GcpMonth::count(const NativeDimensions& dimensions, const NativeCost& cost) {
    if (truth_ != nullptr) {
        truth_->add(dimensions, cost);
    }
}

void GcpMonth::prepare_lines(std::uint64_t rows) {
    std::vector<std::uint64_t> weights;
    for (const UsageLine& usage : lines_) {
        weights.push_back(row_weight(company_, *usage.line));
    }
    const std::vector<std::uint64_t> shares = share_rows(rows, weights);
    for (std::size_t i = 0; i < lines_.size(); ++i) {
        lines_[i].rows = shares[i];
        prepare_line(lines_[i]);
    }
}

void GcpMonth::prepare_line(UsageLine& usage) const {
    const std::string slot(1, RowImage::kSlot);
    const Sku& sku = company_.skus[usage.line->sku];
    std::tie(usage.credit, usage.credit_parts) = credit_of(usage.account, sku.id);
    usage.row = usage_row(usage.account, company_.sub_accounts[usage.line->sub_account], sku);
    GcpRow row = usage.row;
    row.region = usage.line->region;
    row.start = row.end = row.resource = row.export_time = slot;
    row.cost = row.usage = row.pricing_usage = row.cost_at_list = slot;
    if (usage.account == 2) {
        row.cost_at_default = slot;
    }
    if (usage.credit_parts > 0) {
        row.credits = '[' + credit_json(usage.credit, slot) + ']';
    }
    for (const std::string& tags : usage.line->tag_variants) {
        row.labels = labels_json(tags);
        usage.images.emplace_back(json_line(row));
    }
    usage.team = lower_case(usage.line->team.value_or("")); // as labels are
}

void GcpMonth::write_usage_day(UsageLine& usage, int day, bool late) {
    const Line& line = *usage.line;
    const Sku& sku = company_.skus[line.sku];
    const GcpUnit& unit = gcp_unit(sku.pricing_unit);
    const std::int64_t list = list_price(sku);
    const std::int64_t price = contracted_price(company_.feeds[kGcpFeed], sku);
    const QuantitySteps steps(sku.quantum, {price, list});
    const UsageSchedule schedule(usage.rows, time_.days(), hourly_);
    const period::Day date = options_.month_start + std::chrono::days(day);
    const base::int128 daily = day_quantity(company_, line, date, 0).actual;
    const base::int128 share = daily * time_.days() / static_cast<std::int64_t>(usage.rows);
    Random random(mix(line.seed, mix(options_.seed, static_cast<std::uint64_t>(day))));
    CellBuffer cells;
    std::string resource;
    for (std::uint64_t i = 0; i < schedule.rows_on(day); ++i) {
        const UsageSlot slot = schedule.slot(i);
        const std::int64_t quantity =
            steps.rounded(static_cast<std::int64_t>(share * random.between(700, 1'300) / 1'000));
        if ((mix(line.seed, i) % kGcpLateOneIn == 0) != late) {
            continue;
        }
        const Cost cost = Cost{quantity} * price;
        const int start = time_.day_start(day) + slot.hour;
        const int end = slot.hours == 1 ? start + 1 : time_.day_start(day + 1);
        cells.clear();
        resource.clear();
        fmt::format_to(std::back_inserter(resource), "{}-{:012x}", sku.resource, mix(line.seed, slot.resource) >> 16U);
        std::vector<std::string_view> values = {
            time_.text(start),
            time_.text(end),
            export_time_,
            cells.number(cost, kCostPlaces, NumberStyle::kJson),
            cells.number(base::int128{quantity} * unit.factor, kQuantityPlaces, NumberStyle::kJson),
            cells.number(quantity, kQuantityPlaces, NumberStyle::kJson)};
        if (usage.credit_parts > 0) {
            const Cost credit = -cost / usage.credit_parts;
            usage.credit_sum += credit;
            values.push_back(cells.number(credit, kCostPlaces, NumberStyle::kJson));
        }
        values.push_back(resource);
        values.push_back(resource);
        values.push_back(cells.number(Cost{quantity} * list, kCostPlaces, NumberStyle::kJson));
        if (usage.account == 2) {
            values.push_back(values[3]);
        }
        usage.sum += cost;
        usage.images[slot.resource % usage.images.size()].write(*file_, values);
        ++rows_;
        ++files_.back().rows;
    }
}

void GcpMonth::count_line(const UsageLine& usage) {
    const bool apart = is_charge_of_its_own(usage.credit.type);
    const Cost usage_cost = apart ? usage.sum : usage.sum + usage.credit_sum;
    count(dimensions(usage.row, "Usage", "regular", usage.team), {usage_cost, usage_cost});
    if (apart) {
        count(dimensions(usage.row, "Credit", usage.credit.type, usage.team), {usage.credit_sum, usage.credit_sum});
    }
}

base::Result<void> GcpMonth::open_file(int account, int export_day) {
    FLORIN_TRY(close_file());
    const period::Day date = options_.month_start + std::chrono::days(export_day + 1);
    std::string account_name = account_id(account);
    std::ranges::replace(account_name, '-', '_');
    std::string day = period::to_string(date);
    export_time_ = fmt::format("{} 09:4{}:31.5{:05} UTC", day, account, mix(options_.seed, 7) % 100'000);
    std::erase(day, '-');
    const base::Path path =
        base::Path("gcp") / account_id(account) /
        fmt::format("gcp_billing_export_resource_v1_{}_{}.jsonl{}", account_name, day, options_.gzip ? ".gz" : "");
    FLORIN_TRY(base::make_folders((options_.folder / path).parent_path()));
    FLORIN_TRY_ASSIGN(BillWriter writer, BillWriter::open(options_.folder / path, options_.gzip));
    file_.emplace(std::move(writer));
    files_.push_back({path, 0});
    return {};
}

base::Result<void> GcpMonth::close_file() {
    if (!file_) {
        return {};
    }
    FLORIN_TRY(file_->finish());
    file_.reset();
    if (files_.back().rows == 0) { // nothing was exported on that day
        FLORIN_TRY(base::remove_all(options_.folder / files_.back().path));
        files_.pop_back();
    }
    return {};
}

base::Result<std::vector<NativeFile>> GcpMonth::write_all(std::uint64_t usage_rows,
                                                          const std::function<void(std::uint64_t)>& progress) {
    if (writes_) {
        prepare_lines(usage_rows);
    }
    GcpCommitments commitments(*this);
    for (int account = 0; account < kGcpAccounts; ++account) {
        for (int day = 0; day < time_.days() + kGcpLateDays; ++day) {
            if (writes_) {
                FLORIN_TRY(open_file(account, day));
            }
            if (day < time_.days()) {
                commitments.write_day(account, day);
            }
            for (UsageLine& usage : lines_) {
                if (!writes_ || usage.account != account) {
                    continue;
                }
                if (day < time_.days()) {
                    write_usage_day(usage, day, false);
                }
                if (day >= kGcpLateDays) {
                    write_usage_day(usage, day - kGcpLateDays, true);
                }
                if (progress && rows_ % kGcpProgressRows < usage.rows / 30) {
                    progress(rows_);
                }
            }
        }
        write_gcp_lumps(*this, account);
    }
    FLORIN_TRY(close_file());
    commitments.count();
    for (const UsageLine& usage : lines_) {
        if (writes_) {
            count_line(usage);
        }
    }
    return files_;
}

base::Result<std::vector<NativeFile>> write_gcp(const NativeOptions& options, NativeTruth& truth,
                                                const std::function<void(std::uint64_t)>& progress) {
    const Company company = make_company(options.seed, 1, options.month_start);
    GcpMonth fixed(company, options, false, nullptr);
    FLORIN_TRY(fixed.write_all(0, {}));
    const std::uint64_t least = fixed.rows() + fixed.line_count();
    if (options.rows < least) {
        return base::user_error(
                   "demo.too_few_rows",
                   fmt::format("a Google Cloud month has at least {} rows; asked for {}", least, options.rows))
            .with_remedy("ask for more rows");
    }
    GcpMonth month(company, options, true, &truth);
    return month.write_all(options.rows - fixed.rows(), progress);
}

} // namespace florin::demo
