# Turns a text file into a C++ source. Pieces of one raw string each, because a compiler may
# refuse a single literal of more than 64 KiB.
file(READ ${INPUT} text HEX)
string(REGEX REPLACE "([0-9a-f][0-9a-f])" "'\\\\x\\1'," bytes "${text}")
file(WRITE ${OUTPUT}
"#include <string_view>
namespace florin::embedded {
namespace { constexpr char ${SYMBOL}_bytes[] = {${bytes}'\\0'}; }
extern const std::string_view ${SYMBOL};
const std::string_view ${SYMBOL}(${SYMBOL}_bytes, sizeof ${SYMBOL}_bytes - 1);
}
")
