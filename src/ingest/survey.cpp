#include "ingest/survey.hpp"

#include "ingest/exact_sum.hpp"
#include "ingest/exact_text.hpp"
#include "ingest/file_error.hpp"
#include "ingest/inspection_counter.hpp"
#include "ingest/inspection_csv.hpp"
#include "ingest/json_lines.hpp"
#include "ingest/json_members.hpp"
#include "lake/file_hashes.hpp"
#include "period/period.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <memory>
#include <optional>
#include <unordered_map>

namespace florin::ingest {
namespace {

constexpr std::size_t kNowhere = static_cast<std::size_t>(-1);

/// Where the columns of the rules stand in a file.
struct SurveyPlan {
    struct PricePlace {
        const SurveyedPrice* price = nullptr;
        std::size_t column = kNowhere;
        std::vector<std::size_t> keys; ///< kNowhere where the key is a text
    };
    struct AmountPlace {
        std::size_t column = kNowhere;
        std::string member;
        bool has_otherwise = false;
        std::size_t otherwise = kNowhere;
        std::size_t unless_column = kNowhere;
        std::string unless_ends_with;
        bool is_required = false;
        std::optional<PricePlace> price = {};
    };
    const SurveyRules& rules;
    std::vector<std::string> names; ///< of all columns
    std::vector<AmountPlace> amounts;
    std::vector<std::size_t> keys;
    std::vector<std::size_t> required;
    std::vector<std::size_t> instants;
    std::vector<std::size_t> decimals;

    /// `survey_rules` outlive the plan.
    SurveyPlan(std::vector<std::string> columns, const SurveyRules& survey_rules)
        : rules(survey_rules), names(std::move(columns)) {
        for (const SurveyedAmount& amount : rules.amounts) {
            if (place(amount.column) != kNowhere) {
                amounts.push_back({place(amount.column), amount.member, !amount.otherwise.empty(),
                                   place(amount.otherwise), place(amount.unless_column), amount.unless_ends_with,
                                   amount.is_required});
            }
            if (place(amount.column) != kNowhere && amount.price) {
                PricePlace& price = amounts.back().price.emplace();
                price.price = &*amount.price;
                price.column = place(amount.price->column);
                for (const SurveyedKey& key : amount.price->keys) {
                    price.keys.push_back(place(key.column));
                }
            }
        }
        for (const std::string& key : rules.keys) {
            keys.push_back(place(key));
        }
        const auto add = [this](const std::vector<std::string>& from, std::vector<std::size_t>& to) {
            for (const std::string& column : from) {
                if (place(column) != kNowhere) {
                    to.push_back(place(column));
                }
            }
        };
        add(rules.required, required);
        add(rules.instants, instants);
        add(rules.decimals, decimals);
    }

private:
    std::size_t place(std::string_view column) const {
        const auto at = std::ranges::find(names, column);
        return column.empty() || at == names.end() ? kNowhere : static_cast<std::size_t>(at - names.begin());
    }
};

/// What one thread has added up, and the row it is at.
class SurveyTally {
public:
    explicit SurveyTally(const SurveyPlan& plan) : plan_(plan) {}

