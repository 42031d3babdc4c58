#include "ingest/byte_scan.hpp"

#include <gtest/gtest.h>

#include <random>
#include <string>

namespace florin::ingest {
namespace {

struct Scan {
    std::vector<std::uint32_t> ends;
    std::vector<std::uint32_t> line_ends;
    Separators::Fault fault = Separators::Fault::kNone;
    std::uint32_t fault_at = 0;
    bool open_quote = false;
    friend bool operator==(const Scan&, const Scan&) = default;
};

/// RFC 4180, one byte after the other.
Scan naive(std::string_view text, char delimiter) {
    Scan out;
    enum class At { kCellStart, kInCell, kInQuotes, kBehindQuote } at = At::kCellStart;
    for (std::uint32_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if (at == At::kInQuotes) {
            at = c == '"' ? At::kBehindQuote : at;
            continue;
        }
        if (i > 0 && text[i - 1] == '\r' && c != '\n') {
            out.fault = Separators::Fault::kCarriageReturn;
            out.fault_at = i - 1;
            return out;
        }
        if (c == delimiter || c == '\n') {
            if (c == '\n') {
                out.line_ends.push_back(static_cast<std::uint32_t>(out.ends.size()));
            }
            out.ends.push_back(i);
            at = At::kCellStart;
        } else if (c == '"' && at == At::kInCell) {
            out.fault = Separators::Fault::kQuoteInCell;
            out.fault_at = i;
            return out;
        } else if (c == '"') {
            at = At::kInQuotes;
        } else if (at == At::kBehindQuote && c != '\r') {
            out.fault = Separators::Fault::kTextAfterQuote;
            out.fault_at = i - 1;
            return out;
        } else {
            at = At::kInCell;
        }
    }
    out.open_quote = at == At::kInQuotes;
    return out;
}

Scan scanned(const std::string& text, char delimiter) {
    std::string padded = text + std::string(kScanSlack, '"');
    Separators found;
    find_separators({padded.data(), text.size()}, delimiter, found);
    Scan out{{found.ends.begin(), found.ends.begin() + static_cast<std::ptrdiff_t>(found.count)},
             {found.line_ends.begin(), found.line_ends.begin() + static_cast<std::ptrdiff_t>(found.lines)},
             found.fault,
             found.fault == Separators::Fault::kNone ? 0 : found.fault_at,
             found.fault == Separators::Fault::kNone && found.open_quote};
    return out;
}

class ByteScan : public testing::TestWithParam<bool> {
protected:
    void SetUp() override { use_plain_scan(GetParam()); }
    void TearDown() override { use_plain_scan(false); }
};
INSTANTIATE_TEST_SUITE_P(Scans, ByteScan, testing::Values(false, true),
                         [](const auto& test) { return test.param ? "Plain" : "Fastest"; });

TEST_P(ByteScan, AgreesWithOneByteAfterTheOther) {
    std::mt19937_64 random(3);
    int faults = 0;
    for (int round = 0; round < 30'000; ++round) {
        std::string text;
        const std::size_t size = random() % 300;
        const bool tame = round % 2 == 0;
        while (text.size() < size) {
            switch (random() % (tame ? 10 : 14)) {
            case 0: text += ','; break;
            case 1: text += "\n"; break;
            case 2: text += "\r\n"; break;
            case 3: text += ",\"a, \"\"b\"\"\n\"\r\n"; break;
            case 4: text += ",\"\","; break;
            case 10: text += '"'; break;
            case 11: text += '\r'; break;
            default: text += std::string(random() % 12, 'x'); break;
            }
        }
        text += '\n';
        const Scan expected = naive(text, ',');
        faults += expected.fault != Separators::Fault::kNone ? 1 : 0;
        ASSERT_EQ(scanned(text, ','), expected) << testing::PrintToString(text);
    }
    EXPECT_GT(faults, 5'000);
    EXPECT_LT(faults, 25'000);
}

TEST_P(ByteScan, GrowsForManyCells) {
    const std::string text = std::string(100'000, ',') + "\n" + std::string(5'000, '\n');
    EXPECT_EQ(scanned(text, ','), naive(text, ','));
}

TEST_P(ByteScan, FindsTheLastRowEndInPieces) {
    std::mt19937_64 random(5);
    for (int round = 0; round < 5'000; ++round) {
        std::string text;
        while (text.size() < random() % 400) {
            text += std::string_view("\"\n,abc ")[random() % 7];
        }
        std::size_t last = 0;
        bool inside = false;
        for (std::size_t i = 0; i < text.size(); ++i) {
            inside ^= text[i] == '"';
            last = text[i] == '\n' && !inside ? i + 1 : last;
        }
        std::string padded = text + std::string(kScanSlack, '\n');
        RowEnds ends;
        for (std::size_t at = 0; at < text.size();) {
            const std::size_t to = std::min(text.size(), at + 1 + random() % 100);
            find_row_ends(padded.data(), at, to, ends);
            at = to;
        }
        ASSERT_EQ(ends.last, last) << text;
        ASSERT_EQ(ends.inside_quotes, inside) << text;
    }
}

TEST(Utf8, KnowsTheEdges) {
    const auto at = [](std::string_view text) { return find_invalid_utf8(text); };
    constexpr auto kNone = std::string_view::npos;
    EXPECT_EQ(at("plain text that is longer than a word"), kNone);
    EXPECT_EQ(at("\xC2\x80 \xDF\xBF \xE0\xA0\x80 \xED\x9F\xBF \xEE\x80\x80 \xF0\x90\x80\x80 \xF4\x8F\xBF\xBF"), kNone);
    EXPECT_EQ(at("a\xC0\x80"), 1U); // overlong
    EXPECT_EQ(at("ab\xE0\x9F\xBF"), 2U);
    EXPECT_EQ(at("\xF0\x8F\xBF\xBF"), 0U);
    EXPECT_EQ(at("\xED\xA0\x80"), 0U);     // a surrogate
    EXPECT_EQ(at("\xF4\x90\x80\x80"), 0U); // beyond U+10FFFF
    EXPECT_EQ(at("12345678\xFC"), 8U);     // latin-1
    EXPECT_EQ(at("12345678\xC3"), 8U);     // cut off
    EXPECT_EQ(at("\x80"), 0U);
}

} // namespace
} // namespace florin::ingest
