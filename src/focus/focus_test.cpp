#include "focus/focus.hpp"

#include <gtest/gtest.h>

namespace florin::focus {
namespace {

TEST(Columns, AreAsManyAsTheSpecificationHas) {
    EXPECT_EQ(columns(Dataset::kCostAndUsage).size(), 65U + 2U);
    EXPECT_EQ(columns(Dataset::kContractCommitment).size(), 30U);
    EXPECT_EQ(columns(Dataset::kInvoiceDetail).size(), 22U);
    EXPECT_EQ(columns(Dataset::kBillingPeriod).size(), 6U);
}

} // namespace
} // namespace florin::focus
