#include "allocate/rule_file.hpp"

#include "allocate/rule_file_dimension.hpp"
#include "allocate/rule_file_reader.hpp"
#include "allocate/rule_file_shared_cost.hpp"
#include "allocate/rule_file_tables.hpp"
#include "base/nearest.hpp"
#include "base/sha256.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>
#include <utility>

namespace florin::embedded {
extern const std::string_view rule_file_schema;
} // namespace florin::embedded

namespace florin::allocate {
namespace {

using base::Result;

std::vector<const RuleText*> by_name(std::span<const RuleText> files) {
    std::vector<const RuleText*> sorted;
    for (const RuleText& file : files) {
        sorted.push_back(&file);
    }
    std::ranges::sort(sorted, {}, [](const RuleText* file) -> const std::string& { return file->name; });
    return sorted;
}

/// A tree as it is written: names below names.
class TreeReader {
public:
    explicit TreeReader(const RuleFileReader& reader) : reader_(reader) {}

    Result<void> read(const YAML::Node& node, const std::string& parent, std::size_t level) {
        if (node.IsNull()) {
            return {}; // nothing below it
        }
        if (level > kHierarchyDepthMax) {
            return reader_.error("hierarchy.too_deep", fmt::format("more than {} levels", kHierarchyDepthMax),
                                 node.Mark());
        }
        if (node.IsScalar()) {
            return add(node, parent);
        }
        if (node.IsSequence()) {
            for (const YAML::Node& one : node) {
                FLORIN_TRY(one.IsScalar() ? add(one, parent) : read(one, parent, level));
            }
            return {};
        }
        for (const auto& entry : node) {
            FLORIN_TRY(add(entry.first, parent));
            FLORIN_TRY(read(entry.second, entry.first.Scalar(), level + 1));
        }
        return {};
    }

    std::vector<ParentEdge> take() { return std::move(edges_); }

private:
    Result<void> add(const YAML::Node& node, const std::string& parent) {
        FLORIN_TRY_ASSIGN(const std::string name, reader_.scalar(node, "a name"));
        const auto line = static_cast<std::uint64_t>(node.Mark().line) + 1;
        if (!seen_.insert(name).second) {
            return reader_.error("hierarchy.duplicate", fmt::format("`{}` is in the tree a second time", name),
                                 node.Mark());
        }
        edges_.push_back({name, parent, kAlways, line});
        return {};
    }

