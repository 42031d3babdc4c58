#include "base/nearest.hpp"

#include <gtest/gtest.h>

#include <array>

namespace florin::base {
namespace {

constexpr std::array<std::string_view, 4> kKnown = {"service_name", "service_category", "region_id",
                                                    "lineItem/UnblendedCost"};

TEST(Nearest, FindsWhatWasMeant) {
    EXPECT_EQ(nearest("ServiceNam", kKnown), "service_name");
    EXPECT_EQ(nearest("regoin_id", kKnown), "region_id");
    EXPECT_EQ(nearest("taem", std::array<std::string_view, 2>{"env", "team"}), "team"); // one swap
    EXPECT_EQ(nearest("line_item_unblended_costs", kKnown), "lineItem/UnblendedCost");
}

TEST(Nearest, GivesNothingForWhatIsFar) {
    EXPECT_FALSE(nearest("team", kKnown).has_value());
    EXPECT_FALSE(nearest(std::string(200, 'a'), kKnown).has_value());
    EXPECT_FALSE(nearest("service_name", {}).has_value());
}

} // namespace
} // namespace florin::base
