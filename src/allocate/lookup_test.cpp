#include "allocate/lookup.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace florin::allocate {
namespace {

TEST(Lookup, ReadsCsvAsItIsWritten) {
    const auto table = read_csv_table("\xEF\xBB\xBF"
                                      "id , team\r\n1,\" a, \"\"b\"\" \"\r\n\r\n \"2\" ,c\nx,\"two\nlines\"",
                                      "t.csv");
    ASSERT_TRUE(table.ok()) << table.error().describe();
    EXPECT_EQ(table->columns, (std::vector<std::string>{"id", "team"}));
    EXPECT_EQ(table->rows, (std::vector<std::vector<std::string>>{{"1", "a, \"b\""}, {"2", "c"}, {"x", "two\nlines"}}));
}

TEST(Lookup, IsBounded) {
    EXPECT_EQ(read_csv_table("id\n" + std::string(kTableBytesMax, 'a'), "t.csv").error().code, "table.too_large");
    EXPECT_EQ(read_csv_table("id\n" + std::string(kTableCellBytesMax + 1, 'a'), "t.csv").error().code,
              "table.too_large");
    EXPECT_TRUE(read_csv_table("id\n" + std::string(kTableCellBytesMax, 'a'), "t.csv").ok());
    std::string header;
    for (std::size_t i = 0; i <= kTableColumnsMax; ++i) {
        header += fmt::format("{}c{}", i == 0 ? "" : ",", i);
    }
    EXPECT_EQ(read_csv_table(header, "t.csv").error().code, "table.too_large");
    EXPECT_EQ(read_csv_table("id\nM\xFCller\n", "t.csv").error().code, "table.syntax");
}

TEST(Lookup, RowsOfAKeyStandInOrderOfTheirDays) {
    const auto table = read_csv_table("id,team,valid_from,valid_to\n"
                                      "1,c,2024-05-01,\n"
                                      "1,a,,2024-02-29\n"
                                      "2,x,,\n"
                                      "1,b,2024-03-01,2024-03-31\n",
                                      "t.csv");
    const auto lookup = LookupTable::make(*table, 0, 1);
    ASSERT_TRUE(lookup.ok()) << lookup.error().describe();
    std::string found;
    for (const LookupTable::Entry& entry : lookup->of(lookup->find("1").value())) {
        found += fmt::format("{} {}..{} row {}\n", entry.value, period::to_string(entry.days.start),
                             period::to_string(entry.days.end), entry.row);
    }
    EXPECT_EQ(found, "a 0001-01-01..2024-03-01 row 2\n"
                     "b 2024-03-01..2024-04-01 row 4\n"
                     "c 2024-05-01..10000-01-01 row 1\n");
    EXPECT_TRUE(lookup->find("2"));
    EXPECT_FALSE(lookup->find("3"));
}

} // namespace
} // namespace florin::allocate
