#include "ingest/spread.hpp"

#include "lake/storage.hpp"

#include <fmt/format.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <fstream>

namespace florin::ingest {
namespace {

using engine::sql_text;

/// One line a day: what must be added on that day for the cost to lie where it accrues.
base::Result<void> append_adjustments(const std::vector<engine::Value>& row, std::string& text) {
    const auto start = std::get<period::Instant>(row[1]);
    const auto end = std::get<period::Instant>(row[2]);
    std::array<std::vector<money::Decimal>, 3> shares;
    std::size_t days = 0;
    for (std::size_t i = 0; i < shares.size(); ++i) {
        if (const auto* amount = std::get_if<money::Decimal>(&row[3 + i]); amount != nullptr) {
            FLORIN_TRY_ASSIGN(shares[i], daily_shares(*amount, start, end));
            FLORIN_TRY_ASSIGN(shares[i][0], shares[i][0].minus(*amount));
            days = shares[i].size();
        }
    }
    for (std::size_t d = 0; d < days; ++d) {
        text += fmt::format("{},{}", std::get<std::int64_t>(row[0]),
                            period::to_string(period::day_of(start) + std::chrono::days(d)));
        for (const auto& share : shares) {
            text += "," + (share.empty() ? std::string() : share[d].to_string());
        }
        text += '\n';
    }
    return {};
}

/// Charges that lie on more than one day and cost something.
constexpr std::string_view kSpans =
    "ChargePeriodEnd > ChargeDay + INTERVAL 1 DAY AND ChargePeriodEnd <= ChargeDay + INTERVAL {} DAY "
    "AND (EffectiveCost <> 0 OR ListCost <> 0 OR ContractedCost <> 0)";

/// So many rows of charges are looked through at a time, to bound what is held in memory.
constexpr std::int64_t kWindowRows = 500'000;

/// Writes the adjustments of all charges that span days as lines of CSV.
base::Result<void> write_lines(engine::Engine& engine, const std::string& charges, const base::Path& lines) {
    std::ofstream file(lines, std::ios::binary | std::ios::trunc);
    FLORIN_TRY_ASSIGN(const engine::Table size,
                      engine.query(fmt::format("SELECT count(*) FROM {}", engine::sql_parquet({charges}))));
    const std::int64_t rows = std::get<std::int64_t>(size.rows[0][0]);
    std::string text;
    for (std::int64_t first = 0; first < rows; first += kWindowRows) {
        FLORIN_TRY_ASSIGN(
            const engine::Table table,
            engine.query(fmt::format(
                "SELECT file_row_number, ChargePeriodStart, ChargePeriodEnd, EffectiveCost, ListCost, ContractedCost "
                "FROM {} WHERE file_row_number BETWEEN {} AND {} AND {}",
                engine::sql_parquet({charges}), first, first + kWindowRows - 1,
                fmt::format(fmt::runtime(kSpans), kSpreadDaysMax))));
        for (const auto& row : table.rows) {
            text.clear();
            FLORIN_TRY(append_adjustments(row, text));
            file << text;
        }
    }
    file.close();
    if (file.fail()) {
        return base::system_error("system.io", fmt::format("cannot write: {}", std::strerror(errno)))
            .at({.file = lines.string()});
    }
    return {};
}

} // namespace

base::Result<std::vector<money::Decimal>> daily_shares(money::Decimal amount, period::Instant start,
                                                       period::Instant end) {
    std::vector<money::Decimal> weights;
    for (period::Instant at = start; at < end;) {
        const period::Instant next = std::min(end, period::Instant(period::day_of(at) + std::chrono::days(1)));
        weights.push_back(money::Decimal::from_integer((next - at).count()));
        at = next;
    }
    return money::split(amount, weights, money::Decimal::kScale);
}

base::Result<std::uint64_t> write_spread(engine::Engine& engine, const std::string& charges, const std::string& target,
                                         const base::Path& folder) {
    // Counting first is a narrow pass, and most bills have none or a handful.
    FLORIN_TRY_ASSIGN(const engine::Table count,
                      engine.query(fmt::format("SELECT count(*) FROM {} WHERE {}", engine::sql_parquet({charges}),
                                               fmt::format(fmt::runtime(kSpans), kSpreadDaysMax))));
    const auto charge_count = static_cast<std::uint64_t>(std::get<std::int64_t>(count.rows[0][0]));
    if (charge_count == 0) {
        return charge_count;
    }
    const base::Path lines = folder / "spread.tmp.csv";
    FLORIN_TRY(write_lines(engine, charges, lines));
    // The lines hold numbers and days only, so that no text has to survive a CSV; the rest is the charge's own.
    FLORIN_TRY(engine.execute(fmt::format(
        "COPY (SELECT {0}, ResourceId, {1}, {2}, florin_decimal(e) AS EffectiveCost, florin_decimal(l) AS ListCost, "
        "florin_decimal(c) AS ContractedCost FROM read_csv({3}, auto_detect = false, header = false, delim = ',', "
        "nullstr = '', columns = {{'{1}': 'BIGINT', '{2}': 'DATE', 'e': 'VARCHAR', 'l': 'VARCHAR', 'c': 'VARCHAR'}}) "
        "JOIN (SELECT {0}, ResourceId, file_row_number FROM {4}) ON "
        "file_row_number = {1} "
        "ORDER BY {1}, {2}) TO {5} (FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL 1)",
        lake::column::kTupleKey, lake::column::kChargeRow, lake::column::kDay, sql_text(lines.string()),
        engine::sql_parquet({charges}), sql_text(target))));
    FLORIN_TRY(base::remove_all(lines));
    return charge_count;
}

} // namespace florin::ingest
