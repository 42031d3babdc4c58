#include "ingest/vendor_file/lookup_table.hpp"

#include "ingest/csv_rows.hpp"
#include "ingest/file_error.hpp"
#include "ingest/inspection_counter.hpp"
#include "ingest/inspection_csv.hpp"
#include "ingest/survey.hpp"
#include "ingest/vendor_file/mapping_text.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace florin::ingest::vendor_file {
namespace {

class TableReader final : public CsvRowReader {
public:
    TableReader(LookupTable& table, std::vector<std::string> names, char delimiter, std::vector<std::size_t> key_places,
                std::vector<std::size_t> value_places)
        : CsvRowReader(std::move(names), delimiter, false), table_(table), key_places_(std::move(key_places)),
          value_places_(std::move(value_places)) {}

protected:
    std::optional<base::Error> take(const CsvRow& row) override {
        if (row.check_bytes) {
            if (auto bad = find_bad_cell(row, this->names(), kLookupBytesMax)) {
                return bad;
            }
        }
        const auto text = [&row](std::size_t place) {
            const Cell cell = cell_of(row, place);
            return cell.is_null() ? std::string() : unescaped(cell);
        };
        std::string key;
        for (std::size_t i = 0; i < key_places_.size(); ++i) {
            key += (i == 0 ? "" : std::string(1, kKeySeparator)) + text(key_places_[i]);
        }
        std::vector<std::string> values;
        std::ranges::transform(value_places_, std::back_inserter(values), text);
        if (table_.rows.size() >= kLookupRowsMax) {
            return base::user_error("mapping.too_large", fmt::format("a table has at most {} rows", kLookupRowsMax));
        }
        if (!table_.rows.try_emplace(key, std::move(values)).second) {
            std::ranges::replace(key, kKeySeparator, ' ');
            base::Error error = base::user_error("mapping.two_rows", "the table has two rows for one key")
                                    .with_remedy("leave one of them");
            error.place.cell = key;
            return error;
        }
        return std::nullopt;
    }
    void count_set_aside(bool) override {}

private:
    LookupTable& table_;
    std::vector<std::size_t> key_places_;
    std::vector<std::size_t> value_places_;
};

base::Result<LookupTable> read(LookupTable table, const base::Path& path) {
    FLORIN_TRY_ASSIGN(const std::uint64_t bytes, base::file_size(path));
    if (bytes > kLookupBytesMax) {
        return base::user_error("mapping.too_large", fmt::format("a table has at most {} bytes", kLookupBytesMax));
    }
    FLORIN_TRY_ASSIGN(ByteSource source, ByteSource::open(path));
    CsvBlocks blocks(std::move(source), kBlockBytes, kRowBytesMax);
    CsvBlock first;
    FLORIN_TRY_ASSIGN(CsvHeader header, read_header(blocks, first));
    std::vector<std::size_t> key_places;
    for (const std::string& key : table.keys) {
        const auto at = std::ranges::find(header.names, key);
        if (at == header.names.end()) {
            return base::user_error("mapping.unknown_name",
                                    with_suggestion(fmt::format("the table has no column `{}`", key), key,
                                                    {header.names.begin(), header.names.end()}));
        }
        key_places.push_back(static_cast<std::size_t>(at - header.names.begin()));
    }
    std::vector<std::size_t> value_places;
    for (std::size_t i = 0; i < header.names.size(); ++i) {
        if (std::ranges::find(key_places, i) == key_places.end()) {
            value_places.push_back(i);
            table.values.push_back(header.names[i]);
        }
    }
    TableReader reader(table, std::move(header.names), header.delimiter, std::move(key_places),
                       std::move(value_places));
    std::vector<CsvRowReader*> readers = {&reader};
    RowCounter counter;
    FLORIN_TRY(read_blocks(blocks, first, readers, {}, counter));
    table.sha256 = blocks.source().hashes().file;
    return table;
}

} // namespace

base::Result<LookupTable> read_lookup_table(std::string name, const base::Path& path,
                                            const std::vector<std::string>& keys) {
    auto table = read({.name = std::move(name), .keys = keys}, path);
    if (!table.ok()) {
        return in_file(std::move(table).error(), path);
    }
    return table;
}

} // namespace florin::ingest::vendor_file
