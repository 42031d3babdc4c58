#include "allocate/owners_sources.hpp"

#include <algorithm>
#include <limits>
#include <utility>

namespace florin::allocate {
namespace {

constexpr std::uint32_t kUnknown = std::numeric_limits<std::uint32_t>::max();
constexpr std::uint32_t kNone = kUnknown;

using Numbers = std::vector<std::uint32_t>;
using NumbersPtr = std::shared_ptr<const Numbers>;

/// What `of` finds of each text, behind `numbers`.
template <class Of>
NumbersPtr numbers_in(const Of& of, std::span<const std::string> texts, Numbers numbers) {
    for (const std::string& text : texts) {
        numbers.push_back(of.find(text).value_or(kNone));
    }
    return std::make_shared<const Numbers>(std::move(numbers));
}

class BoundConstant final : public BoundSource {
public:
    explicit BoundConstant(std::uint32_t value) : value_(value) {}
    void values(std::size_t, const period::Period& days, std::vector<DatedValue>& found) override {
        found.push_back({days, value_});
    }
    std::uint32_t constant() const override { return value_; }

private:
    std::uint32_t value_;
};

/// A value for each text of a column, computed when it is first asked for.
class ColumnValues {
public:
    ColumnValues(const TextColumn& column, const Normaliser& normaliser, ValueNumbers& numbers,
                 std::shared_ptr<Numbers> memory)
        : column_(column), normaliser_(normaliser), numbers_(numbers), memory_(std::move(memory)) {}

    /// `part` takes the part of a text that is meant, or nothing. 0: no value.
    template <class Part>
    std::uint32_t value(std::size_t tuple, const Part& part) {
        const std::uint32_t code = column_.codes[tuple];
        if (code == 0) {
            return 0;
        }
        if (memory_ == nullptr) {
            return compute(code, part);
        }
        std::uint32_t& remembered = (*memory_)[code];
        if (remembered == kUnknown) {
            remembered = compute(code, part);
        }
        return remembered;
    }

private:
    template <class Part>
    std::uint32_t compute(std::uint32_t code, const Part& part) {
        const std::optional<std::string_view> text = part(column_.texts[code - 1]);
        const std::optional<std::string> value = text ? normaliser_.apply(*text) : std::nullopt;
        return value ? numbers_.number(*value) : 0;
    }

    const TextColumn& column_;
    const Normaliser& normaliser_;
    ValueNumbers& numbers_;
    std::shared_ptr<Numbers> memory_; ///< by code; null: none is kept
};

class BoundFields final : public BoundSource {
public:
    explicit BoundFields(std::vector<ColumnValues> columns) : columns_(std::move(columns)) {}
    void values(std::size_t tuple, const period::Period& days, std::vector<DatedValue>& found) override {
        const auto whole = [](const std::string& text) { return std::optional<std::string_view>(text); };
        for (ColumnValues& column : columns_) {
            if (const std::uint32_t value = column.value(tuple, whole); value != 0) {
                found.push_back({days, value});
                return;
            }
        }
    }

private:
    std::vector<ColumnValues> columns_;
};

class BoundCapture final : public BoundSource {
public:
    BoundCapture(ColumnValues column, const query::LikePattern& pattern)
        : column_(std::move(column)), pattern_(pattern) {}
    void values(std::size_t tuple, const period::Period& days, std::vector<DatedValue>& found) override {
        const auto part = [this](const std::string& text) { return pattern_.capture(text); };
        if (const std::uint32_t value = column_.value(tuple, part); value != 0) {
            found.push_back({days, value});
        }
    }

private:
    ColumnValues column_;
    const query::LikePattern& pattern_;
};

/// What a table says, key by key; then up the tree from the last key.
class BoundTable final : public BoundSource {
public:
    struct Key {
        const TextColumn* column = nullptr;
        NumbersPtr keys; ///< by code: the table's key
    };
    struct Climb {
        const Hierarchy* tree = nullptr;
        NumbersPtr nodes; ///< by code of the last key's column
        NumbersPtr keys;  ///< by node: the table's key
    };
    BoundTable(const LookupTable& table, NumbersPtr entry_values, std::vector<Key> keys, Climb climb)
        : table_(table), entry_values_(std::move(entry_values)), keys_(std::move(keys)), climb_(std::move(climb)) {}

    void values(std::size_t tuple, const period::Period& days, std::vector<DatedValue>& found) override {
        from_keys(tuple, 0, days, found);
    }

private:
    /// Hands the days of `days` on which `key` has no value to `rest`, and appends the values of the others.
    template <class Rest>
    void look_up(std::uint32_t key, const period::Period& days, std::vector<DatedValue>& found, const Rest& rest) {
        period::Day open = days.start;
        if (key != kNone) {
            std::size_t entry = table_.first_entry(key);
            for (const LookupTable::Entry& each : table_.of(key)) {
                const std::uint32_t value = (*entry_values_)[entry++];
                const period::Period both = overlap(each.days, days);
                if (value == 0 || both.start >= both.end) {
                    continue;
                }
                if (open < both.start) {
                    rest(period::Period{open, both.start});
                }
                found.push_back({both, value});
                open = both.end;
            }
        }
        if (open < days.end) {
            rest(period::Period{open, days.end});
        }
    }