    /// `cell` gives the text of a column of the row; empty where it is null. Text is valid until the
    /// next call for the same column.
    template <class Cells>
    std::optional<base::Error> take(Cells&& cell) {
        for (const std::size_t column : plan_.required) {
            if (cell(column).empty()) {
                return fail("bill.missing_value", "the cell is empty, and the row cannot be placed without it",
                            "Fetch the file again; was the column cleared?", column, {});
            }
        }
        for (const std::size_t column : plan_.instants) {
            const std::string_view text = cell(column);
            if (!text.empty() && !is_instant(text)) {
                return fail("bill.unreadable_instant", "not a point in time",
                            "Expected 2024-09-18T22:00:00Z or the like.", column, text);
            }
        }
        for (const std::size_t column : plan_.decimals) {
            Amount ignored;
            std::string_view text = cell(column);
            if (auto error = read(text, column, ignored)) {
                return error;
            }
        }
        set_key(cell);
        Group& group = groups_[key_];
        ++group.rows;
        for (const SurveyPlan::AmountPlace& amount : plan_.amounts) {
            std::size_t column = amount.column;
            std::string_view text = cell(column);
            bool is_stated = false;
            if (amount.has_otherwise) {
                is_stated = !text.empty();
                states_amounts_ = states_amounts_ || is_stated;
                if (!is_stated && amount.otherwise != kNowhere) {
                    column = amount.otherwise;
                    text = cell(column);
                }
            }
            if (amount.is_required && text.empty()) {
                return fail("bill.missing_value", "the row states no cost",
                            "A row that costs nothing says 0. Fetch the file again.", column, {});
            }
            const bool is_held = !is_stated && amount.unless_column != kNowhere &&
                                 cell(amount.unless_column).ends_with(amount.unless_ends_with);
            ExactSum& sum = is_held ? group.held : group.sum;
            if (auto error = amount.price ? add_product(text, column, *amount.price, cell, sum)
                                          : add(text, column, amount.member, sum)) {
                return error;
            }
        }
        return std::nullopt;
    }

    struct Group {
        std::uint64_t rows = 0;
        ExactSum sum;
        ExactSum held;
    };
    const std::unordered_map<std::string, Group>& groups() const { return groups_; }
    bool states_amounts() const { return states_amounts_; }

private:
    template <class Cells>
    void set_key(Cells& cell) {
        constexpr std::size_t kCurrency = 3;
        key_.clear();
        for (std::size_t i = 0; i < plan_.keys.size(); ++i) {
            const std::size_t column = plan_.keys[i];
            const std::size_t begin = key_.size();
            key_ += column == kNowhere ? std::string_view() : cell(column);
            if (i == kCurrency && column == kNowhere) {
                key_ += plan_.rules.currency;
            }
            if (i == kCurrency && plan_.rules.currency_in_capitals) {
                std::transform(key_.begin() + static_cast<std::ptrdiff_t>(begin), key_.end(),
                               key_.begin() + static_cast<std::ptrdiff_t>(begin),
                               [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; });
            }
            key_ += kKeySeparator;
        }
    }

    base::Error fail(std::string code, std::string message, std::string remedy, std::size_t column,
                     std::string_view text) const {
        base::Error error = base::data_error(std::move(code), std::move(message)).with_remedy(std::move(remedy));
        error.place.column = plan_.names[column];
        error.place.cell = text.substr(0, kCellInErrorBytesMax);
        return error;
    }

    /// Most cells of a column repeat the one before or one of the last few.
    bool is_instant(std::string_view text) {
        for (const std::string& known : known_instants_) {
            if (known == text) {
                return true;
            }
        }
        if (!period::parse_instant(text).ok()) {
            return false;
        }
        known_instants_[next_instant_++ % known_instants_.size()] = text;
        return true;
    }

    /// An empty cell is no amount. `text` becomes what the amount was read from, valid until the next call.
    std::optional<base::Error> read(std::string_view& text, std::size_t column, Amount& amount) {
        if (text.empty()) {
            return std::nullopt;
        }
        AmountFault fault = read_amount(text, 18, amount);
        if (fault == AmountFault::kUnreadable && plan_.rules.displayed_amounts &&
            read_displayed_amount(text, displayed_)) {
            text = displayed_;
            fault = read_amount(text, 18, amount);
        }
        switch (fault) {
        case AmountFault::kNone: return std::nullopt;
        case AmountFault::kTooLarge:
            return fail("bill.amount_too_large", "the number has more than 20 digits before the point",
                        "Is it in the right column?", column, text);
        default: break;
        }
        return fail("bill.unreadable_amount", "not a number", "Expected a number such as -12.34 or 1.5E-7.", column,
                    text);
    }

    std::optional<base::Error> add(std::string_view text, std::size_t column, const std::string& member,
                                   ExactSum& sum) {
        if (text.empty()) {
            return std::nullopt;
        }
        if (!member.empty()) {
            amounts_.clear();
            if (!read_members(text, member, amounts_)) {
                return fail("bill.unreadable_amount", fmt::format("not a list of objects with amounts in `{}`", member),
                            "Export the file again.", column, text);
            }
            for (const std::string& amount : amounts_) {
                if (auto error = add(amount, column, {}, sum)) {
                    return error;
                }
            }
            return std::nullopt;
        }
        Amount amount;
        if (auto error = read(text, column, amount)) {
            return error;
        }
        sum.add(amount, text);
        return std::nullopt;
    }

