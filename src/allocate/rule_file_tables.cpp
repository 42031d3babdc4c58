#include "allocate/rule_file_tables.hpp"

#include "base/nearest.hpp"

#include <fmt/format.h>

#include <utility>
#include <vector>

namespace florin::allocate {

using base::Result;

void RuleTables::add(const RuleText& file) {
    texts_.emplace(file.name, &file);
}

Result<const CsvTable*> RuleTables::table(const RuleFileReader& reader, const YAML::Node& map, const char* key) {
    FLORIN_TRY_ASSIGN(const std::string name, reader.required_text(map, key, "a look-up"));
    const auto known = texts_.find(name);
    if (known == texts_.end()) {
        std::vector<std::string_view> names;
        for (const auto& [each, text] : texts_) {
            names.push_back(each);
        }
        return reader.error("allocation.unknown_name", fmt::format("there is no table `{}`", name), map[key].Mark())
            .with_remedy(base::did_you_mean(name, names,
                                            names.empty() ? std::string("Put the CSV into the folder of the rules.")
                                                          : fmt::format("There are: {}.", fmt::join(names, ", "))));
    }
    std::unique_ptr<const CsvTable>& read = tables_[name];
    if (!read) {
        FLORIN_TRY_ASSIGN(CsvTable table, read_csv_table(known->second->text, name));
        read = std::make_unique<const CsvTable>(std::move(table));
    }
    return read.get();
}

Result<std::size_t> RuleTables::column(const RuleFileReader& reader, const YAML::Node& map, const char* key,
                                       const CsvTable& table) const {
    FLORIN_TRY_ASSIGN(const std::string name, reader.required_text(map, key, "a look-up"));
    const auto found = column_of(table, name);
    if (!found.ok()) {
        return reader
            .error(found.error().code, fmt::format("{}: {}", table.file, found.error().message), map[key].Mark())
            .with_remedy(found.error().remedy);
    }
    return *found;
}

Result<std::shared_ptr<const LookupTable>> RuleTables::lookup(const RuleFileReader& reader, const YAML::Node& map) {
    FLORIN_TRY_ASSIGN(const CsvTable* table, this->table(reader, map, "table"));
    FLORIN_TRY_ASSIGN(const std::size_t key_at, column(reader, map, "key", *table));
    FLORIN_TRY_ASSIGN(const std::size_t value_at, column(reader, map, "value", *table));
    std::shared_ptr<const LookupTable>& made = lookups_[{table->file, key_at, value_at}];
    if (!made) {
        FLORIN_TRY_ASSIGN(LookupTable lookup, LookupTable::make(*table, key_at, value_at));
        made = std::make_shared<const LookupTable>(std::move(lookup));
    }
    return made;
}

} // namespace florin::allocate
