#include "ingest/aws_cur/aws_cur.hpp"
#include "ingest/azure_cost/azure_cost.hpp"
#include "ingest/gcp_billing/gcp_billing.hpp"
#include "ingest/oci_cost/oci_cost.hpp"
#include "ingest/source.hpp"

#include <array>

namespace florin::ingest {

std::span<const Source* const> built_in_sources() {
    static const std::array<const Source*, 4> sources = {&aws_cur::source(), &azure_cost::source(),
                                                         &gcp_billing::source(), &oci_cost::source()};
    return sources;
}

} // namespace florin::ingest