    /// The text of a price, empty where it is not known.
    template <class Cells>
    std::string_view price_of(const SurveyPlan::PricePlace& place, Cells& cell) {
        if (place.price->keys.empty()) {
            return place.column == kNowhere ? std::string_view(place.price->number) : cell(place.column);
        }
        price_key_.clear();
        for (std::size_t i = 0; i < place.keys.size(); ++i) {
            price_key_ += i == 0 ? std::string_view() : std::string_view(&kKeySeparator, 1);
            price_key_ += place.keys[i] == kNowhere ? std::string_view(place.price->keys[i].text) : cell(place.keys[i]);
        }
        const auto found = place.price->prices.find(price_key_);
        return found == place.price->prices.end() ? std::string_view() : std::string_view(found->second);
    }

    template <class Cells>
    std::optional<base::Error> add_product(std::string_view text, std::size_t column,
                                           const SurveyPlan::PricePlace& place, Cells& cell, ExactSum& sum) {
        Amount quantity;
        if (std::string_view read_text = text; auto error = read(read_text, column, quantity)) {
            return error;
        }
        if (quantity.units == 0) {
            return std::nullopt;
        }
        std::string_view price_text = price_of(place, cell);
        if (price_text.empty()) {
            return no_price(place, cell);
        }
        Amount price;
        if (auto error = read(price_text, place.column == kNowhere ? column : place.column, price)) {
            return error;
        }
        const std::string product = exact_product(price, quantity, place.price->places);
        Amount amount;
        if (read_amount(product, 18, amount) != AmountFault::kNone) {
            return fail("bill.amount_too_large",
                        "the price times this quantity has more than 20 digits before the point",
                        "Is it in the right column?", column, text);
        }
        sum.add(amount, product);
        return std::nullopt;
    }

    template <class Cells>
    base::Error no_price(const SurveyPlan::PricePlace& place, Cells& cell) const {
        if (place.price->keys.empty()) {
            return fail("bill.missing_value", "there is a quantity and no price", "Fetch the file again.", place.column,
                        {});
        }
        std::string wanted;
        std::size_t column = kNowhere;
        for (std::size_t i = 0; i < place.keys.size(); ++i) {
            const bool is_text = place.keys[i] == kNowhere;
            column = column == kNowhere ? place.keys[i] : column;
            wanted += wanted.empty() ? "" : ", ";
            wanted += is_text ? std::string_view(place.price->keys[i].text) : cell(place.keys[i]);
        }
        base::Error error = base::data_error("bill.no_price", fmt::format("the table `{}` has no price for {}",
                                                                          place.price->table, wanted))
                                .with_remedy("add it to the table; what has no price has no cost");
        error.place.column = column == kNowhere ? std::string() : plan_.names[column];
        return error;
    }

    const SurveyPlan& plan_;
    std::unordered_map<std::string, Group> groups_;
    std::string key_;
    std::string price_key_;
    std::string displayed_;
    std::vector<std::string> amounts_;
    std::array<std::string, 16> known_instants_;
    std::size_t next_instant_ = 0;
    bool states_amounts_ = false;
};

/// One thread's reader of CSV.
class SurveyReader final : public CsvRowReader {
public:
    SurveyReader(const SurveyPlan& plan, char delimiter, std::uint64_t cell_bytes_max)
        : CsvRowReader(plan.names, delimiter, false), tally_(plan), cell_bytes_max_(cell_bytes_max),
          unescaped_(plan.names.size()) {}

