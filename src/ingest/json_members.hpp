// Members of the objects of a JSON list, as they are written.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace florin::ingest {

/// Appends the values of `member` of each object in `json`, a list of objects: numbers digit for digit
/// as they stand, texts without quotes; null and absent members give nothing. False where `json` is no
/// such list, or a member is a list or object itself.
bool read_members(std::string_view json, std::string_view member, std::vector<std::string>& values);

} // namespace florin::ingest
