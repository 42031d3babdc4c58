// Any bytes as florin.yaml: nothing crashes or takes long, and what is read is within its bounds.
#include "app/configuration.hpp"

#include "base/check.hpp"

#include <cstddef>
#include <cstdint>
#include <string>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace florin;
    const std::string text(reinterpret_cast<const char*>(data), size);
    const base::Result<app::Configuration> read = app::parse_configuration(text, "florin.yaml");
    if (!read.ok()) {
        const base::Error& error = read.error();
        FLORIN_CHECK(error.code.starts_with("config.") && error.blame == base::Blame::kUser, "an error of the file");
        FLORIN_CHECK(!error.message.empty() && !error.describe().empty(), "an error says something");
        FLORIN_CHECK(error.place.source_line.find('\n') == std::string::npos, "the place is one line");
        return 0;
    }
    FLORIN_CHECK(read->threads >= 0 && read->memory_mb >= 64, "what the engine may use");
    FLORIN_CHECK(read->retention.superseded_days >= 0, "days are counted");
    FLORIN_CHECK(read->fiscal_calendar.start_month.ok(), "a year starts in a month");
    std::size_t bytes = read->name.size() + read->team_tag.size();
    for (const std::string& source : read->precedence) {
        bytes += source.size();
    }
    constexpr std::size_t kDefaultBytes = 16;
    FLORIN_CHECK(bytes <= kDefaultBytes + 2 * size, "what is read is no larger than the file");
    return 0;
}
