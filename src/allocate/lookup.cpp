#include "allocate/lookup.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace florin::allocate {

using base::Result;

Result<LookupTable> LookupTable::make(const CsvTable& table, std::size_t key_at, std::size_t value_at) {
    LookupTable lookup;
    lookup.file_ = table.file;
    std::vector<std::pair<std::uint32_t, Entry>> found;
    for (std::size_t row = 0; row < table.rows.size(); ++row) {
        const std::string& key = table.rows[row][key_at];
        if (key.empty()) {
            return base::data_error("table.no_key", "a row without a key")
                .at({.file = table.file, .row = row + 1, .column = table.columns[key_at]})
                .with_remedy("Name the key, or take the row out.");
        }
        FLORIN_TRY_ASSIGN(const period::Period days, days_of_row(table, row));
        const auto number = static_cast<std::uint32_t>(lookup.keys_.size());
        const std::uint32_t known = lookup.keys_.emplace(key, number).first->second;
        found.emplace_back(known, Entry{days, table.rows[row][value_at], row + 1});
    }
    std::ranges::stable_sort(found, [](const auto& a, const auto& b) {
        return a.first != b.first ? a.first < b.first : a.second.days < b.second.days;
    });
    lookup.starts_.assign(lookup.keys_.size() + 1, 0);
    for (std::size_t i = 0; i < found.size(); ++i) {
        const auto& [key, entry] = found[i];
        const bool overlaps = i > 0 && found[i - 1].first == key && entry.days.start < found[i - 1].second.days.end;
        if (overlaps) {
            const std::uint64_t first = std::min(entry.row, found[i - 1].second.row);
            const std::uint64_t second = std::max(entry.row, found[i - 1].second.row);
            const std::string& text = table.rows[second - 1][key_at];
            return base::data_error(
                       "table.duplicate_key",
                       fmt::format("rows {} and {} both say who has this key on {}", first, second,
                                   period::to_string(entry.days.start == kAlways.start
                                                         ? found[i - 1].second.days.end - std::chrono::days(1)
                                                         : entry.days.start)))
                .at({.file = table.file, .row = second, .column = table.columns[key_at], .cell = text})
                .with_remedy("Give each row its days in valid_from and valid_to, or take one out.");
        }
        lookup.starts_[key + 1] = i + 1;
    }
    lookup.entries_.reserve(found.size());
    for (auto& [key, entry] : found) {
        lookup.entries_.push_back(std::move(entry));
    }
    return lookup;
}

std::optional<std::uint32_t> LookupTable::find(std::string_view key) const {
    const auto found = keys_.find(key);
    return found == keys_.end() ? std::nullopt : std::optional(found->second);
}

std::span<const LookupTable::Entry> LookupTable::of(std::uint32_t key) const {
    return std::span(entries_).subspan(starts_[key], starts_[key + 1] - starts_[key]);
}

} // namespace florin::allocate
