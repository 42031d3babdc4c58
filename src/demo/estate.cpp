#include "demo/estate.hpp"

#include "demo/allocation_rules.hpp"
#include "demo/budgets.hpp"
#include "demo/commitments.hpp"
#include "demo/fees.hpp"
#include "demo/line_month.hpp"
#include "demo/truth.hpp"

#include <algorithm>
#include <array>
#include <filesystem>
#include <iterator>
#include <map>
#include <span>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace florin::demo {

namespace {

constexpr int kMonthsMax = 60;
constexpr std::uint64_t kProgressRows = 65'536;
constexpr std::size_t kRestatedFeed = 1;
constexpr std::string_view kUndiscountedSku = "AZ-BLOB-HOT";
constexpr std::string_view kLateAccount = "reporting-prod";
constexpr int kLateDays = 2;
constexpr std::string_view kReseller = "Norrdal Cloud Resale";

std::string month_text(period::Day month) {
    return period::to_string(month).substr(0, 7);
}

/// Charges of every line and month, and of the commitments; fees are counted as they are made.
struct Plan {
    std::vector<std::vector<std::uint64_t>> line_rows; ///< by month, by line; 0: the line does not run
    std::vector<CommitmentGrain> grains;               ///< by month
};

class Estate {
public:
    explicit Estate(const EstateOptions& options)
        : options_(options), company_(make_company(options.seed, options.months, options.last_month_start)) {
        for (int i = 0; i < options.months; ++i) {
            months_.push_back(period::month_of(period::add_months(options.last_month_start, i + 1 - options.months)));
        }
        if (options.single_file) {
            for (Feed& feed : company_.feeds) {
                feed.issuer = kReseller;
                feed.account_name = "Halden Group";
                feed.currency = "USD";
                feed.invoice_prefix = "NCR";
                feed.account_id = company_.feeds.front().account_id;
            }
        }
        commitments_ = make_commitments(company_, options.seed, {months_.front().start, months_.back().end});
        uses_.resize(commitments_.size());
        restated_month_ = std::max(options.months - 3, 0);
        for (const Feed& feed : company_.feeds) {
            feed_spend_.push_back({std::string(feed.name), std::string(feed.provider), std::string(feed.currency),
                                   feed.account_id, std::vector<Cost>(months_.size())});
        }
    }

    base::Result<EstateSummary> generate() {
        FLORIN_TRY(make_plan());
        for (int month = 0; month < options_.months; ++month) {
            if (options_.single_file) {
                std::vector<std::size_t> all(company_.feeds.size());
                for (std::size_t i = 0; i < all.size(); ++i) {
                    all[i] = i;
                }
                FLORIN_TRY_ASSIGN(WrittenFile file, write_bill("bill", "", month, all, Version::kCurrent, truth_));
                summary_.files.push_back(std::move(file));
                continue;
            }
            for (std::size_t feed = 0; feed < company_.feeds.size(); ++feed) {
                FLORIN_TRY(write_feed(feed, month));
            }
        }
        if (options_.progress) {
            options_.progress(options_.rows, options_.rows);
        }
        if (!options_.single_file) {
            FLORIN_TRY(write_rules());
            FLORIN_TRY(write_budgets(options_.folder, feed_spend_, months_, company_.migration.has_value()));
        }
        return write_truth();
    }

private:
    enum class Version : std::uint8_t { kFirst, kCurrent };

    bool runs(const Line& line, int month) const {
        if (!company_.migration || line.move == Move::kStays) {
            return true;
        }
        const period::Period& days = months_[static_cast<std::size_t>(month)];
        return line.move == Move::kLeaves ? days.start < company_.migration->end : days.end > company_.migration->start;
    }

    /// Charges of a line relative to others: the big ones in production are billed by the hour.
    std::uint64_t row_weight(const Line& line) const {
        const Sku& sku = company_.skus[line.sku];
        if (!sku.hourly) {
            return 5;
        }
        return sku.share >= 60 && company_.sub_accounts[line.sub_account].env == "prod" ? 200 : 15;
    }

