#include "focus/focus.hpp"

#include "base/check.hpp"
#include "base/terminal_text.hpp"

#include <algorithm>
#include <array>
#include <unordered_map>
#include <utility>

namespace florin::embedded {
extern const std::string_view focus_columns;
extern const std::string_view focus_values;
} // namespace florin::embedded

namespace florin::focus {
namespace {

constexpr std::array<std::string_view, 7> kVersionNames = {"0.5", "1.0-preview", "1.0", "1.1", "1.2", "1.3", "1.4"};
constexpr std::array<std::string_view, 4> kDatasetNames = {"CostAndUsage", "ContractCommitment", "InvoiceDetail",
                                                           "BillingPeriod"};
constexpr std::array<std::string_view, 4> kTypeNames = {"string", "decimal", "instant", "json"};
constexpr std::array<std::string_view, 3> kLevelNames = {"mandatory", "conditional", "recommended"};
constexpr std::array<std::string_view, 10> kFormatNames = {
    "any", "decimal", "non_negative", "instant", "allowed", "currency", "unit", "key_value", "json_object", "pattern"};
constexpr std::array<std::string_view, 2> kBooleanNames = {"no", "yes"};

std::vector<std::string_view> split(std::string_view text, char separator) {
    std::vector<std::string_view> parts;
    while (true) {
        const std::size_t end = text.find(separator);
        parts.push_back(text.substr(0, end));
        if (end == std::string_view::npos) {
            return parts;
        }
        text.remove_prefix(end + 1);
    }
}

/// The rows of an embedded table: lines that are not comments, cells between tabs, the first line
/// naming the columns, a hyphen for nothing.
class Table {
public:
    Table(std::string_view text, std::string_view header) : header_(split(header, ' ')) {
        bool is_header = true;
        for (const std::string_view line : split(text, '\n')) {
            if (line.empty() || line.front() == '#') {
                continue;
            }
            std::vector<std::string_view> cells = split(line, '\t');
            FLORIN_CHECK(cells.size() == header_.size(), "cells in the line: " + std::string(line));
            if (is_header) {
                FLORIN_CHECK(cells == header_, "columns in the line: " + std::string(line));
                is_header = false;
                continue;
            }
            std::replace(cells.begin(), cells.end(), std::string_view("-"), std::string_view());
            rows_.push_back(std::move(cells));
        }
        FLORIN_CHECK(!rows_.empty(), "the table is empty");
    }

    std::size_t row_count() const { return rows_.size(); }

    std::string_view cell(std::size_t row, std::string_view column) const {
        const auto place = std::find(header_.begin(), header_.end(), column);
        FLORIN_CHECK(place != header_.end(), "no column " + std::string(column));
        return rows_[row][static_cast<std::size_t>(place - header_.begin())];
    }

private:
    std::vector<std::string_view> header_;
    std::vector<std::vector<std::string_view>> rows_;
};

template <class Enum, std::size_t kCount>
Enum named(const std::array<std::string_view, kCount>& names, std::string_view text) {
    const auto place = std::find(names.begin(), names.end(), text);
    FLORIN_CHECK(place != names.end(), "unknown word in the specification: " + std::string(text));
    return static_cast<Enum>(place - names.begin());
}

std::vector<std::string> words(std::string_view text) {
    std::vector<std::string> list;
    if (!text.empty()) {
        for (const std::string_view part : split(text, '|')) {
            list.emplace_back(part);
        }
    }
    return list;
}

bool equal_ignoring_case(std::string_view left, std::string_view right) {
    const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; };
    return std::equal(left.begin(), left.end(), right.begin(), right.end(),
                      [&](char a, char b) { return lower(a) == lower(b); });
}

struct RenamedValue {
    std::string column;
    std::string from;
    std::string to;
};

/// What the two specification files say. Made once; read by any thread.
struct Specification {
    std::array<std::vector<Column>, kDatasetNames.size()> columns;
    std::vector<RenamedValue> renamed_values;
    std::unordered_map<std::string_view, std::string_view> parents;
};

Column read_column(const Table& table, std::size_t row) {
    Column column;
    column.dataset = named<Dataset>(kDatasetNames, table.cell(row, "dataset"));
    column.name = table.cell(row, "column");
    column.type = named<ColumnType>(kTypeNames, table.cell(row, "type"));
    column.level = named<Level>(kLevelNames, table.cell(row, "level"));
    column.allows_nulls = named<bool>(kBooleanNames, table.cell(row, "nulls"));
    column.format = named<ValueFormat>(kFormatNames, table.cell(row, "format"));
    column.allowed_values = words(table.cell(row, "allowed"));
    column.introduced = named<Version>(kVersionNames, table.cell(row, "introduced"));
    if (const std::string_view removed = table.cell(row, "removed"); !removed.empty()) {
        column.removed_in = named<Version>(kVersionNames, removed);
        FLORIN_CHECK(column.introduced < *column.removed_in, column.name);
    }
    column.former_names = words(table.cell(row, "former"));
    column.is_quantity = table.cell(row, "quantity") == "yes";
    column.condition = table.cell(row, "condition");
    FLORIN_CHECK(!column.name.empty(), "a column without a name");
    FLORIN_CHECK((column.format == ValueFormat::kAllowedValues) == !column.allowed_values.empty(), column.name);
    FLORIN_CHECK(!column.is_quantity || column.type == ColumnType::kDecimal, column.name);
    return column;
}

Specification read_specification() {
    Specification specification;
    const Table columns(embedded::focus_columns, "dataset column type level nulls format allowed introduced removed "
                                                 "former quantity condition source");
    for (std::size_t row = 0; row < columns.row_count(); ++row) {
        Column column = read_column(columns, row);
        auto& list = specification.columns[static_cast<std::size_t>(column.dataset)];
        FLORIN_CHECK(list.empty() || list.back().name < column.name, "out of order: " + column.name);
        list.push_back(std::move(column));
    }
    const Table values(embedded::focus_values, "kind column from to source");
    for (std::size_t row = 0; row < values.row_count(); ++row) {
        const std::string_view from = values.cell(row, "from");
        const std::string_view to = values.cell(row, "to");
        if (values.cell(row, "kind") == "renamed") {
            specification.renamed_values.push_back(
                {std::string(values.cell(row, "column")), std::string(from), std::string(to)});
        } else {
            FLORIN_CHECK(values.cell(row, "kind") == "parent", "unknown kind");
            FLORIN_CHECK(specification.parents.emplace(from, to).second, "two parents: " + std::string(from));
        }
    }
    return specification;
}

const Specification& specification() {
    static const Specification kSpecification = read_specification();
    return kSpecification;
}

bool is_former_name(const Column& column, std::string_view name) {
    return std::find(column.former_names.begin(), column.former_names.end(), name) != column.former_names.end();
}

} // namespace

