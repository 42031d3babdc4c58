#include "ingest/inspection_memories.hpp"

#include <utility>

namespace florin::ingest {

ListEntry ListValues::look_up(const focus::Column& column, std::string text) {
    const focus::ValueMatch match = focus::match_value(column, text);
    ListEntry entry{.rule = std::nullopt, .written = text, .value = std::string(match.value), .recorded = false};
    switch (match.kind) {
    case focus::ValueMatch::Kind::kAllowed: break;
    case focus::ValueMatch::Kind::kRecased: entry.rule = Rule::kAllowedValueCasing; break;
    case focus::ValueMatch::Kind::kRenamed: entry.rule = Rule::kAllowedValueRenamed; break;
    case focus::ValueMatch::Kind::kUnknown:
        entry.rule = Rule::kAllowedValueUnknown;
        entry.value = std::move(text);
        break;
    }
    return entry;
}

} // namespace florin::ingest
