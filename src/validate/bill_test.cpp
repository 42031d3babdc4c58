#include "validate/bill.hpp"

#include "validate/test_bills.hpp"

#include <gtest/gtest.h>
#include <zlib.h>

#include <cstdint>

namespace florin::validate {
namespace {

using focus::Version;

std::string gzip(const std::string& text) {
    z_stream zip{};
    FLORIN_CHECK(deflateInit2(&zip, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY) == Z_OK, "zlib");
    std::string in = text;
    std::string out(text.size() + 1024, '\0');
    zip.next_in = reinterpret_cast<Bytef*>(in.data());
    zip.avail_in = static_cast<uInt>(in.size());
    zip.next_out = reinterpret_cast<Bytef*>(out.data());
    zip.avail_out = static_cast<uInt>(out.size());
    FLORIN_CHECK(deflate(&zip, Z_FINISH) == Z_STREAM_END, "zlib");
    out.resize(zip.total_out);
    deflateEnd(&zip);
    return out;
}

void put(std::string& bytes, std::uint64_t number, int size) {
    for (int i = 0; i < size; ++i) {
        bytes += static_cast<char>(number & 0xFFU);
        number >>= 8U;
    }
}

/// An archive of one file that is stored in it as it is (APPNOTE.TXT, "PKWARE, .ZIP File Format Specification", 4.3).
std::string zip_of(const std::string& text) {
    const std::string name = "bill.csv";
    const auto head = [&](std::string& bytes) {
        put(bytes, 20, 2); // version
        put(bytes, 0, 8);  // flags, stored, time and date
        put(bytes, crc32(0, reinterpret_cast<const Bytef*>(text.data()), static_cast<uInt>(text.size())), 4);
        put(bytes, text.size(), 4);
        put(bytes, text.size(), 4);
        put(bytes, name.size(), 2);
        put(bytes, 0, 2); // extra field
    };
    std::string file = "PK\x03\x04";
    head(file);
    file += name + text;
    std::string directory = "PK\x01\x02";
    put(directory, 20, 2);
    head(directory);
    put(directory, 0, 14); // comment, disk, attributes, place of the file
    directory += name;
    std::string end = "PK\x05\x06";
    put(end, 0, 4);
    put(end, 1, 2);
    put(end, 1, 2);
    put(end, directory.size(), 4);
    put(end, file.size(), 4);
    put(end, 0, 2);
    return file + directory + end;
}

class Staging : public BillTest {};

TEST_F(Staging, APackedFileIsReadWhateverItIsCalled) {
    const std::string csv = "BilledCost,ChargeCategory\n1,Usage\n2,Nothing\n";
    const std::pair<const char*, std::string> files[] = {
        {"bill.csv", csv},         {"bill.csv.gz", gzip(csv)},   {"bill.download", gzip(csv)}, {"bill.GZ", gzip(csv)},
        {"bill.zip", zip_of(csv)}, {"archive.csv", zip_of(csv)}, {"archive.gz", zip_of(csv)},  {"plain.csv.gz", csv},
    };
    for (const auto& [name, bytes] : files) {
        SCOPED_TRACE(name);
        const auto report = try_validate({file(name, bytes)}, of_version(Version::k1_0));
        ASSERT_TRUE(report.ok()) << report.error().describe();
        EXPECT_EQ(report->rows, 2U);
        const Finding& found = finding(*report, "ChargeCategory-C-003-M");
        EXPECT_EQ(found.rows_in_scope, 2U);
        ASSERT_EQ(found.rows, 1U);
        EXPECT_EQ(found.samples.at(0).file, (folder_ / name).string());
        EXPECT_EQ(found.samples.at(0).row, 2U);
    }
}

TEST_F(Staging, AFaultOfAPackedFileIsToldOfThatFile) {
    const base::Path path = file("bill.zip", zip_of("BilledCost,ChargeCategory\n1\n"));
    const auto report = try_validate({path}, of_version(Version::k1_0));
    EXPECT_EQ(report.error().code, "csv.ragged_row");
    EXPECT_EQ(report.error().place.file, path.string());
    EXPECT_EQ(report.error().place.row, 1U);
}

TEST_F(Staging, AnEmptyLineOfOneColumnIsAnEmptyCell) {
    const Report report = validate("BilledCost\n1\n\nx\n", of_version(Version::k1_0));
    EXPECT_EQ(report.rows, 3U);
    EXPECT_EQ(finding(report, "BilledCost-C-003-M").rows, 1U);
    EXPECT_EQ(finding(report, "BilledCost-C-001-M").samples.at(0).row, 3U);
    EXPECT_EQ(validate("BilledCost,Tags\n1,\n\n2,\n", of_version(Version::k1_0)).rows, 2U);
}

TEST_F(Staging, OtherRowsThanWereProvenAreNotJudged) {
    file("bill2.csv", "BilledCost,Tags\n1,\n2,\n"); // the engine takes the name below for a pattern
    const auto report = try_validate({file("bill*.csv", "BilledCost,Tags\n1,\n")}, of_version(Version::k1_0));
    ASSERT_FALSE(report.ok());
    EXPECT_EQ(report.error().code, "validate.reconciliation");
    EXPECT_EQ(report.error().place.file, (folder_ / "bill*.csv").string());
}

TEST_F(Staging, TimesOfParquetAreInUtcWhereverTheMachineIs) {
    const base::Path parquet = folder_ / "bill.parquet";
    const auto engine = engine::open_duckdb({.threads = 1, .memory_bytes = std::uint64_t{256} << 20U}).value();
    const auto written = engine->execute(
        "COPY (SELECT TIMESTAMPTZ '2024-09-01 00:00:00+00' AS ChargePeriodStart, TIMESTAMP '2024-09-02 00:00:00' AS "
        "ChargePeriodEnd) TO " +
        engine::sql_text(parquet.string()) + " (FORMAT parquet)");
    ASSERT_TRUE(written.ok()) << written.error().describe();
    // As TZ would have it, which is read once in a process: by now a change would not be seen.
    const auto moved = engine->execute("SET TimeZone = 'America/New_York'");
    ASSERT_TRUE(moved.ok()) << moved.error().describe();
    const auto bill = stage_bill(*engine, {parquet}, folder_, 1);
    ASSERT_TRUE(bill.ok()) << bill.error().describe();
    const auto times = engine->query("SELECT ChargePeriodStart, ChargePeriodEnd FROM " + bill->relation);
    ASSERT_TRUE(times.ok()) << times.error().describe();
    EXPECT_EQ(std::get<std::string>(times->rows[0][0]), "2024-09-01T00:00:00Z");
    EXPECT_EQ(std::get<std::string>(times->rows[0][1]), "2024-09-02T00:00:00Z");
}

} // namespace
} // namespace florin::validate
