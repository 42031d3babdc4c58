// Reports in ZIP archives, made here byte by byte (APPNOTE.TXT, "PKWARE, .ZIP File Format Specification", 4.3).
#include "ingest/aws_cur/test_report.hpp"
#include "ingest/byte_source.hpp"

#include <gmock/gmock.h>
#include <zlib.h>

namespace florin::ingest::aws_cur {
namespace {

using testing::HasSubstr;

void put(std::string& bytes, std::uint64_t number, int size) {
    for (int i = 0; i < size; ++i) {
        bytes += static_cast<char>(number & 0xFFU);
        number >>= 8U;
    }
}

std::string deflated(const std::string& text) {
    z_stream zip{};
    deflateInit2(&zip, 6, Z_DEFLATED, -15, 8, Z_DEFAULT_STRATEGY);
    std::string out(text.size() + 64, '\0');
    zip.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
    zip.avail_in = static_cast<uInt>(text.size());
    zip.next_out = reinterpret_cast<Bytef*>(out.data());
    zip.avail_out = static_cast<uInt>(out.size());
    deflate(&zip, Z_FINISH);
    out.resize(zip.total_out);
    deflateEnd(&zip);
    return out;
}

struct ZipOptions {
    bool stored = false;
    bool descriptor = false; ///< sizes follow the file
    int files = 1;
    std::uint64_t more_crc = 0;
    std::uint64_t flags = 0;
};

std::string zip_of(const std::string& text, const ZipOptions& options = {}) {
    const std::string packed = options.stored ? text : deflated(text);
    const std::string name = "report-1.csv";
    const std::uint64_t crc =
        crc32(0, reinterpret_cast<const Bytef*>(text.data()), static_cast<uInt>(text.size())) + options.more_crc;
    const std::uint64_t flags = options.flags | (options.descriptor ? 8U : 0U);
    std::string files;
    std::string directory;
    for (int i = 0; i < options.files; ++i) {
        const std::size_t begin = files.size();
        const auto sizes = [&](std::string& bytes, bool known) {
            put(bytes, known ? crc : 0, 4);
            put(bytes, known ? packed.size() : 0, 4);
            put(bytes, known ? text.size() : 0, 4);
        };
        const auto head = [&](std::string& bytes, bool known) {
            put(bytes, 20, 2);
            put(bytes, flags, 2);
            put(bytes, options.stored ? 0 : 8, 2);
            put(bytes, 0, 4); // time and date
            sizes(bytes, known);
            put(bytes, name.size(), 2);
            put(bytes, 0, 2); // extra field
        };
        files += "PK\x03\x04";
        head(files, !options.descriptor);
        files += name + packed;
        if (options.descriptor) {
            files += "PK\x07\x08";
            sizes(files, true);
        }
        directory += "PK\x01\x02";
        put(directory, 20, 2);
        head(directory, true);
        put(directory, 0, 10); // comment, disk, attributes
        put(directory, 0, 2);
        put(directory, begin, 4);
        directory += name;
    }
    std::string end = "PK\x05\x06";
    put(end, 0, 4);
    put(end, static_cast<std::uint64_t>(options.files), 2);
    put(end, static_cast<std::uint64_t>(options.files), 2);
    put(end, directory.size(), 4);
    put(end, files.size(), 4);
    put(end, 0, 2);
    return files + directory + end;
}

base::Result<std::string> read_through(const base::Path& path) {
    FLORIN_TRY_ASSIGN(ByteSource source, ByteSource::open(path));
    std::string text;
    std::string buffer(1000, '\0');
    for (std::size_t size = 1; size > 0;) {
        FLORIN_TRY_ASSIGN(size, source.read(buffer.data(), buffer.size()));
        text.append(buffer, 0, size);
    }
    return text;
}

std::string long_text() {
    std::string text;
    for (int i = 0; i < 200'000; ++i) {
        text += std::to_string(i * 7919) + '\n';
    }
    return text;
}

TEST(ZipFiles, AreReadWhateverTheirForm) {
    const TestFolder folder;
    const std::string text = long_text();
    for (const bool stored : {false, true}) {
        for (const bool descriptor : {false, true}) {
            if (stored && descriptor) {
                continue;
            }
            const auto read =
                read_through(folder.write("r.zip", zip_of(text, {.stored = stored, .descriptor = descriptor})));
            ASSERT_TRUE(read.ok()) << read.error().describe();
            EXPECT_TRUE(*read == text);
        }
    }
    EXPECT_EQ(read_through(folder.write("empty.zip", zip_of(""))).value(), "");
}

TEST(ZipFiles, AreCheckedToTheEnd) {
    const TestFolder folder;
    const std::string whole = zip_of(long_text());
    EXPECT_EQ(read_through(folder.write("a.zip", whole.substr(0, whole.size() / 2))).error().code, "file.truncated");
    EXPECT_EQ(read_through(folder.write("b.zip", whole.substr(0, whole.size() - 22))).error().code, "file.truncated");
    EXPECT_EQ(read_through(folder.write("c.zip", whole.substr(0, 20))).error().code, "file.truncated");
    EXPECT_EQ(read_through(folder.write("d.zip", zip_of("text", {.more_crc = 1}))).error().code, "file.corrupt");
    std::string flipped = whole;
    flipped[whole.size() / 3] ^= 0x10;
    EXPECT_FALSE(read_through(folder.write("e.zip", flipped)).ok());
    const auto several = read_through(folder.write("f.zip", zip_of("text", {.files = 2})));
    EXPECT_EQ(several.error().code, "file.not_a_table");
    EXPECT_THAT(several.error().message, HasSubstr("ZIP archive of several files"));
    EXPECT_EQ(read_through(folder.write("g.zip", zip_of("text", {.flags = 1}))).error().code, "file.corrupt");
}

TEST(ZipFiles, AReportInAZipIsTheReport) {
    Ledger ledger;
    const base::Path path = ledger.folder().write("report-1.csv.zip", zip_of(csv_text({usage_row(), usage_row()})));
    const auto loaded = ledger.load({path});
    ASSERT_TRUE(loaded.ok()) << loaded.error().describe();
    EXPECT_EQ(loaded->totals[0].source, "1");
    EXPECT_EQ(ledger.sum("BilledCost"), "1");
}

} // namespace
} // namespace florin::ingest::aws_cur
