#include "ingest/inspection_repairs.hpp"

#include "base/check.hpp"

#include <yaml-cpp/yaml.h>

#include <vector>

namespace florin::embedded {
extern const std::string_view ingest_repairs;
} // namespace florin::embedded

namespace florin::ingest {

std::span<const RepairSpec> repairs() {
    static const std::vector<RepairSpec> specs = [] {
        std::vector<RepairSpec> all;
        for (const YAML::Node& node : YAML::Load(std::string(embedded::ingest_repairs))) {
            all.push_back({.id = node["id"].as<std::string>(),
                           .is_repair = node["kind"].as<std::string>() == "repair",
                           .what = node["what"].as<std::string>(),
                           .why = node["why"].as<std::string>(),
                           .example = node["example"].as<std::string>()});
        }
        FLORIN_CHECK(all.size() == kRuleCount, "repairs.yaml and Rule have the same length");
        return all;
    }();
    return specs;
}

Rule rule_of(period::InstantForm form) {
    switch (form) {
    case period::InstantForm::kIsoOffset: return Rule::kInstantOffset;
    case period::InstantForm::kIsoNoZone: return Rule::kInstantNoZone;
    case period::InstantForm::kSpaceSeparated: return Rule::kInstantSpaceSeparated;
    case period::InstantForm::kDateOnly: return Rule::kInstantDateOnly;
    case period::InstantForm::kUsShortDate: return Rule::kInstantUsShortDate;
    case period::InstantForm::kIsoUtc: break;
    }
    base::stop_for_bug("form != kIsoUtc", "FOCUS's own form needs no repair");
}

std::string_view id(Rule rule) {
    return repairs()[static_cast<std::size_t>(rule)].id;
}

std::string repairs_page() {
    std::string page =
        "# Repairs and oddities\n\n"
        "Generated from `src/ingest/repairs.yaml`; `FLORIN_UPDATE=1 build/release/bin/ingest_test` writes it.\n\n"
        "What bills do that FOCUS does not foresee. A repair is read as if it had been written as FOCUS\n"
        "asks; an oddity is kept as it is. Both are counted, with the money of the rows they\n"
        "touch, in the quality report of a delivery.\n";
    for (const bool is_repair : {true, false}) {
        page += is_repair ? "\n## Repairs\n" : "\n## Oddities\n";
        for (const RepairSpec& spec : repairs()) {
            if (spec.is_repair == is_repair) {
                page +=
                    "\n### " + spec.id + "\n" + spec.what + "\n\n" + spec.why + "\n\nExample: " + spec.example + "\n";
            }
        }
    }
    return page;
}

} // namespace florin::ingest
