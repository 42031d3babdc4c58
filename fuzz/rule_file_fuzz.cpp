// Any bytes as a file of rules, and as the table that rules look things up in: nothing crashes, errors have their codes
// and their file, and what is read gives each tuple an owner for which there is a reason.
#include "allocate/owners_of.hpp"
#include "allocate/owners_trace.hpp"
#include "allocate/rule_file.hpp"
#include "base/check.hpp"
#include "query/catalogue.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace {

using namespace florin;

constexpr std::string_view kRules =
    "dimension: team\nrules:\n- inherit: {table: t.csv, key: id, value: team, fields: service_name, hierarchy: h}\n";
constexpr std::string_view kTree = "hierarchy: h\ntable: {file: t.csv, name: id, parent: team}\n";
constexpr std::string_view kTable = "id,team,valid_from,valid_to\na,b,,2024-01-15\na,c,2024-01-16,\nb,,,\n";

void own(const std::shared_ptr<const allocate::Dimension>& dimension) {
    allocate::TupleTexts tuples;
    tuples.count = 4;
    for (const query::Field& field : allocate::fields_read(*dimension)) {
        allocate::TextColumnMaker maker;
        for (const std::optional<std::string_view> text : {std::optional<std::string_view>("a"), {}, {"b"}, {""}}) {
            maker.add(text);
        }
        tuples.columns.emplace(field, maker.finish());
    }
    const std::vector<allocate::InForce> history = {{allocate::kAlways.start, dimension}};
    const period::Day first = period::parse_day("2024-01-14").value();
    const allocate::Owners owners = owners_of(history, tuples, {{first, first + std::chrono::days(4)}, {}});
    for (std::size_t tuple = 0; tuple < tuples.count; ++tuple) {
        for (int day = 0; day < 4; ++day) {
            const period::Day on = first + std::chrono::days(day);
            const allocate::OwnerTrace trace = trace_owner(history, tuples, tuple, on);
            FLORIN_CHECK(trace.rule == owners.at(tuple, on).rule, "the rule of the trace is the owner's");
            FLORIN_CHECK(trace.value == owners.values[owners.at(tuple, on).value], "and so is the value");
        }
    }
    (void)allocate::misspellings(owners, history);
}

void read(const std::vector<allocate::RuleText>& files) {
    const base::Result<allocate::RuleSet> set = allocate::read_rule_set(files);
    if (!set.ok()) {
        const std::string& code = set.error().code;
        FLORIN_CHECK(code.starts_with("allocation.") || code.starts_with("filter.") || code.starts_with("table.") ||
                         code.starts_with("hierarchy."),
                     "the rules' own errors: " + code);
        FLORIN_CHECK(!set.error().place.file.empty(), "an error names its file");
        FLORIN_CHECK(!set.error().describe().empty(), "an error says something");
        return;
    }
    for (const auto& dimension : set->dimensions) {
        own(dimension);
    }
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string text(reinterpret_cast<const char*>(data), size);
    read({{"team.yaml", text}, {"t.csv", std::string(kTable)}});
    read({{"team.yaml", std::string(kRules)}, {"h.yaml", std::string(kTree)}, {"t.csv", text}});
    return 0;
}
