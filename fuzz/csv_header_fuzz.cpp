// Any bytes as the header of a CSV: nothing crashes, and the fast scan counts the same cells.
#include "base/check.hpp"
#include "ingest/byte_scan.hpp"
#include "ingest/csv_header.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace florin;
    using namespace florin::ingest;
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const base::Result<CsvHeader> header = read_csv_header(text);
    if (!header.ok()) {
        FLORIN_CHECK(!header.error().code.empty() && !header.error().describe().empty(), "an error says something");
        return 0;
    }
    FLORIN_CHECK(header->bytes > 0 && header->bytes <= size, "the header is part of the text");
    std::string row(text.substr(0, header->bytes));
    row.erase(0, header->byte_order_mark ? 3 : 0);
    row += row.ends_with('\n') ? "" : "\n";
    const std::size_t row_bytes = row.size();
    row.append(kScanSlack, '\0');
    Separators separators;
    find_separators({row.data(), row_bytes}, header->delimiter, separators);
    FLORIN_CHECK(separators.fault == Separators::Fault::kNone && !separators.open_quote, "what was read is a row");
    FLORIN_CHECK(separators.lines == 1 && separators.count == header->names.size(), "with as many cells as names");
    return 0;
}
