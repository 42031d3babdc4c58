// expect: (could not|cannot) convert .*int.* to .*StrongId|no viable conversion from .*int.* to .*StrongId
#include "base/strong_id.hpp"

struct DeliveryTag;

florin::base::StrongId<DeliveryTag, int> mix() {
    return 7;
}
