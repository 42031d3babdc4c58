// The tables that files of rules name, each read once.
#pragma once

#include "allocate/lookup.hpp"
#include "allocate/rule_file.hpp"
#include "allocate/rule_file_reader.hpp"
#include "base/result.hpp"

#include <map>
#include <memory>
#include <string>
#include <tuple>

namespace florin::allocate {

/// Knows the CSV files of a set of rules. One thread at a time.
class RuleTables {
public:
    void add(const RuleText& file); ///< which must outlive this

    /// The table that `map[key]` names. `allocation.unknown_name` with the most similar file there is, or the errors of
    /// the table itself.
    base::Result<const CsvTable*> table(const RuleFileReader& reader, const YAML::Node& map, const char* key);
    /// Where the column is that `map[key]` names. `table.no_column` at its place in the rules.
    base::Result<std::size_t> column(const RuleFileReader& reader, const YAML::Node& map, const char* key,
                                     const CsvTable& table) const;
    /// The look-up that `map` describes by `table`, `key` and `value`.
    base::Result<std::shared_ptr<const LookupTable>> lookup(const RuleFileReader& reader, const YAML::Node& map);

private:
    std::map<std::string, const RuleText*> texts_;
    std::map<std::string, std::unique_ptr<const CsvTable>> tables_;
    std::map<std::tuple<std::string, std::size_t, std::size_t>, std::shared_ptr<const LookupTable>> lookups_;
};

} // namespace florin::allocate
