// Rows of Google Cloud's export for tests.
#pragma once

#include "ingest/source_test_ledger.hpp"

#include <string>

namespace florin::ingest::gcp_billing {

/// An hour of use of a virtual machine's cores in the Netherlands: 10 hours at 0.05 USD.
Cells usage();
/// An hour's fee of a commitment.
Cells fee(const std::string& sku, const std::string& instance, const std::string& cost, const std::string& units);
std::string credit(const std::string& type, const std::string& amount, const std::string& name = "");

} // namespace florin::ingest::gcp_billing
