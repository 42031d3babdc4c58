// expect: no match for .operator==.|invalid operands to binary expression
#include "base/strong_id.hpp"

struct DeliveryTag;
struct SourceTag;

bool mix(florin::base::StrongId<DeliveryTag, int> delivery, florin::base::StrongId<SourceTag, int> source) {
    return delivery == source;
}
