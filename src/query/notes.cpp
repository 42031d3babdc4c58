#include "query/notes.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>

namespace florin::query {
namespace {

std::string counted(std::uint64_t count, std::string_view one, std::string_view many) {
    return fmt::format("{} {}", count, count == 1 ? one : many);
}

/// Which cost is meant, where a measure's own name does not say it.
std::string basis_note(const Resolved& resolved) {
    std::vector<std::string> parts;
    for (const AskedMeasure& measure : resolved.measures) {
        const std::string_view basis = measure.measure->basis;
        if (basis != "none" && measure.name != fmt::format("{}_cost", basis)) {
            parts.push_back(fmt::format("{} is {}", measure.name, basis));
        }
    }
    return parts.empty() ? "" : fmt::format("Basis: {}.", fmt::join(parts, ", "));
}

std::string period_note(const Question& question) {
    const std::string_view kind = question.period_kind == PeriodKind::kBilling ? "billing period" : "charge period";
    return question.period ? fmt::format("Period: {} by {}.", period::to_string(*question.period), kind)
                           : fmt::format("Period: everything there is, by {}.", kind);
}

std::string source_note(const Sources& sources) {
    std::vector<std::string> parts;
    if (!sources.cells.empty()) {
        parts.push_back(fmt::format("the daily sums of {}", counted(sources.scopes_from_cells, "scope", "scopes")));
    }
    if (!sources.charges.empty()) {
        parts.push_back(fmt::format("the charges of {}", counted(sources.charges.size(), "scope", "scopes")));
    }
    return parts.empty() ? "Nothing was delivered for this period."
                         : fmt::format("Read from {}.", fmt::join(parts, " and "));
}

/// The costs the measures are made of.
std::set<std::string> costs_read(const Resolved& resolved) {
    std::set<std::string> costs;
    for (const Input& input : resolved.inputs) {
        costs.insert(input.of);
        costs.insert(input.known);
        if (input.of == lake::column::kCappedSavings) {
            costs.insert({"EffectiveCost", "ListCost"});
        }
    }
    return costs;
}

void add_missing_costs(const Resolved& resolved, const Sources& sources, std::vector<std::string>& notes) {
    const std::set<std::string> costs = costs_read(resolved);
    for (std::size_t i = 0; i < lake::kCosts.size(); ++i) {
        std::uint64_t lacking = 0;
        std::uint64_t rows = 0;
        for (const lake::FileSet* set : sources.all()) {
            lacking += set->null_costs.at(i);
            rows += set->charge_rows;
        }
        if (lacking != 0 && costs.contains(std::string(lake::kCosts.at(i)))) {
            notes.push_back(fmt::format("{} of {} in the bills read have no {}; they are not in figures that need it.",
                                        lacking, counted(rows, "charge", "charges"), lake::kCosts.at(i)));
        }
    }
}

std::string spread_note(const Resolved& resolved, const Sources& sources) {
    std::uint64_t charges = 0;
    for (const lake::FileSet* set : sources.all()) {
        charges += set->spread_charges;
    }
    const std::set<std::string> costs = costs_read(resolved);
    const bool spread_cost =
        costs.contains("EffectiveCost") || costs.contains("ListCost") || costs.contains("ContractedCost");
    if (charges == 0 || !sources.with_spread || !spread_cost) {
        return "";
    }
    const Question& question = resolved.question;
    const bool falls_on_days =
        question.period_kind == PeriodKind::kCharge && (question.period || question.grain != period::Grain::kNone);
    return fmt::format("{} in the bills read {} several days: effective, list and contracted cost are {}, "
                       "billed cost {} the first.",
                       counted(charges, "charge", "charges"), charges == 1 ? "spans" : "span",
                       falls_on_days ? "spread over these" : "converted at the rate of each",
                       falls_on_days ? "falls on" : "at that of");
}

} // namespace

std::vector<std::string> make_notes(const Resolved& resolved, const Sources& now, const Sources& before,
                                    const std::optional<period::Period>& period_before, std::uint64_t unpaired_steps) {
    std::vector<std::string> notes;
    if (std::string basis = basis_note(resolved); !basis.empty()) {
        notes.push_back(std::move(basis));
    }
    notes.push_back(period_note(resolved.question));
    if (period_before) {
        notes.push_back(fmt::format("Compared with {}.{}", period::to_string(*period_before),
                                    before.all().empty() ? " Nothing was delivered for it." : ""));
    }
    if (unpaired_steps != 0) {
        notes.push_back(fmt::format("{} of the period compared with {} no counterpart and {} in the totals only.",
                                    counted(unpaired_steps, "step", "steps"), unpaired_steps == 1 ? "has" : "have",
                                    unpaired_steps == 1 ? "is" : "are"));
    }
    notes.push_back(source_note(now));
    add_missing_costs(resolved, now, notes);
    notes.push_back(spread_note(resolved, now));
    std::erase(notes, std::string());
    return notes;
}

} // namespace florin::query
