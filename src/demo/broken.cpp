#include "demo/broken.hpp"

#include "base/csv_cell.hpp"
#include "demo/charge.hpp"
#include "demo/commitments.hpp"
#include "demo/company.hpp"

#include <algorithm>
#include <array>
#include <filesystem>
#include <vector>

#include <fmt/format.h>

namespace florin::demo {

namespace {

constexpr std::size_t kRows = 20;

constexpr std::array kDefects = {
    DefectInfo{Defect::kTruncatedGzip, "truncated-gzip", "The compressed file ends in the middle."},
    DefectInfo{Defect::kGzipChecksum, "gzip-checksum", "The compressed file's checksum does not match its content."},
    DefectInfo{Defect::kLatin1Encoding, "latin1-encoding", "A cell is written in ISO 8859-1 instead of UTF-8."},
    DefectInfo{Defect::kNulByte, "nul-byte", "A cell holds a NUL byte."},
    DefectInfo{Defect::kRaggedRow, "ragged-row", "A row has one cell less than the header."},
    DefectInfo{Defect::kDuplicateColumn, "duplicate-column", "Two columns have the same name."},
    DefectInfo{Defect::kMissingBilledCostColumn, "missing-billed-cost-column", "There is no column BilledCost."},
    DefectInfo{Defect::kMissingCurrencyColumn, "missing-currency-column", "There is no column BillingCurrency."},
    DefectInfo{Defect::kImpossibleDate, "impossible-date", "A charge starts on the 30th of February."},
    DefectInfo{Defect::kUnparsableMoney, "unparsable-money", "A cost has a letter O for a zero."},
    DefectInfo{Defect::kOverflowingMoney, "overflowing-money", "A cost has more digits than any ledger keeps."},
    DefectInfo{Defect::kEmptyCurrency, "empty-currency", "A charge has no currency."},
    DefectInfo{Defect::kEmptyAccount, "empty-account", "A charge has no billing account."},
    DefectInfo{Defect::kEmptyPeriod, "empty-period", "A charge has no billing period."},
    DefectInfo{Defect::kHugeCell, "huge-cell", "A cell is far larger than a cell can sensibly be."},
    DefectInfo{Defect::kEmptyFile, "empty-file", "The file has no bytes."},
    DefectInfo{Defect::kHeaderOnly, "header-only", "The file has a header and no charges."},
    DefectInfo{Defect::kUnterminatedQuote, "unterminated-quote", "The last cell's quotation mark is never closed."},
    DefectInfo{Defect::kStrayQuote, "stray-quote", "A quoted cell goes on after its closing quotation mark."},
};

std::vector<Row> sound_rows() {
    const period::Period month = period::month_of(period::Day(std::chrono::year(2026) / 9 / 1));
    const Company company = make_company(1, 1, month.start);
    const Feed& feed = company.feeds.front();
    std::vector<Row> rows;
    for (std::size_t i = 0; i < kRows; ++i) {
        const Line& line = company.lines[i];
        const Sku& sku = company.skus[line.sku];
        const period::Day day = month.start + std::chrono::days(i);
        const std::int64_t raw = day_quantity(company, line, day, 0).actual;
        const std::int64_t quantity = std::max(raw - raw % sku.quantum, sku.quantum);
        Charge charge;
        Row& row = charge.cells;
        set_sku(row, feed, sku);
        set_sub_account(row, company.sub_accounts[line.sub_account]);
        row[Column::kBillingAccountId] = feed.account_id;
        row[Column::kBillingAccountName] = feed.account_name;
        row[Column::kBillingCurrency] = feed.currency;
        row[Column::kBillingPeriodStart] = midnight(month.start);
        row[Column::kBillingPeriodEnd] = midnight(month.end);
        row[Column::kChargeCategory] = "Usage";
        row[Column::kChargeFrequency] = "Usage-Based";
        row[Column::kConsumedQuantity] = fixed_text(base::int128{quantity} * sku.block, kQuantityPlaces);
        row[Column::kHostProviderName] = feed.provider;
        row[Column::kInvoiceId] = fmt::format("{}-2026-09-0001", feed.invoice_prefix);
        row[Column::kInvoiceIssuerName] = feed.issuer;
        row[Column::kPricingCategory] = sku.dynamic ? "Dynamic" : "Standard";
        row[Column::kPricingQuantity] = fixed_text(quantity, kQuantityPlaces);
        row[Column::kRegionId] = line.region;
        row[Column::kResourceId] = fmt::format("{}/{}-{:04}", row[Column::kSubAccountId], sku.resource, i + 1);
        row[Column::kResourceName] = fmt::format("{}-{:02}", sku.resource, i + 1);
        row[Column::kServiceProviderName] = feed.provider;
        row[Column::kTags] = tags_json("web-shop", "api", "CC-1010", "prod", "storefront");
        const Cost contracted = Cost{quantity} * contracted_price(feed, sku);
        charge.set_costs(contracted, contracted, Cost{quantity} * list_price(sku), contracted);
        charge.set_period({day, day + std::chrono::days(1)});
        rows.push_back(row);
    }
    return rows;
}

std::string text_of(const std::vector<Row>& rows) {
    std::string text = header_line();
    for (const Row& row : rows) {
        append_row(text, row);
    }
    return text;
}

std::string without_column(const std::vector<Row>& rows, Column left_out) {
    std::string text;
    for (std::size_t line = 0; line <= rows.size(); ++line) {
        bool first = true;
        for (std::size_t i = 0; i < kColumnCount; ++i) {
            if (static_cast<Column>(i) == left_out) {
                continue;
            }
            text += first ? "" : ",";
            first = false;
            text += base::csv_cell(line == 0 ? kColumnNames[i] : std::string_view(rows[line - 1].cells()[i]));
        }
        text += '\n';
    }
    return text;
}

/// The text of the rows in which the only `from` is written as `to`, past any quoting.
std::string with_raw(const std::vector<Row>& rows, std::string_view from, std::string_view to) {
    std::string text = text_of(rows);
    const std::size_t at = text.find(from);
    FLORIN_CHECK(at != std::string::npos && text.find(from, at + 1) == std::string::npos, "the text is not there once");
    return text.replace(at, from.size(), to);
}

base::Result<void> write_text(const base::Path& path, std::string_view text, bool gzip) {
    FLORIN_TRY_ASSIGN(BillWriter out, BillWriter::open(path, gzip));
    out.write(text);
    FLORIN_TRY_ASSIGN([[maybe_unused]] const std::uint64_t bytes, out.finish());
    return {};
}

base::Result<void> write_huge(const base::Path& path, const std::vector<Row>& rows, std::string_view mark,
                              std::uint64_t bytes) {
    const std::string text = text_of(rows);
    const std::size_t at = text.find(mark);
    FLORIN_TRY_ASSIGN(BillWriter out, BillWriter::open(path, false));
    out.write(std::string_view(text).substr(0, at));
    const std::string block(std::size_t{32} << 10U, 'x');
    for (std::uint64_t left = bytes; left > 0;) {
        const std::uint64_t now = std::min<std::uint64_t>(left, block.size());
        out.write(std::string_view(block).substr(0, now));
        left -= now;
    }
    out.write(std::string_view(text).substr(at + mark.size()));
    FLORIN_TRY_ASSIGN([[maybe_unused]] const std::uint64_t written, out.finish());
    return {};
}

base::Result<void> damage_gzip(const base::Path& path, bool truncate) {
    FLORIN_TRY_ASSIGN(std::string bytes, base::read_file(path));
    if (truncate) {
        bytes.resize(bytes.size() / 2);
    } else {
        constexpr std::size_t kTrailerBytes = 8; // CRC-32, then the length
        char& checksum = bytes[bytes.size() - kTrailerBytes];
        checksum = static_cast<char>(checksum ^ 0x55);
    }
    return base::write_file_atomically(path, bytes);
}

} // namespace

std::span<const DefectInfo> defects() {
    return kDefects;
}

base::Result<base::Path> write_sound_file(const base::Path& folder) {
    FLORIN_TRY(base::make_folders(folder));
    FLORIN_TRY(write_text(folder / "sound.csv", text_of(sound_rows()), false));
    return folder / "sound.csv";
}

base::Result<BrokenFile> write_broken_file(Defect defect, const base::Path& folder, std::uint64_t huge_cell_bytes) {
    FLORIN_TRY(base::make_folders(folder));
    const bool gzip = defect == Defect::kTruncatedGzip || defect == Defect::kGzipChecksum;
    const std::string name(kDefects[static_cast<std::size_t>(defect)].name);
    BrokenFile file{folder / (name + (gzip ? ".csv.gz" : ".csv")), 0, "", ""};
    std::vector<Row> rows = sound_rows();
    std::string text;
    const auto spoil = [&](std::uint64_t row, Column column, std::string_view cell) {
        rows[row - 1][column] = cell;
        text = text_of(rows);
        file = {file.path, row, std::string(kColumnNames[static_cast<std::size_t>(column)]), std::string(cell)};
    };
    switch (defect) {
    case Defect::kTruncatedGzip:
    case Defect::kGzipChecksum: text = text_of(rows); break;
    case Defect::kLatin1Encoding: spoil(7, Column::kChargeDescription, "Geb\xfchr f\xfcr Speicher"); break;
    case Defect::kNulByte: spoil(9, Column::kResourceName, std::string_view("vol\0ume", 7)); break;
    case Defect::kRaggedRow: {
        spoil(11, Column::kTags, "CUT");
        text = with_raw(rows, ",CUT", "");
        file.column.clear();
        file.cell.clear();
        break;
    }
    case Defect::kDuplicateColumn:
        text = with_raw(rows, ",SubAccountName,", ",ServiceName,");
        file.column = "ServiceName";
        break;
    case Defect::kMissingBilledCostColumn:
        text = without_column(rows, Column::kBilledCost);
        file.column = "BilledCost";
        break;
    case Defect::kMissingCurrencyColumn:
        text = without_column(rows, Column::kBillingCurrency);
        file.column = "BillingCurrency";
        break;
    case Defect::kImpossibleDate: spoil(5, Column::kChargePeriodStart, "2026-02-30T00:00:00Z"); break;
    case Defect::kUnparsableMoney: spoil(6, Column::kBilledCost, "12.5O"); break;
    case Defect::kOverflowingMoney: spoil(8, Column::kEffectiveCost, "123456789012345678901234567890.5"); break;
    case Defect::kEmptyCurrency: spoil(10, Column::kBillingCurrency, ""); break;
    case Defect::kEmptyAccount: spoil(12, Column::kBillingAccountId, ""); break;
    case Defect::kEmptyPeriod: spoil(13, Column::kBillingPeriodStart, ""); break;
    case Defect::kHugeCell: {
        constexpr std::string_view kMark = "HUGE";
        spoil(14, Column::kChargeDescription, kMark);
        file.cell.clear();
        FLORIN_TRY(write_huge(file.path, rows, kMark, huge_cell_bytes));
        return file;
    }
    case Defect::kEmptyFile: break;
    case Defect::kHeaderOnly: text = header_line(); break;
    case Defect::kUnterminatedQuote:
        text = text_of(rows);
        text.resize(text.size() - 2); // the closing quotation mark of the last row's tags, and the line feed
        file.row = kRows;
        file.column = "Tags";
        break;
    case Defect::kStrayQuote:
        spoil(16, Column::kResourceName, "STRAY");
        file.cell = "\"web\"shop";
        text = with_raw(rows, "STRAY", file.cell);
        break;
    }
    FLORIN_TRY(write_text(file.path, text, gzip));
    if (gzip) {
        FLORIN_TRY(damage_gzip(file.path, defect == Defect::kTruncatedGzip));
    }
    return file;
}

} // namespace florin::demo
