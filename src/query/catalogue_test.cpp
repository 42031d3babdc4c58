#include "query/catalogue.hpp"
#include "query/filter.hpp"
#include "query/plan.hpp"

#include "base/files.hpp"
#include "focus/focus.hpp"
#include "lake/storage.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <set>

namespace florin::query {
namespace {

TEST(Catalogue, HasEveryTextColumnOfCostAndUsage) {
    for (const focus::Column& column : focus::columns(focus::Dataset::kCostAndUsage)) {
        const bool is_text = column.type == focus::ColumnType::kString || column.type == focus::ColumnType::kJson;
        const Dimension* found = catalogue().find_dimension(column.name);
        ASSERT_EQ(found != nullptr, is_text) << column.name;
        if (is_text) {
            EXPECT_EQ(found->columns, std::vector<std::string>{column.name});
            EXPECT_EQ(found->in_tuple, lake::is_tuple_column(column.name)) << column.name;
        }
    }
}

TEST(Catalogue, NamesAreDistinctAndEverythingIsDescribed) {
    std::set<std::string> names{"cost"};
    for (const Measure& measure : catalogue().measures()) {
        EXPECT_TRUE(names.insert(measure.name).second) << measure.name;
        EXPECT_FALSE(measure.label.empty() || measure.description.empty()) << measure.name;
        // A ratio of quantities is of one unit, too.
        if (measure.additivity != Additivity::kRatio) {
            EXPECT_EQ(measure.additivity == Additivity::kWithinUnit, !measure.unit_column.empty()) << measure.name;
        }
        // Money is of the bill's currency, or of one that splits the answer.
        EXPECT_EQ(measure.unit == Unit::kMoney && measure.unit_column.empty(), measure.has_currency) << measure.name;
    }
    names.clear();
    for (const Dimension& dimension : catalogue().dimensions()) {
        EXPECT_TRUE(names.insert(dimension.name).second) << dimension.name;
        EXPECT_FALSE(dimension.label.empty() || dimension.description.empty()) << dimension.name;
    }
    for (const ChargeValue& value : catalogue().charge_values()) {
        EXPECT_TRUE(names.insert(value.name).second) << value.name << " is a dimension too";
    }
}

TEST(Catalogue, EveryMeasureCanBeAskedFromDailySums) {
    for (const Measure& measure : catalogue().measures()) {
        Question question;
        question.measures = {measure.has_tag_parameter ? measure.name + ".\"any key\"" : measure.name};
        const auto resolved = resolve(question, catalogue());
        ASSERT_TRUE(resolved.ok()) << measure.name << resolved.error().describe();
        EXPECT_FALSE(resolved->needs_charges) << measure.name;
        for (const Filter& condition : resolved->conditions) {
            for (const Field& field : fields_of(condition)) {
                EXPECT_TRUE(is_tuple_field(field, catalogue())) << measure.name << ": " << to_text(field);
            }
        }
    }
}

/// The page is generated; FLORIN_UPDATE=1 writes it anew.
TEST(Catalogue, ReferencePageIsUpToDate) {
    const base::Path page = base::Path(FLORIN_SOURCE_DIR) / "docs/reference/measures-and-dimensions.md";
    if (const char* update = std::getenv("FLORIN_UPDATE"); update != nullptr && std::string_view(update) == "1") {
        ASSERT_TRUE(base::write_file_atomically(page, catalogue().reference_page()).ok());
    }
    const auto text = base::read_file(page);
    ASSERT_TRUE(text.ok()) << text.error().describe();
    EXPECT_TRUE(*text == catalogue().reference_page()) << "run query_test with FLORIN_UPDATE=1";
}

} // namespace
} // namespace florin::query
