// What the cells of a column were found to be in the rows before: bills say the same over and over.
#pragma once

#include "focus/focus.hpp"
#include "ingest/inspection_cells.hpp"
#include "ingest/inspection_tally.hpp"
#include "period/period.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace florin::ingest {

/// What a text of a column with allowed values is.
struct ListEntry {
    std::optional<Rule> rule; ///< nothing: an allowed value
    std::string written;
    std::string value;     ///< as FOCUS writes it, or as written where it is unknown
    bool recorded = false; ///< the tally has its repair
    /// Of `value` where the tally numbers the column's values.
    std::optional<std::uint32_t> value_id = std::nullopt;
};

/// The values of one such column that were met.
class ListValues {
public:
    /// What is found stays until the next call.
    ListEntry& find(const focus::Column& column, const Cell& cell) {
        if (last_ != nullptr && same(last_raw_, cell.raw())) {
            return *last_;
        }
        last_raw_ = cell.raw();
        auto place = entries_.find(last_raw_);
        if (place == entries_.end()) {
            if (entries_.size() >= kEntriesMax) {
                entries_.clear();
            }
            place = entries_.emplace(last_raw_, look_up(column, unescaped(cell))).first;
        }
        last_ = &place->second;
        return *last_;
    }

private:
    static constexpr std::size_t kEntriesMax = 4096;
    static ListEntry look_up(const focus::Column& column, std::string text);

    std::unordered_map<std::string, ListEntry, TextHash, std::equal_to<>> entries_;
    std::string last_raw_;
    ListEntry* last_ = nullptr;
};

/// Ids of a column's texts, remembering the row before.
class RememberedIds {
public:
    explicit RememberedIds(TextIds& ids) : ids_(&ids) {}
    /// The id of the cell's text.
    std::uint32_t id(const Cell& cell) {
        if (!known_ || !same(last_raw_, cell.raw())) {
            last_raw_ = cell.raw();
            const bool escaped = cell.state == Cell::State::kQuoted && last_raw_.find('"') != std::string::npos;
            last_ = escaped ? ids_->id(unescaped(cell)) : ids_->id(last_raw_);
            known_ = true;
        }
        return last_;
    }

private:
    TextIds* ids_;
    std::string last_raw_;
    std::uint32_t last_ = 0;
    bool known_ = false;
};

/// Points in time of one column. Hourly bills repeat a month's hours over and over.
class RememberedInstants {
public:
    /// Null where the text is no point in time.
    const period::ParsedInstant* find(std::string_view text) {
        if (text.size() > kTextBytesMax) {
            return nullptr;
        }
        Entry& entry = entries_[slot_of(text)];
        if (!same({entry.text.data(), entry.size}, text)) {
            const auto parsed = period::parse_instant(text);
            if (!parsed.ok()) {
                return nullptr;
            }
            entry.instant = *parsed;
            entry.size = static_cast<std::uint8_t>(text.size());
            std::copy(text.begin(), text.end(), entry.text.begin());
        }
        return &entry.instant;
    }

private:
    static constexpr std::size_t kTextBytesMax = 40;
    static constexpr std::size_t kEntries = 1024;
    struct Entry {
        std::array<char, kTextBytesMax> text{};
        std::uint8_t size = 0;
        period::ParsedInstant instant;
    };
    static std::size_t slot_of(std::string_view text) {
        // Day and hour stand in bytes 8 to 12 of an ISO text; all of a short one counts.
        std::uint64_t a = 0;
        std::uint64_t b = 0;
        if (text.size() >= 16) {
            std::memcpy(&a, text.data() + 3, 8);
            std::memcpy(&b, text.data() + 8, 8);
        } else {
            std::memcpy(&a, text.data(), std::min<std::size_t>(text.size(), 8));
            std::memcpy(&b, text.data() + text.size() - std::min<std::size_t>(text.size(), 8),
                        std::min<std::size_t>(text.size(), 8));
        }
        return ((a * 0x9E3779B97F4A7C15U) ^ (b * 0xC2B2AE3D27D4EB4FU)) >> 54U;
    }
    std::vector<Entry> entries_ = std::vector<Entry>(kEntries);
};

} // namespace florin::ingest