    const RuleFileReader& reader_;
    std::set<std::string> seen_;
    std::vector<ParentEdge> edges_;
};

Result<Hierarchy> hierarchy_of_table(const RuleFileReader& reader, const std::string& name, const YAML::Node& node,
                                     RuleTables& tables) {
    static constexpr std::array<std::string_view, 3> kKeys = {"file", "name", "parent"};
    FLORIN_TRY(reader.only_keys(node, kKeys, "a hierarchy's table"));
    FLORIN_TRY_ASSIGN(const CsvTable* table, tables.table(reader, node, "file"));
    FLORIN_TRY_ASSIGN(const std::size_t name_at, tables.column(reader, node, "name", *table));
    FLORIN_TRY_ASSIGN(const std::size_t parent_at, tables.column(reader, node, "parent", *table));
    std::vector<ParentEdge> edges;
    for (std::size_t row = 0; row < table->rows.size(); ++row) {
        const std::vector<std::string>& cells = table->rows[row];
        if (cells[name_at].empty()) {
            return base::data_error("table.no_key", "a row without a name")
                .at({.file = table->file, .row = row + 1, .column = table->columns[name_at]})
                .with_remedy("Name it, or take the row out.");
        }
        FLORIN_TRY_ASSIGN(const period::Period days, days_of_row(*table, row));
        edges.push_back({cells[name_at], cells[parent_at], days, row + 1});
    }
    return Hierarchy::make(name, table->file, std::move(edges));
}

Result<Hierarchy> read_hierarchy(const RuleFileReader& reader, RuleTables& tables) {
    static constexpr std::array<std::string_view, 4> kKeys = {"hierarchy", "description", "tree", "table"};
    const YAML::Node& root = reader.root();
    FLORIN_TRY(reader.only_keys(root, kKeys, "a hierarchy"));
    FLORIN_TRY_ASSIGN(const std::string name, reader.required_text(root, "hierarchy", "a hierarchy"));
    FLORIN_TRY(reader.text(root, "description"));
    if (root["tree"].IsDefined() == root["table"].IsDefined()) {
        return reader.error("allocation.missing_key", "a hierarchy has either a `tree` or a `table`", root.Mark());
    }
    if (root["table"]) {
        return hierarchy_of_table(reader, name, root["table"], tables);
    }
    TreeReader tree(reader);
    FLORIN_TRY(tree.read(root["tree"], "", 1));
    return Hierarchy::make(name, reader.file(), tree.take());
}

bool is_yaml(std::string_view name) {
    return name.ends_with(".yaml") || name.ends_with(".yml");
}

/// What a file is: the first of these keys that it has.
Result<std::string_view> kind_of(const RuleFileReader& reader) {
    for (const std::string_view kind : {"dimension", "hierarchy", "shared_costs"}) {
        if (reader.root().IsMap() && reader.root()[std::string(kind)]) {
            return kind;
        }
    }
    return reader
        .error("allocation.missing_key", "a file of rules has a `dimension`, a `hierarchy` or `shared_costs`",
               reader.root().Mark())
        .with_remedy("Begin with `dimension: NAME` for rules, with `hierarchy: NAME` for a tree, or with "
                     "`shared_costs: DIMENSION` for pools.");
}

const std::string& name_of(const Dimension& dimension) {
    return dimension.name;
}
const std::string& name_of(const Hierarchy& tree) {
    return tree.name();
}
const std::string& name_of(const SharedCost& shared) {
    return shared.dimension;
}

/// Sorted by name; two of one name are refused at the second file.
template <class Thing>
Result<void> sort_by_name(std::vector<std::pair<std::shared_ptr<const Thing>, const RuleFileReader*>>& things,
                          std::string_view kind, std::vector<std::shared_ptr<const Thing>>& sorted) {
    std::ranges::stable_sort(things, {}, [](const auto& one) -> const std::string& { return name_of(*one.first); });
    for (std::size_t i = 0; i < things.size(); ++i) {
        if (i > 0 && name_of(*things[i].first) == name_of(*things[i - 1].first)) {
            const RuleFileReader& second = *things[i].second;
            return second.error("allocation.twice",
                                fmt::format("the {} `{}` is in {} as well",
                                            kind == "shared_costs" ? "shared cost of" : kind, name_of(*things[i].first),
                                            things[i - 1].second->file()),
                                second.root()[std::string(kind)].Mark());
        }
        sorted.push_back(things[i].first);
    }
    return {};
}

template <class Thing>
std::shared_ptr<const Thing> find(const std::vector<std::shared_ptr<const Thing>>& things, std::string_view name) {
    const auto found =
        std::ranges::find(things, name, [](const auto& one) -> std::string_view { return name_of(*one); });
    return found == things.end() ? nullptr : *found;
}

} // namespace

std::shared_ptr<const Dimension> RuleSet::find_dimension(std::string_view name) const {
    return find(dimensions, name);
}

std::shared_ptr<const Hierarchy> RuleSet::find_hierarchy(std::string_view name) const {
    return find(hierarchies, name);
}

std::shared_ptr<const SharedCost> RuleSet::find_shared_cost(std::string_view dimension) const {
    return find(shared_costs, dimension);
}

Result<RuleSet> read_rule_set(std::span<const RuleText> files) {
    RuleTables tables;
    std::vector<std::unique_ptr<RuleFileReader>> readers;
    for (const RuleText* file : by_name(files)) {
        if (is_yaml(file->name)) {
            FLORIN_TRY_ASSIGN(RuleFileReader reader, RuleFileReader::open(file->text, file->name));
            readers.push_back(std::make_unique<RuleFileReader>(std::move(reader)));
        } else if (file->name.ends_with(".csv")) {
            tables.add(*file);
        }
    }
    std::vector<std::pair<std::shared_ptr<const Hierarchy>, const RuleFileReader*>> hierarchies;
    std::vector<const RuleFileReader*> dimension_files;
    std::vector<const RuleFileReader*> shared_cost_files;
    for (const auto& reader : readers) {
        FLORIN_TRY_ASSIGN(const std::string_view kind, kind_of(*reader));
        if (kind == "dimension") {
            dimension_files.push_back(reader.get());
            continue;
        }
        if (kind == "shared_costs") {
            shared_cost_files.push_back(reader.get());
            continue;
        }
        FLORIN_TRY_ASSIGN(Hierarchy tree, read_hierarchy(*reader, tables));
        hierarchies.emplace_back(std::make_shared<const Hierarchy>(std::move(tree)), reader.get());
    }
    if (dimension_files.size() > kDimensionsMax) {
        return dimension_files.back()->error("allocation.too_large",
                                             fmt::format("more than {} dimensions", kDimensionsMax),
                                             dimension_files.back()->root().Mark());
    }
    RuleSet set;
    FLORIN_TRY(sort_by_name(hierarchies, "hierarchy", set.hierarchies));
    std::vector<std::pair<std::shared_ptr<const Dimension>, const RuleFileReader*>> dimensions;
    for (const RuleFileReader* reader : dimension_files) {
        FLORIN_TRY_ASSIGN(Dimension dimension, read_dimension(*reader, tables, set));
        dimensions.emplace_back(std::make_shared<const Dimension>(std::move(dimension)), reader);
    }
    FLORIN_TRY(sort_by_name(dimensions, "dimension", set.dimensions));
    std::vector<std::pair<std::shared_ptr<const SharedCost>, const RuleFileReader*>> shared_costs;
    for (const RuleFileReader* reader : shared_cost_files) {
        FLORIN_TRY_ASSIGN(SharedCost shared, read_shared_cost(*reader, tables, set));
        shared_costs.emplace_back(std::make_shared<const SharedCost>(std::move(shared)), reader);
    }
    FLORIN_TRY(sort_by_name(shared_costs, "shared_costs", set.shared_costs));
    return set;
}

std::string hash_of(std::span<const RuleText> files) {
    base::Sha256 hash;
    for (const RuleText* file : by_name(files)) {
        hash.add(fmt::format("{} {}\n{}", file->name.size(), file->text.size(), file->name));
        hash.add(file->text);
    }
    return hash.finish();
}

std::string_view rule_file_schema() {
    return embedded::rule_file_schema;
}

} // namespace florin::allocate
