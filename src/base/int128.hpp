// The compiler's 128-bit integers, named once because ISO C++ does not name them.
#pragma once

namespace florin::base {

__extension__ using int128 = __int128;
__extension__ using uint128 = unsigned __int128;

} // namespace florin::base