    const SurveyTally& tally() const { return tally_; }
    std::uint64_t longest_row_bytes() const { return longest_row_bytes_; }

protected:
    std::optional<base::Error> take(const CsvRow& row) override {
        if (row.check_bytes || row.end - row.begin > cell_bytes_max_) {
            if (auto bad = find_bad_cell(row, names(), cell_bytes_max_)) {
                return bad;
            }
        }
        longest_row_bytes_ = std::max<std::uint64_t>(longest_row_bytes_, row.end - row.begin);
        return tally_.take([&](std::size_t column) -> std::string_view {
            const Cell cell = cell_of(row, column);
            if (cell.is_null()) {
                return {};
            }
            if (cell.state == Cell::State::kQuoted && std::memchr(cell.data, '"', cell.size) != nullptr) {
                unescaped_[column] = unescaped(cell);
                return unescaped_[column];
            }
            return cell.raw();
        });
    }
    void count_set_aside(bool) override {}

private:
    SurveyTally tally_;
    std::uint64_t cell_bytes_max_;
    std::uint64_t longest_row_bytes_ = 0;
    std::vector<std::string> unescaped_;
};

void merge(const std::vector<const SurveyTally*>& tallies, Survey& out) {
    std::map<std::string, SurveyedGroup> groups;
    out.states_amounts = std::ranges::any_of(tallies, [](const SurveyTally* tally) { return tally->states_amounts(); });
    for (const SurveyTally* tally : tallies) {
        for (const auto& [key, group] : tally->groups()) {
            SurveyedGroup& merged = groups[key];
            merged.rows += group.rows;
            merged.sum = exact_plus(merged.sum, group.sum.to_string());
            merged.rounded_away = exact_plus(merged.rounded_away, group.sum.rounded_away());
            merged.held = exact_plus(merged.held, group.held.to_string());
            merged.held_rounded_away = exact_plus(merged.held_rounded_away, group.held.rounded_away());
        }
    }
    for (auto& [key, group] : groups) {
        for (std::size_t begin = 0; begin < key.size();) {
            const std::size_t end = key.find(kKeySeparator, begin);
            group.keys.push_back(key.substr(begin, end - begin));
            begin = end + 1;
        }
        out.groups.push_back(std::move(group));
    }
}

base::Result<void> survey_csv(const base::Path& path, const SurveyRules& rules, const SurveyOptions& options,
                              Survey& out) {
    FLORIN_TRY_ASSIGN(ByteSource source, ByteSource::open(path));
    out.compression = source.compression();
    out.file_bytes = source.raw_bytes_all();
    CsvBlocks blocks(std::move(source), kBlockBytes, kRowBytesMax);
    CsvBlock first;
    FLORIN_TRY_ASSIGN(CsvHeader header, read_header(blocks, first));
    out.delimiter = header.delimiter;
    out.columns = header.names;
    const SurveyPlan plan(std::move(header.names), rules);
    std::vector<std::unique_ptr<SurveyReader>> owned;
    std::vector<CsvRowReader*> readers;
    for (int i = 0; i < std::max(options.threads, 1); ++i) {
        owned.push_back(std::make_unique<SurveyReader>(plan, out.delimiter, options.cell_bytes_max));
        readers.push_back(owned.back().get());
    }
    RowCounter counter;
    FLORIN_TRY(read_blocks(blocks, first, readers, options.progress, counter));
    ByteSource::Hashes hashes = blocks.source().hashes();
    out.sha256 = std::move(hashes.file);
    out.content_sha256 = std::move(hashes.content);
    out.rows = counter.rows;
    out.row_offsets.offsets = std::move(counter.offsets);
    std::vector<const SurveyTally*> tallies;
    for (const auto& reader : owned) {
        tallies.push_back(&reader->tally());
        out.longest_row_bytes = std::max(out.longest_row_bytes, reader->longest_row_bytes());
    }
    merge(tallies, out);
    return {};
}

base::Result<void> survey_json(const base::Path& path, const SurveyRules& rules, const SurveyOptions& options,
                               Survey& out) {
    FLORIN_TRY_ASSIGN(out.load_path, staged_path(options.staging_folder, path, ".csv"));
    FLORIN_TRY_ASSIGN(JsonLines lines, convert_json_lines(path, out.load_path, false, JsonObjects::kFlat));
    FLORIN_TRY(survey_csv(out.load_path, rules, options, out));
    out.sha256 = std::move(lines.sha256);
    out.content_sha256 = std::move(lines.content_sha256);
    out.file_bytes = lines.file_bytes;
    out.compression = lines.compression;
    out.row_offsets.offsets = std::move(lines.row_offsets);
    return {};
}

/// The engine does not read ZIP: it gets what is in it.
base::Result<void> survey_zip(const base::Path& path, const SurveyRules& rules, const SurveyOptions& options,
                              Survey& out) {
    FLORIN_TRY(survey_csv(path, rules, options, out));
    FLORIN_TRY_ASSIGN(out.load_path, staged_path(options.staging_folder, path, ".csv"));
    return unpack(path, out.load_path);
}

/// The pages are decoded by the engine, as there is no second decoder; cells are read and added up here.
base::Result<void> survey_parquet(const base::Path& path, const SurveyRules& rules, const SurveyOptions& options,
                                  Survey& out) {
    FLORIN_TRY_ASSIGN(out.sha256, lake::hash_of_file(path));
    out.content_sha256 = out.sha256;
    FLORIN_TRY_ASSIGN(out.file_bytes, base::file_size(path));
    FLORIN_TRY_ASSIGN(const auto engine, engine::open_duckdb({.threads = std::max(options.threads, 1),
                                                              .temporary_folder = options.staging_folder}));
    FLORIN_TRY_ASSIGN(const std::vector<TextColumn> columns, parquet_text_columns(*engine, path));
    for (const auto& [name, sql] : columns) {
        out.columns.push_back(name);
    }
    const SurveyPlan plan(out.columns, rules);
    std::vector<std::size_t> place(columns.size(), kNowhere);
    std::string list;
    std::size_t count = 0;
    const auto want = [&](std::size_t column) {
        if (column != kNowhere && place[column] == kNowhere) {
            place[column] = count++;
            list += (list.empty() ? "" : ", ") + columns[column].second;
        }
    };
    for (const auto& amount : plan.amounts) {
        want(amount.column);
        want(amount.otherwise);
        want(amount.unless_column);
        if (amount.price) {
            want(amount.price->column);
            std::ranges::for_each(amount.price->keys, want);
        }
    }
    for (const auto* wanted : {&plan.keys, &plan.required, &plan.instants, &plan.decimals}) {
        std::ranges::for_each(*wanted, want);
    }
    SurveyTally tally(plan);
    const auto read =
        engine->stream(fmt::format("SELECT {} FROM {}", list.empty() ? "1" : list, parquet_relation(path)),
                       [&](const std::vector<engine::Value>& values) -> base::Result<void> {
                           ++out.rows;
                           auto error = tally.take([&](std::size_t column) -> std::string_view {
                               const auto* text = std::get_if<std::string>(&values[place[column]]);
                               return text == nullptr ? std::string_view() : std::string_view(*text);
                           });
                           if (error) {
                               error->place.row = out.rows;
                               return std::move(*error);
                           }
                           return {};
                       });
    if (!read.ok()) {
        return read.error();
    }
    if (options.progress) {
        options.progress(out.file_bytes, out.file_bytes);
    }
    merge({&tally}, out);
    return {};
}

} // namespace

base::Result<Survey> survey(const FileHead& head, const SurveyRules& rules, const SurveyOptions& options) {
    const base::Path& path = head.path;
    Survey out;
    out.path = path;
    out.load_path = path;
    out.format = head.format;
    base::Result<void> read;
    switch (head.format) {
    case FileFormat::kParquet: read = survey_parquet(path, rules, options, out); break;
    case FileFormat::kJsonLines: read = survey_json(path, rules, options, out); break;
    case FileFormat::kCsv:
        read = head.compression == Compression::kZip ? survey_zip(path, rules, options, out)
                                                     : survey_csv(path, rules, options, out);
        break;
    }
    if (read.ok() && out.rows == 0) {
        read = base::data_error("csv.no_rows", "the file has a header and no rows")
                   .with_remedy("Remove the file if there is nothing to bill.");
    }
    if (!read.ok()) {
        return in_file(std::move(read).error(), path);
    }
    return out;
}

} // namespace florin::ingest
