#include "app/benchmark.hpp"

#include "app/ask_bills.hpp"
#include "app/ingest_bills.hpp"
#include "demo/estate.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>

namespace florin::app {
namespace {

using engine::sql_text;

std::int64_t milliseconds_of(const std::function<base::Result<void>()>& work, base::Result<void>& outcome) {
    const auto start = std::chrono::steady_clock::now();
    outcome = work();
    return std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - start).count();
}

std::int64_t median(std::vector<std::int64_t> values) {
    std::ranges::sort(values);
    return values[values.size() / 2];
}

base::Error wrong_result(const std::string& what) {
    base::Error error;
    error.code = "bench.wrong_result";
    error.message = what;
    return error;
}

/// A question and the statement that a person would write for it.
struct Pair {
    std::string what;
    query::Question question;
    std::string sql; ///< `{}` stands for the files
};

std::vector<Pair> pairs() {
    std::vector<Pair> all;
    query::Question by_service;
    by_service.measures = {"effective_cost", "billed_cost"};
    by_service.dimensions = {"service_name", "region_id"};
    all.push_back(
        {"two sums by service and region", by_service,
         "SELECT ServiceName, RegionId, BillingCurrency, sum(EffectiveCost), sum(BilledCost) FROM {} GROUP BY ALL "
         "ORDER BY 4 DESC"});
    query::Question by_day = by_service;
    by_day.measures = {"billed_cost"};
    by_day.dimensions = {"service_name"};
    by_day.grain = period::Grain::kDay;
    all.push_back(
        {"billed cost by service and day", by_day,
         "SELECT ServiceName, ChargeDay, BillingCurrency, sum(BilledCost) FROM {} GROUP BY ALL ORDER BY 4 DESC"});
    query::Question by_resource = by_service;
    by_resource.measures = {"effective_cost"};
    by_resource.dimensions = {"resource_id"};
    by_resource.filter = "service_category = 'Compute'";
    by_resource.limit = 100;
    all.push_back({"100 most expensive compute resources", by_resource,
                   "SELECT ResourceId, BillingCurrency, sum(EffectiveCost) FROM {} WHERE ServiceCategory = 'Compute' "
                   "GROUP BY ALL "
                   "ORDER BY 3 DESC"});
    return all;
}

class Benchmark {
public:
    Benchmark(const BenchmarkRequest& request, const base::Clock& clock) : request_(request), clock_(clock) {}

    base::Result<BenchmarkReport> run() {
        FLORIN_TRY(base::make_folders(request_.folder));
        FLORIN_TRY(write_bill());
        FLORIN_TRY(ingest());
        for (const Pair& pair : pairs()) {
            FLORIN_TRY(ask(pair));
        }
        return std::move(report_);
    }

private:
    void say(const std::string& step) const {
        if (request_.progress) {
            request_.progress(step);
        }
    }
    base::Result<void> write_bill();
    base::Result<void> ingest();
    base::Result<void> ingest_once(const base::Path& folder);
    base::Result<void> plain_once(const base::Path& folder, const engine::Limits& limits);
    base::Result<void> ask(const Pair& pair);