    void from_keys(std::size_t tuple, std::size_t index, const period::Period& days, std::vector<DatedValue>& found) {
        const Key& key = keys_[index];
        const std::uint32_t code = key.column->codes[tuple];
        look_up((*key.keys)[code], days, found, [&](const period::Period& rest) {
            if (index + 1 < keys_.size()) {
                from_keys(tuple, index + 1, rest, found);
            } else if (climb_.tree != nullptr && (*climb_.nodes)[code] != kNone) {
                from_parents((*climb_.nodes)[code], rest, found);
            }
        });
    }

    void from_parents(std::uint32_t node, const period::Period& days, std::vector<DatedValue>& found) {
        for (const Hierarchy::Parent& parent : climb_.tree->parents(node)) {
            const period::Period both = overlap(parent.days, days);
            if (both.start < both.end) {
                look_up((*climb_.keys)[parent.node], both, found,
                        [&](const period::Period& rest) { from_parents(parent.node, rest, found); });
            }
        }
    }

    const LookupTable& table_;
    NumbersPtr entry_values_;
    std::vector<Key> keys_;
    Climb climb_;
};

} // namespace

std::uint32_t ValueNumbers::number(const std::string& value) {
    const auto [found, is_new] = numbers_.try_emplace(value, static_cast<std::uint32_t>(names_.size()));
    if (is_new) {
        names_.push_back(value);
    }
    return found->second;
}

std::shared_ptr<SourceBinder::CodeValues> SourceBinder::code_values(const query::Field& field,
                                                                    const Normaliser& normaliser) {
    const TextColumn& of = tuples_.column(field);
    if (!is_worth_remembering(of)) {
        return nullptr;
    }
    std::shared_ptr<CodeValues>& made = code_values_[{field, &normaliser}];
    if (!made) {
        made = std::make_shared<CodeValues>(of.texts.size() + 1, kUnknown);
    }
    return made;
}

NumbersPtr SourceBinder::code_keys(const query::Field& field, const LookupTable& table) {
    NumbersPtr& made = by_code_[{field, &table}];
    return made ? made : made = numbers_in(table, tuples_.column(field).texts, {kNone});
}

NumbersPtr SourceBinder::code_nodes(const query::Field& field, const Hierarchy& tree) {
    NumbersPtr& made = by_code_[{field, &tree}];
    return made ? made : made = numbers_in(tree, tuples_.column(field).texts, {kNone});
}

NumbersPtr SourceBinder::node_keys(const Hierarchy& tree, const LookupTable& table) {
    NumbersPtr& made = by_entry_[{&tree, &table}];
    return made ? made : made = numbers_in(table, tree.names(), {});
}

NumbersPtr SourceBinder::entry_values(const LookupTable& table, const Normaliser& normaliser) {
    NumbersPtr& made = by_entry_[{&normaliser, &table}];
    if (!made) {
        Numbers values;
        for (const LookupTable::Entry& entry : table.entries()) {
            const std::optional<std::string> value = normaliser.apply(entry.value);
            values.push_back(value ? numbers_.number(*value) : 0);
        }
        made = std::make_shared<const Numbers>(std::move(values));
    }
    return made;
}

/// One overload for each kind of source.
struct SourceBinder::Binding {
    SourceBinder& binder;
    const Normaliser& normaliser;

    ColumnValues column_values(const query::Field& field, std::shared_ptr<Numbers> memory) const {
        return {binder.tuples_.column(field), normaliser, binder.numbers_, std::move(memory)};
    }
    std::unique_ptr<BoundSource> operator()(const ConstantSource& source) const {
        return std::make_unique<BoundConstant>(binder.numbers_.number(source.value));
    }
    std::unique_ptr<BoundSource> operator()(const FieldSource& source) const {
        std::vector<ColumnValues> columns;
        for (const query::Field& field : source.fields) {
            columns.push_back(column_values(field, binder.code_values(field, normaliser)));
        }
        return std::make_unique<BoundFields>(std::move(columns));
    }
    std::unique_ptr<BoundSource> operator()(const CaptureSource& source) const {
        const TextColumn& column = binder.tuples_.column(source.field);
        auto memory =
            is_worth_remembering(column) ? std::make_shared<Numbers>(column.texts.size() + 1, kUnknown) : nullptr;
        return std::make_unique<BoundCapture>(column_values(source.field, std::move(memory)), source.pattern);
    }
    std::unique_ptr<BoundSource> operator()(const TableSource& source) const {
        std::vector<BoundTable::Key> keys;
        for (const query::Field& field : source.fields) {
            keys.push_back({&binder.tuples_.column(field), binder.code_keys(field, *source.table)});
        }
        BoundTable::Climb climb;
        if (source.parents) {
            climb = {source.parents.get(), binder.code_nodes(source.fields.back(), *source.parents),
                     binder.node_keys(*source.parents, *source.table)};
        }
        return std::make_unique<BoundTable>(*source.table, binder.entry_values(*source.table, normaliser),
                                            std::move(keys), std::move(climb));
    }
};

std::unique_ptr<BoundSource> SourceBinder::bind(const ValueSource& source, const Normaliser& normaliser) {
    return std::visit(Binding{*this, normaliser}, source);
}

} // namespace florin::allocate