std::string_view name(Version version) {
    return kVersionNames[static_cast<std::size_t>(version)];
}

base::Result<Version> parse_version(std::string_view text) {
    const auto place = std::find(kVersionNames.begin(), kVersionNames.end(), text);
    if (place == kVersionNames.end()) {
        return base::user_error("focus.unknown_version",
                                "not a FOCUS version that is known here: " + base::terminal_text(text, 40))
            .with_remedy("known are 0.5, 1.0-preview, 1.0, 1.1, 1.2, 1.3 and 1.4");
    }
    return static_cast<Version>(place - kVersionNames.begin());
}

std::string_view name(Dataset dataset) {
    return kDatasetNames[static_cast<std::size_t>(dataset)];
}

std::span<const Column> columns(Dataset dataset) {
    return specification().columns[static_cast<std::size_t>(dataset)];
}

const Column* find_column(Dataset dataset, std::string_view name) {
    const std::span<const Column> all = columns(dataset);
    const auto place = std::lower_bound(all.begin(), all.end(), name,
                                        [](const Column& column, std::string_view key) { return column.name < key; });
    return place != all.end() && place->name == name ? &*place : nullptr;
}

ColumnMatch match_column(Dataset dataset, std::string_view name) {
    if (const Column* column = find_column(dataset, name)) {
        return {ColumnMatch::Kind::kExact, column};
    }
    const std::span<const Column> all = columns(dataset);
    const auto renamed =
        std::find_if(all.begin(), all.end(), [&](const Column& column) { return is_former_name(column, name); });
    if (renamed != all.end()) {
        return {ColumnMatch::Kind::kRenamed, &*renamed};
    }
    const auto recased = std::find_if(all.begin(), all.end(),
                                      [&](const Column& column) { return equal_ignoring_case(column.name, name); });
    if (recased != all.end()) {
        return {ColumnMatch::Kind::kRecased, &*recased};
    }
    return {};
}

Version recognise_version(std::span<const std::string> header) {
    std::vector<const Column*> used;
    std::vector<const Column*> used_by_former_name;
    for (const std::string& field : header) {
        const ColumnMatch match = match_column(Dataset::kCostAndUsage, field);
        if (match.kind == ColumnMatch::Kind::kRenamed) {
            used_by_former_name.push_back(match.column);
        } else if (match.column != nullptr) {
            used.push_back(match.column);
        }
    }
    // A file that has today's name as well uses the former one for something of its own.
    for (const Column* column : used_by_former_name) {
        if (std::find(used.begin(), used.end(), column) == used.end()) {
            return Version::k1_0_preview;
        }
    }
    // A version knows what was introduced up to it. One that knows all the columns is therefore never older than
    // the newest of them, and where a column was removed again, so that none knows all, that newest one decides too.
    Version newest = Version::k1_0_preview;
    for (const Column* column : used) {
        newest = std::max(newest, column->introduced);
    }
    return newest;
}

ValueMatch match_value(const Column& column, std::string_view value) {
    FLORIN_CHECK(column.format == ValueFormat::kAllowedValues, column.name + " has no allowed values");
    for (const std::string& allowed : column.allowed_values) {
        if (allowed == value) {
            return {ValueMatch::Kind::kAllowed, allowed};
        }
    }
    for (const RenamedValue& renamed : specification().renamed_values) {
        if (renamed.column == column.name && renamed.from == value) {
            return {ValueMatch::Kind::kRenamed, renamed.to};
        }
    }
    for (const std::string& allowed : column.allowed_values) {
        if (equal_ignoring_case(allowed, value)) {
            return {ValueMatch::Kind::kRecased, allowed};
        }
    }
    return {};
}

std::string_view parent_category(std::string_view service_subcategory) {
    const auto place = specification().parents.find(service_subcategory);
    return place == specification().parents.end() ? std::string_view() : place->second;
}

std::string custom_name(std::string_view source_name) {
    constexpr std::string_view kPrefix = "x_";
    return source_name.starts_with(kPrefix) ? std::string(source_name)
                                            : std::string(kPrefix) + std::string(source_name);
}

} // namespace florin::focus