    const BenchmarkRequest& request_;
    const base::Clock& clock_;
    BenchmarkReport report_;
    base::Path bill_;
};

base::Result<void> Benchmark::write_bill() {
    say("writing the bill");
    demo::EstateOptions options;
    options.rows = request_.rows;
    options.months = 1;
    options.single_file = true;
    options.last_month_start = period::add_months(std::chrono::floor<std::chrono::days>(clock_.now()), -1);
    options.folder = request_.folder / "bills";
    FLORIN_TRY_ASSIGN(const demo::EstateSummary estate, demo::generate_estate(options));
    bill_ = options.folder / estate.files.front().path;
    report_.rows = estate.rows;
    FLORIN_TRY_ASSIGN(report_.bill_bytes, base::file_size(bill_));
    return {};
}

base::Result<void> Benchmark::ingest_once(const base::Path& folder) {
    FLORIN_TRY_ASSIGN(Workspace workspace, Workspace::open(folder, clock_));
    IngestRequest request;
    request.paths = {bill_.string()};
    FLORIN_TRY_ASSIGN(const IngestReport report, ingest_bills(workspace, request));
    if (report.deliveries.size() != 1 || report.deliveries[0].delivery.rows() != request_.rows) {
        return wrong_result("the ingest did not commit every row");
    }
    return {};
}

/// What a person would do with DuckDB alone: types as it guesses them, amounts as doubles.
base::Result<void> Benchmark::plain_once(const base::Path& folder, const engine::Limits& limits) {
    FLORIN_TRY(base::make_folders(folder));
    FLORIN_TRY_ASSIGN(const auto engine, engine::open_duckdb(limits));
    FLORIN_TRY_ASSIGN(
        const std::int64_t rows,
        engine->execute(fmt::format("COPY (SELECT * FROM read_csv({})) TO {} (FORMAT parquet, COMPRESSION zstd)",
                                    sql_text(bill_.string()), sql_text((folder / "plain.parquet").string()))));
    return static_cast<std::uint64_t>(rows) == request_.rows ? base::Result<void>()
                                                             : wrong_result("DuckDB did not copy every row");
}

base::Result<void> Benchmark::ingest() {
    std::vector<std::int64_t> florin;
    std::vector<std::int64_t> plain;
    for (int run = 0; run < request_.runs; ++run) {
        say(fmt::format("ingest, run {} of {}", run + 1, request_.runs));
        const base::Path folder = request_.folder / "workspace";
        FLORIN_TRY(base::remove_all(folder));
        FLORIN_TRY(initialise_workspace(folder, "bench"));
        // Keeping a copy of the bill is not what is compared.
        FLORIN_TRY(base::write_file_atomically(folder / kConfigurationFile, "keep_raw_files: false\n"));
        FLORIN_TRY_ASSIGN(const Workspace workspace, Workspace::open(folder, clock_));
        const engine::Limits limits = workspace.limits(request_.folder / "plain");
        report_.threads = limits.threads;
        report_.memory_bytes = limits.memory_bytes;
        base::Result<void> outcome;
        plain.push_back(milliseconds_of([&] { return plain_once(request_.folder / "plain", limits); }, outcome));
        FLORIN_TRY(outcome);
        florin.push_back(milliseconds_of([&] { return ingest_once(folder); }, outcome));
        FLORIN_TRY(outcome);
    }
    report_.lines.push_back({"ingest, without keeping the bill", median(florin), median(plain),
                             "rows counted, sums reconciled with a second reader"});
    return {};
}

base::Result<void> Benchmark::ask(const Pair& pair) {
    FLORIN_TRY_ASSIGN(Workspace workspace, Workspace::open(request_.folder / "workspace", clock_));
    FLORIN_TRY_ASSIGN(Asker asker, Asker::open(workspace, std::nullopt));
    std::vector<std::string> files;
    for (const lake::FileSet& set : asker.current().files) {
        files.push_back(set.charges);
    }
    const std::string sql = fmt::format(fmt::runtime(pair.sql), engine::sql_parquet(files));
    std::vector<std::int64_t> from_cells;
    std::vector<std::int64_t> from_charges;
    std::vector<std::int64_t> plain;
    say(pair.what);
    for (int run = 0; run <= request_.runs; ++run) {
        base::Result<void> outcome;
        query::Answer cells;
        query::Answer charges;
        engine::Table table;
        const auto ask = [&](bool charges_only, query::Answer& answer) -> base::Result<void> {
            FLORIN_TRY_ASSIGN(answer, asker.ask(pair.question, charges_only));
            return {};
        };
        const std::int64_t plain_ms = milliseconds_of(
            [&]() -> base::Result<void> {
                FLORIN_TRY_ASSIGN(table, asker.engine().query(sql));
                return {};
            },
            outcome);
        FLORIN_TRY(outcome);
        const std::int64_t charges_ms = milliseconds_of([&] { return ask(true, charges); }, outcome);
        FLORIN_TRY(outcome);
        const std::int64_t cells_ms = milliseconds_of([&] { return ask(false, cells); }, outcome);
        FLORIN_TRY(outcome);
        if (cells.blocks != charges.blocks) {
            return wrong_result(pair.what + ": daily sums and charges give different answers");
        }
        money::DecimalSum sum;
        const std::size_t amount = table.columns.size() - (pair.question.measures.size());
        for (const auto& row : table.rows) {
            sum.add(std::get<money::Decimal>(row[amount]));
        }
        money::DecimalSum answered;
        for (const query::CurrencyBlock& block : charges.blocks) {
            answered.add(
                std::get<money::Decimal>(block.total.values[charges.columns.size() - pair.question.measures.size()]));
        }
        FLORIN_TRY_ASSIGN(const money::Decimal expected, sum.total());
        FLORIN_TRY_ASSIGN(const money::Decimal got, answered.total());
        if (expected != got) {
            return wrong_result(fmt::format("{}: {} instead of {}", pair.what, got.to_string(), expected.to_string()));
        }
        if (run > 0) { // the first warms the caches
            plain.push_back(plain_ms);
            from_charges.push_back(charges_ms);
            from_cells.push_back(cells_ms);
        }
    }
    report_.lines.push_back(
        {pair.what + ", from charges", median(from_charges), median(plain), "total equals the plain statement's"});
    report_.lines.push_back(
        {pair.what + ", as Florin reads it", median(from_cells), median(plain), "the same answer to the last digit"});
    return {};
}

} // namespace

base::Result<BenchmarkReport> run_benchmark(const BenchmarkRequest& request, const base::Clock& clock) {
    auto report = Benchmark(request, clock).run();
    FLORIN_TRY(base::remove_all(request.folder));
    return report;
}

} // namespace florin::app
