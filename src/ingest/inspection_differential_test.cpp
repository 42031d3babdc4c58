// The reader against a naive one, and against itself with other threads and block sizes.
#include "ingest/exact_sum.hpp"
#include "ingest/inspection_csv.hpp"
#include "ingest/inspection_test_bills.hpp"

#include <boost/multiprecision/cpp_int.hpp>
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <random>

namespace florin::ingest {
namespace {

using Big = boost::multiprecision::cpp_int;

base::Result<Inspection> inspect_in_blocks(const base::Path& path, int threads, std::size_t block_bytes,
                                           bool set_aside) {
    InspectionOptions options;
    options.threads = threads;
    if (set_aside) {
        options.quarantine = "unused";
    }
    auto source = ByteSource::open(path);
    auto inspected = inspect_csv(*std::move(source), path, options, block_bytes);
    return inspected.ok() ? base::Result<Inspection>(std::move(inspected->inspection))
                          : base::Result<Inspection>(inspected.error());
}

std::string in_quotes(const std::string& text) {
    std::string out = "\"";
    for (const char c : text) {
        out += c;
        out += c == '"' ? "\"" : "";
    }
    return out + '"';
}

/// A bill, and its rows as they were before they became text.
struct RandomBill {
    std::string text;
    std::vector<std::vector<std::string>> rows;
};

RandomBill random_bill(std::mt19937_64& random) {
    const auto one_of = [&](std::initializer_list<const char*> list) {
        return std::string(list.begin()[random() % list.size()]);
    };
    const auto cell = [&](std::size_t column) -> std::string {
        switch (column) {
        case 0:
        case 1:
            return fmt::format("{}{}.{}{}", random() % 5 == 0 ? "-" : "", random() % 1000, random() % 1'000'000'000,
                               random() % 20 == 0 ? "123456789123456789" : "");
        case 2: return one_of({"USD", "USD", "USD", "EUR", "JPY"});
        case 3: return one_of({"a", "account, with comma", "\"q\"", "zwei\nZeilen", "Zürich", "日本", "NULL"});
        case 4: return one_of({"2024-09-01T00:00:00Z", "2024-10-01T00:00:00Z"});
        case 5: return "2024-11-01T00:00:00Z";
        case 6: return fmt::format("2024-09-{:02}T{:02}:00:00Z", 1 + random() % 30, random() % 24);
        case 7: return "2024-11-01 00:00:00";
        default: return one_of({"Usage", "usage", "Tax", "Strange\r\n\"thing\"", "Purchase"});
        }
    };
    RandomBill bill;
    const bool windows = random() % 2 == 0;
    bill.text = kHeader;
    bill.text += windows ? "\r\n" : "\n";
    const std::size_t count = 1 + random() % 60;
    for (std::size_t i = 0; i < count; ++i) {
        std::vector<std::string>& row = bill.rows.emplace_back();
        for (std::size_t column = 0; column < 9; ++column) {
            row.push_back(cell(column));
            const bool needs_quotes = row.back().find_first_of(",\"\r\n") != std::string::npos || row.back() == "NULL";
            bill.text += column == 0 ? "" : ",";
            bill.text += needs_quotes || random() % 4 == 0 ? in_quotes(row.back()) : row.back();
        }
        bill.text += windows ? "\r\n" : "\n";
        bill.text += random() % 30 == 0 ? "\n" : "";
    }
    return bill;
}

/// A decimal as units of 10^-60.
Big units(const std::string& text) {
    const std::size_t point = text.find('.');
    std::string digits = text;
    std::size_t places = 0;
    if (point != std::string::npos) {
        places = text.size() - point - 1;
        digits.erase(point, 1);
    }
    const bool negative = digits[0] == '-';
    digits.erase(0, negative ? 1 : 0);
    digits.erase(0, std::min(digits.find_first_not_of('0'), digits.size() - 1));
    const Big value = Big(digits) * boost::multiprecision::pow(Big(10), static_cast<unsigned>(60 - places));
    return negative ? Big(-value) : value;
}

TEST(Differential, SumsAreThoseOfTheRows) {
    const std::uint64_t seed = 20240918;
    std::mt19937_64 random(seed);
    const TestFolder folder;
    for (int round = 0; round < 300; ++round) {
        const RandomBill bill = random_bill(random);
        const auto inspection =
            inspect_in_blocks(folder.write("bill", bill.text), 1 + round % 3, 1U << (round % 14), false);
        ASSERT_TRUE(inspection.ok()) << inspection.error().describe() << bill.text;
        ASSERT_EQ(inspection->rows, bill.rows.size());
        // currency, period, account, line type
        std::map<std::array<std::string, 4>, std::pair<Big, std::uint64_t>> billed;
        std::map<std::pair<std::string, std::string>, std::uint64_t> scopes;
        std::map<std::string, std::uint64_t> strange;
        for (const auto& row : bill.rows) {
            auto& [sum, count] = billed[{row[2], row[4], row[3], row[8] == "usage" ? "Usage" : row[8]}];
            sum += units(row[0]) + 7 * units(row[1]);
            ++count;
            ++scopes[{row[3], row[4]}];
            strange["cost-identity"] +=
                units(row[0]) != units(row[1]) && (row[8] == "Usage" || row[8] == "usage" || row[8] == "Tax");
            strange["allowed-value-casing"] += row[8] == "usage";
            strange["allowed-value-unknown"] += row[8].starts_with("Strange");
            strange["instant-space-separated"] += 1;
        }
        ASSERT_EQ(inspection->groups.size(), billed.size());
        for (const auto& [key, group] : inspection->groups) {
            const auto& [sum, count] =
                billed[{key.currency, period::to_string(key.billing_period_start), key.account, key.line_type}];
            ASSERT_EQ(units(group.sum[0]) + 7 * units(group.sum[1]), sum) << "seed " << seed << " round " << round;
            ASSERT_EQ(group.rows, count);
        }
        ASSERT_EQ(inspection->scopes.size(), scopes.size());
        for (const auto& [key, count] : inspection->scopes) {
            ASSERT_EQ(count, (scopes[{key.billing_account_id, period::to_string(key.billing_period_start)}]));
        }
        for (const auto& [rule, count] : strange) {
            std::uint64_t found = 0;
            for (const Finding& finding : inspection->findings) {
                found += finding.rule == rule ? finding.rows : 0;
            }
            ASSERT_EQ(found, count) << rule << " seed " << seed << " round " << round;
        }
    }
}

TEST(Differential, BlocksAndThreadsChangeNothing) {
    const std::uint64_t seed = 1;
    std::mt19937_64 random(seed);
    const TestFolder folder;
    int refused = 0;
    for (int round = 0; round < 150; ++round) {
        std::string text = random_bill(random).text;
        // Most get a fault or two somewhere behind the header.
        for (std::size_t i = 0; i < random() % 3; ++i) {
            const std::size_t at = kHeader.size() + 2 + random() % (text.size() - kHeader.size() - 2);
            text.insert(at, 1, std::string_view("\"\r,\nx\xFF\0-")[random() % 8]);
        }
        const base::Path file = folder.write("bill", text);
        const bool set_aside = round % 2 == 0;
        const auto expected = inspect_in_blocks(file, 1, 1U << 20U, set_aside);
        refused += expected.ok() ? 0 : 1;
        for (const int threads : {1, 2, 4}) {
            for (const std::size_t block_bytes : {1U, 7U, 64U, 200U, 1000U, 5000U}) {
                ASSERT_EQ(dump(inspect_in_blocks(file, threads, block_bytes, set_aside)), dump(expected))
                    << "seed " << seed << " round " << round << " threads " << threads << " block " << block_bytes;
            }
        }
    }
    EXPECT_GT(refused, 40);
    EXPECT_LT(refused, 110);
}

} // namespace
} // namespace florin::ingest