    Row base_row(std::size_t feed_index, int month) const {
        const Feed& feed = company_.feeds[feed_index];
        const period::Period& days = months_[static_cast<std::size_t>(month)];
        Row row;
        row[Column::kBillingAccountId] = feed.account_id;
        row[Column::kBillingAccountName] = feed.account_name;
        row[Column::kBillingCurrency] = feed.currency;
        row[Column::kBillingPeriodStart] = midnight(days.start);
        row[Column::kBillingPeriodEnd] = midnight(days.end);
        row[Column::kHostProviderName] = feed.provider;
        row[Column::kInvoiceId] =
            fmt::format("{}-{}-{:04}", feed.invoice_prefix, month_text(days.start),
                        mix(hash_text(feed.account_id), static_cast<std::uint64_t>(month)) % 10'000);
        row[Column::kInvoiceIssuerName] = feed.issuer;
        row[Column::kServiceProviderName] = feed.provider;
        return row;
    }

    /// Shares the rows that fees and commitments leave among the lines, by weight, to the last row.
    base::Result<void> make_plan() {
        std::uint64_t fixed = 0;
        std::uint64_t least = 0;
        base::uint128 weight_sum = 0;
        plan_.line_rows.resize(months_.size());
        const auto each_line = [&](auto&& visit) {
            for (int month = 0; month < options_.months; ++month) {
                const auto days = static_cast<std::uint64_t>(months_[static_cast<std::size_t>(month)].days());
                for (std::size_t i = 0; i < company_.lines.size(); ++i) {
                    const Line& line = company_.lines[i];
                    if (runs(line, month)) {
                        const std::uint64_t weight = row_weight(line) * static_cast<std::uint64_t>(100 + 2 * month);
                        visit(month, i, line.anomaly < 0 ? 1 : days, weight);
                    }
                }
            }
        };
        for (int month = 0; month < options_.months; ++month) {
            const period::Period& days = months_[static_cast<std::size_t>(month)];
            const std::uint64_t wanted = options_.rows / static_cast<std::uint64_t>(options_.months) * 12 / 1'000;
            plan_.grains.push_back(commitment_grain(wanted, days.days()));
            plan_.line_rows[static_cast<std::size_t>(month)].resize(company_.lines.size());
            for (const Commitment& commitment : commitments_) {
                fixed += commitment_rows(commitment, plan_.grains.back(), days);
            }
            for (std::size_t feed = 0; feed < company_.feeds.size(); ++feed) {
                fixed += fee_charges(company_, feed, month, days, base_row(feed, month), options_.seed).size();
                fixed += is_taxed(company_.feeds[feed]) ? 1U : 0U;
            }
        }
        each_line([&](int, std::size_t, std::uint64_t line_least, std::uint64_t weight) {
            least += line_least;
            weight_sum += weight;
        });
        if (options_.rows < fixed + least) {
            return base::user_error("demo.too_few_rows",
                                    fmt::format("an estate of {} {} has at least {} charges; asked for {}",
                                                options_.months, options_.months == 1 ? "month" : "months",
                                                fixed + least, options_.rows))
                .with_remedy("ask for more rows or fewer months");
        }
        const base::uint128 spare = options_.rows - fixed - least;
        base::uint128 before = 0;
        each_line([&](int month, std::size_t line, std::uint64_t line_least, std::uint64_t weight) {
            const base::uint128 after = before + weight;
            plan_.line_rows[static_cast<std::size_t>(month)][line] =
                line_least + static_cast<std::uint64_t>(spare * after / weight_sum - spare * before / weight_sum);
            before = after;
        });
        return {};
    }

    base::Result<void> write_feed(std::size_t feed, int month) {
        const std::string name(company_.feeds[feed].name);
        const std::array<std::size_t, 1> one = {feed};
        const bool restated = feed == kRestatedFeed && month == restated_month_;
        if (restated) {
            FLORIN_TRY_ASSIGN(WrittenFile first,
                              write_bill(name, "history", month, one, Version::kFirst, restated_first_));
            summary_.history.push_back(std::move(first));
        }
        Truth month_truth;
        FLORIN_TRY_ASSIGN(WrittenFile file, write_bill(name, "", month, one, Version::kCurrent,
                                                       restated ? restated_current_ : month_truth));
        summary_.files.push_back(std::move(file));
        return {};
    }

    FirstVersion first_version(const Line& line, Version version) const {
        FirstVersion first;
        if (version == Version::kFirst) {
            first.without_discount = company_.skus[line.sku].id == kUndiscountedSku;
            first.days_missing = company_.sub_accounts[line.sub_account].name == kLateAccount ? kLateDays : 0;
        }
        return first;
    }

    /// Fees, credits and commitments of the bill, in order of time.
    std::vector<Charge> fixed_charges(std::span<const std::size_t> feeds, int month, Version version) {
        std::vector<Charge> charges;
        const period::Period& days = months_[static_cast<std::size_t>(month)];
        for (const std::size_t feed : feeds) {
            const Row base = base_row(feed, month);
            std::vector<Charge> fees = fee_charges(company_, feed, month, days, base, options_.seed);
            std::move(fees.begin(), fees.end(), std::back_inserter(charges));
            for (std::size_t i = 0; i < commitments_.size(); ++i) {
                if (commitments_[i].feed == feed) {
                    const CommitmentUse use = add_commitment_charges(
                        company_, commitments_[i], plan_.grains[static_cast<std::size_t>(month)], days, base, charges);
                    if (version == Version::kCurrent) {
                        uses_[i].push_back(use);
                    }
                }
            }
        }
        const auto earlier = [](const Charge& a, const Charge& b) { return a.start < b.start; };
        std::stable_sort(charges.begin(), charges.end(), earlier);
        return charges;
    }

    /// Writes one bill and adds it to `truth` and, when it is the current one, to the whole's truth.
    base::Result<WrittenFile> write_bill(const std::string& name, const std::string& above, int month,
                                         std::span<const std::size_t> feeds, Version version, Truth& truth) {
        const period::Period& days = months_[static_cast<std::size_t>(month)];
        WrittenFile file;
        file.feed = name;
        file.month = days.start;
        const std::string suffix = options_.gzip ? ".csv.gz" : ".csv";
        file.path = options_.single_file ? base::Path(name + suffix)
                                         : base::Path(above) / name / (month_text(days.start) + suffix);
        FLORIN_TRY(base::make_folders((options_.folder / file.path).parent_path()));
        FLORIN_TRY_ASSIGN(BillWriter out, BillWriter::open(options_.folder / file.path, options_.gzip));
        out.write(header_line());

        std::vector<LineMonth> lines;
        std::vector<std::size_t> line_indexes;
        for (std::size_t i = 0; i < company_.lines.size(); ++i) {
            const Line& line = company_.lines[i];
            const std::uint64_t rows = plan_.line_rows[static_cast<std::size_t>(month)][i];
            if (rows > 0 && std::find(feeds.begin(), feeds.end(), line.feed) != feeds.end()) {
                lines.emplace_back(company_, line, days, options_.months - 1 - month, base_row(line.feed, month), rows,
                                   first_version(line, version));
                line_indexes.push_back(i);
            }
        }
        Truth bill;
        std::map<std::string, CostSums> fees; // provider -> what TaxBase::kFees taxes
        const std::vector<Charge> fixed = fixed_charges(feeds, month, version);
        std::size_t next = 0;
        const HourTexts hours(days);
        for (int day = 0; day < days.days(); ++day) {
            for (; next < fixed.size() && fixed[next].start <= days.start + std::chrono::days(day); ++next) {
                write_charge(out, fixed[next], bill);
                if (fixed[next].taxable) {
                    fees[fixed[next].cells[Column::kServiceProviderName]].add(sums_of(fixed[next]));
                }
            }
            std::uint64_t rows = next;
            for (LineMonth& line : lines) {
                line.write_day(out, hours, day);
                rows += line.sums().rows;
            }
            if (version == Version::kCurrent) {
                tell_progress(rows);
            }
        }
        FLORIN_CHECK(next == fixed.size(), "a charge that starts after its month");
        for (std::size_t i = 0; i < lines.size(); ++i) {
            bill.add(lines[i].dimensions(), lines[i].sums());
            if (version == Version::kCurrent) {
                count_anomaly(company_.lines[line_indexes[i]], lines[i].anomaly_cost());
            }
        }
        write_taxes(out, feeds, month, fees, bill);
        FLORIN_TRY_ASSIGN(file.bytes, out.finish());
        for (const auto& [currency, sums] : bill.totals()) {
            file.rows += sums.rows;
        }
        truth.add(bill);
        if (version == Version::kCurrent) {
            for (const auto& [currency, sums] : bill.totals()) {
                feed_spend_[feeds.front()].effective[static_cast<std::size_t>(month)] += sums.effective;
            }
            if (&truth != &truth_) {
                truth_.add(bill);
            }
            rows_done_ += file.rows;
        }
        return file;
    }

    /// `fees`: what TaxBase::kFees taxes, by provider; `bill`: all charges before tax.
    void write_taxes(BillWriter& out, std::span<const std::size_t> feeds, int month,
                     const std::map<std::string, CostSums>& fees, Truth& bill) {
        for (const std::size_t index : feeds) {
            const Feed& feed = company_.feeds[index];
            if (!is_taxed(feed)) {
                continue;
            }
            const std::string provider(feed.provider);
            const CostSums taxed = feed.tax_base == TaxBase::kFees
                                       ? fees.at(provider)
                                       : bill.of_provider(std::string(feed.currency), provider);
            write_charge(out,
                         tax_charge(feed, months_[static_cast<std::size_t>(month)], base_row(index, month),
                                    taxed.billed, taxed.list, taxed.contracted),
                         bill);
        }
    }

    void write_charge(BillWriter& out, const Charge& charge, Truth& bill) {
        std::string text;
        append_row(text, charge.cells);
        out.write(text);
        bill.add(charge);
    }

    void count_anomaly(const Line& line, const AnomalyCost& cost) {
        if (line.anomaly >= 0) {
            AnomalyCost& sum = anomaly_costs_[static_cast<std::size_t>(line.anomaly)];
            sum.contracted += cost.contracted;
            sum.ordinary += cost.ordinary;
        }
    }

    void tell_progress(std::uint64_t bill_rows) {
        if (options_.progress && rows_done_ + bill_rows >= rows_told_ + kProgressRows) {
            rows_told_ = rows_done_ + bill_rows;
            options_.progress(rows_told_, options_.rows);
        }
    }

    nlohmann::ordered_json files_json(const std::vector<WrittenFile>& files) const {
        nlohmann::ordered_json list = nlohmann::ordered_json::array();
        for (const WrittenFile& file : files) {
            list.push_back({{"path", file.path.generic_string()},
                            {"feed", file.feed},
                            {"month", month_text(file.month)},
                            {"rows", file.rows},
                            {"bytes", file.bytes}});
        }
        return list;
    }

    nlohmann::ordered_json commitments_json() const {
        nlohmann::ordered_json list = nlohmann::ordered_json::array();
        for (std::size_t i = 0; i < commitments_.size(); ++i) {
            const Commitment& commitment = commitments_[i];
            nlohmann::ordered_json entry = {{"id", commitment.id},
                                            {"type", commitment.type},
                                            {"category", commitment.category},
                                            {"provider", company_.feeds[commitment.feed].provider},
                                            {"currency", company_.feeds[commitment.feed].currency},
                                            {"unit", commitment.unit}};
            const auto add = [](nlohmann::ordered_json& json, const CommitmentUse& use) {
                json["purchased"] = to_decimal(use.purchased).to_string();
                json["used"] = to_decimal(use.used).to_string();
                json["unused"] = to_decimal(use.unused).to_string();
                json["used_rows"] = use.used_rows;
                json["unused_rows"] = use.unused_rows;
            };
            CommitmentUse all;
            for (const CommitmentUse& use : uses_[i]) {
                all.add(use);
            }
            add(entry, all);
            entry["periods"] = nlohmann::ordered_json::array();
            if (commitment.upfront) {
                nlohmann::ordered_json one = {{"start", period::to_string(commitment.period.start)},
                                              {"end", period::to_string(commitment.period.end)},
                                              {"complete", commitment.period.end <= months_.back().end}};
                add(one, all);
                entry["periods"].push_back(std::move(one));
            } else {
                for (std::size_t month = 0; month < uses_[i].size(); ++month) {
                    nlohmann::ordered_json one = {{"start", period::to_string(months_[month].start)},
                                                  {"end", period::to_string(months_[month].end)},
                                                  {"complete", true}};
                    add(one, uses_[i][month]);
                    entry["periods"].push_back(std::move(one));
                }
            }
            list.push_back(std::move(entry));
        }
        return list;
    }

    nlohmann::ordered_json anomalies_json() const {
        nlohmann::ordered_json list = nlohmann::ordered_json::array();
        for (std::size_t i = 0; i < company_.anomalies.size(); ++i) {
            const Anomaly& anomaly = company_.anomalies[i];
            const auto line = std::find_if(company_.lines.begin(), company_.lines.end(),
                                           [&](const Line& one) { return one.anomaly == static_cast<int>(i); });
            const Sku& sku = company_.skus[line->sku];
            const AnomalyCost& cost = anomaly_costs_[i];
            list.push_back({{"name", anomaly.name},
                            {"what", anomaly.sentence},
                            {"provider", company_.feeds[line->feed].provider},
                            {"currency", company_.feeds[line->feed].currency},
                            {"sub_account_id", company_.sub_accounts[line->sub_account].id},
                            {"sub_account_name", anomaly.sub_account},
                            {"service", sku.service},
                            {"sku", sku.id},
                            {"region", line->region},
                            {"start", period::to_string(anomaly.days.start)},
                            {"end", period::to_string(anomaly.days.end)},
                            {"cost", to_decimal(cost.contracted).to_string()},
                            {"expected_cost", to_decimal(cost.ordinary).to_string()}});
        }
        return list;
    }

    nlohmann::ordered_json restated_json() const {
        if (summary_.history.empty()) {
            return nullptr;
        }
        const std::string currency(company_.feeds[kRestatedFeed].currency);
        const CostSums first = restated_first_.totals().at(currency);
        const CostSums current = restated_current_.totals().at(currency);
        nlohmann::ordered_json json = {{"feed", company_.feeds[kRestatedFeed].name},
                                       {"billing_account_id", company_.feeds[kRestatedFeed].account_id},
                                       {"month", month_text(summary_.history.front().month)},
                                       {"first_path", summary_.history.front().path.generic_string()},
                                       {"currency", currency}};
        write_sums(json["first"], first);
        write_sums(json["current"], current);
        CostSums difference = current;
        difference.subtract(first);
        write_sums(json["difference"], difference);
        json["difference"]["rows"] = static_cast<std::int64_t>(difference.rows);
        return json;
    }

    base::Result<void> write_rules() const {
        const base::Path workspace = options_.folder / "workspace";
        FLORIN_TRY(base::make_folders(workspace));
        FLORIN_TRY(base::write_file_atomically(workspace / "florin.yaml", "name: \"Halden (demo)\"\n"));
        for (const AllocationFile& file :
             allocation_rules(company_, options_.seed, options_.months, options_.last_month_start)) {
            const base::Path path = workspace / file.path;
            FLORIN_TRY(base::make_folders(path.parent_path()));
            FLORIN_TRY(base::write_file_atomically(path, file.text));
        }
        return {};
    }

    base::Result<EstateSummary> write_truth() {
        for (const auto& [currency, sums] : truth_.totals()) {
            summary_.rows += sums.rows;
        }
        FLORIN_CHECK(summary_.rows == options_.rows, "the estate has another number of rows than was asked for");
        for (const auto* files : {&summary_.files, &summary_.history}) {
            for (const WrittenFile& file : *files) {
                summary_.bytes += file.bytes;
            }
        }
        for (const WrittenFile& file : summary_.history) {
            summary_.history_rows += file.rows;
        }
        nlohmann::ordered_json json;
        json["about"] = "What the demo estate's current bills add up to, exactly. Not a bill.";
        json["seed"] = options_.seed;
        json["first_month"] = month_text(months_.front().start);
        json["last_month"] = month_text(months_.back().start);
        json["rows"] = summary_.rows;
        json["history_rows"] = summary_.history_rows;
        json["sub_accounts"] = company_.sub_accounts.size();
        truth_.write_to(json);
        json["commitments"] = commitments_json();
        json["anomalies"] = anomalies_json();
        json["migration"] = nullptr;
        if (company_.migration) {
            json["migration"] = {{"application", "web-shop"},
                                 {"from", "AWS"},
                                 {"to", "Google Cloud"},
                                 {"start", period::to_string(company_.migration->start)},
                                 {"end", period::to_string(company_.migration->end)}};
        }
        json["restated"] = restated_json();
        json["files"] = files_json(summary_.files);
        json["history"] = files_json(summary_.history);
        summary_.truth = "truth.json";
        FLORIN_TRY(base::write_file_atomically(options_.folder / summary_.truth, json.dump(1) + '\n'));
        return summary_;
    }

    const EstateOptions& options_;
    Company company_;
    std::vector<period::Period> months_;
    std::vector<Commitment> commitments_;
    std::vector<std::vector<CommitmentUse>> uses_; ///< by commitment, by month
    int restated_month_ = 0;
    Plan plan_;
    Truth truth_;
    Truth restated_first_;
    Truth restated_current_;
    std::vector<FeedSpend> feed_spend_; ///< of the current bills, by feed
    std::array<AnomalyCost, kAnomalyCount> anomaly_costs_{};
    EstateSummary summary_;
    std::uint64_t rows_done_ = 0;
    std::uint64_t rows_told_ = 0;
};

base::Result<void> check_options(const EstateOptions& options) {
    if (options.months < 1 || options.months > kMonthsMax) {
        return base::user_error("demo.bad_options",
                                fmt::format("months must be 1 to {}, not {}", kMonthsMax, options.months));
    }
    if (options.single_file && options.months != 1) {
        return base::user_error("demo.bad_options", "a single file holds one month")
            .with_remedy("ask for one month, or for a folder of bills");
    }
    if (options.last_month_start != period::month_start(options.last_month_start)) {
        return base::user_error("demo.bad_options", "the last month must be given by its first day, not " +
                                                        period::to_string(options.last_month_start));
    }
    std::error_code code;
    if (std::filesystem::exists(options.folder, code) && !std::filesystem::is_empty(options.folder, code)) {
        return base::conflict_error("demo.folder_not_empty", "the folder is not empty: " + options.folder.string())
            .with_remedy("name a new folder, or empty this one");
    }
    return base::make_folders(options.folder);
}

} // namespace

base::Result<EstateSummary> generate_estate(const EstateOptions& options) {
    FLORIN_TRY(check_options(options));
    return Estate(options).generate();
}

} // namespace florin::demo
