#include "ingest/inspection_tally.hpp"

#include "base/check.hpp"
#include "base/terminal_text.hpp"
#include "lake/storage.hpp"

#include <algorithm>

namespace florin::ingest {
namespace {

constexpr std::size_t kExampleBytesMax = 200;

std::size_t mix(std::size_t hash, std::uint64_t value) {
    return (hash ^ value) * 0x9E3779B97F4A7C15U;
}

std::uint64_t number(period::Instant instant) {
    return static_cast<std::uint64_t>(instant.time_since_epoch().count());
}

std::map<std::string, std::string> as_text(const std::map<std::string, ExactSum>& sums) {
    std::map<std::string, std::string> texts;
    for (const auto& [currency, sum] : sums) {
        texts[currency] = sum.to_string();
    }
    return texts;
}

/// Rows of one finding over all threads.
struct FindingTotal {
    std::uint64_t rows = 0;
    RowKey first;
    std::string example;
    std::map<std::string, ExactSum> billed;
};

FindingTotal add_up(const std::vector<Tally>& tallies, std::size_t slot) {
    FindingTotal total;
    for (const Tally& tally : tallies) {
        const FindingTally& part = tally.findings[slot];
        if (part.rows == 0) {
            continue;
        }
        if (total.rows == 0 || part.first < total.first) {
            total.first = part.first;
            total.example = part.example;
        }
        total.rows += part.rows;
        for (std::size_t i = 0; i < part.billed.size(); ++i) {
            if (part.billed[i]) {
                total.billed[tally.currencies.text(static_cast<std::uint32_t>(i))].add(*part.billed[i]);
            }
        }
    }
    return total;
}

void merge_groups(const std::vector<Tally>& tallies, Inspection& inspection) {
    std::map<GroupKey, GroupTally> groups;
    for (const Tally& tally : tallies) {
        for (const auto& [id, part] : tally.groups) {
            GroupTally& group = groups[{.currency = tally.currencies.text(id.currency),
                                        .provider = tally.providers.text(id.provider),
                                        .billing_period_start = id.start,
                                        .account = tally.accounts.text(id.account),
                                        .service = tally.services.text(id.service),
                                        .line_type = tally.line_types.text(id.line_type)}];
            group.rows += part.rows;
            for (std::size_t i = 0; i < lake::kCosts.size(); ++i) {
                group.sum[i].add(part.sum[i]);
                group.null_cells[i] += part.null_cells[i];
            }
        }
        for (const auto& [id, rows] : tally.scopes) {
            inspection.scopes[{tally.accounts.text(id.account), id.start, id.end}] += rows;
        }
    }
    for (const auto& [key, group] : groups) {
        GroupSums& sums = inspection.groups[key];
        sums.rows = group.rows;
        sums.null_cells = group.null_cells;
        inspection.rows += group.rows;
        for (std::size_t i = 0; i < lake::kCosts.size(); ++i) {
            sums.sum[i] = group.sum[i].to_string();
            sums.rounded_away[i] = group.sum[i].rounded_away();
        }
    }
}

std::map<std::string, std::string> billed_of_all(const std::vector<Tally>& tallies) {
    std::map<std::string, ExactSum> all;
    for (const Tally& tally : tallies) {
        for (const auto& [id, part] : tally.groups) {
            all[tally.currencies.text(id.currency)].add(part.sum[0]);
        }
    }
    return as_text(all);
}

/// Findings that the header alone tells: they touch every row and are first met in none.
void add_header_findings(const ColumnPlan& plan, const std::map<std::string, std::string>& billed,
                         Inspection& inspection) {
    const auto add = [&](Rule rule, const std::string& column, std::string example) {
        inspection.findings.push_back({.rule = std::string(id(rule)),
                                       .column = column,
                                       .rows = inspection.rows,
                                       .billed_cost = billed,
                                       .example = base::terminal_text(example, kExampleBytesMax)});
    };
    for (const ColumnUse& use : plan.uses) {
        if (use.kind == ColumnUse::Kind::kRecased) {
            add(Rule::kColumnNameCasing, use.lake_name, use.source_name);
        } else if (use.kind == ColumnUse::Kind::kRenamed) {
            add(Rule::kRenamedColumn, use.lake_name, use.source_name);
        } else if (use.kind == ColumnUse::Kind::kCustom && use.lake_name != use.source_name) {
            add(Rule::kCustomColumn, use.lake_name, use.source_name);
        }
    }
    if (has_google_tags(plan.uses)) {
        add(Rule::kGoogleTags, "Tags", {});
    }
    for (const std::string& name : plan.missing) {
        add(Rule::kMissingColumn, name, {});
    }
}

void merge_column_facts(const std::vector<Tally>& tallies, std::size_t column, ColumnUse& use) {
    const auto rows = [&](Rule rule) {
        std::uint64_t sum = 0;
        for (const Tally& tally : tallies) {
            sum += tally.findings[column * kRuleCount + static_cast<std::size_t>(rule)].rows;
        }
        return sum;
    };
    use.null_literals = rows(Rule::kNullLiteral);
    use.quoted_empty = rows(Rule::kQuotedEmpty);
    use.displayed_amounts = rows(Rule::kAmountAsDisplayed);
    use.rounded_cells = rows(Rule::kAmountRounded);
    for (const Tally& tally : tallies) {
        for (std::size_t form = 0; form < tally.instant_forms[column].size(); ++form) {
            if (const std::uint64_t count = tally.instant_forms[column][form]; count > 0) {
                use.instant_forms[static_cast<period::InstantForm>(form)] += count;
            }
        }
        use.value_repairs.insert(tally.value_repairs[column].begin(), tally.value_repairs[column].end());
    }
}

} // namespace

std::uint32_t TextIds::id(std::string_view text) {
    if (const auto place = ids_.find(text); place != ids_.end()) {
        return place->second;
    }
    const auto fresh = static_cast<std::uint32_t>(texts_.size());
    ids_.emplace(std::string(text), fresh);
    texts_.emplace_back(text);
    return fresh;
}

std::size_t IdHash::operator()(const GroupId& id) const {
    const std::uint64_t of_bill = (std::uint64_t{id.currency} << 32U) | id.provider;
    const std::uint64_t of_line = (std::uint64_t{id.service} << 32U) | id.line_type;
    return mix(mix(mix(mix(0, of_bill), id.account), of_line), number(id.start));
}

std::size_t IdHash::operator()(const ScopeId& id) const {
    return mix(mix(mix(0, id.account), number(id.start)), number(id.end));
}

void merge_tallies(const std::vector<Tally>& tallies, const ColumnPlan& plan,
                   const std::vector<std::uint64_t>& first_rows, Inspection& inspection) {
    merge_groups(tallies, inspection);
    inspection.columns = plan.uses;
    inspection.version = plan.version;
    for (std::size_t column = 0; column < plan.uses.size(); ++column) {
        merge_column_facts(tallies, column, inspection.columns[column]);
        for (std::size_t rule = 0; rule < kRuleCount; ++rule) {
            FindingTotal total = add_up(tallies, column * kRuleCount + rule);
            if (total.rows > 0) {
                FLORIN_CHECK(total.first.block < first_rows.size(), "a row of a block that was counted");
                inspection.findings.push_back({.rule = repairs()[rule].id,
                                               .column = plan.uses[column].lake_name,
                                               .rows = total.rows,
                                               .billed_cost = as_text(total.billed),
                                               .first_row = first_rows[total.first.block] + total.first.row,
                                               .example = base::terminal_text(total.example, kExampleBytesMax)});
            }
        }
    }
    add_header_findings(plan, billed_of_all(tallies), inspection);
    std::sort(inspection.findings.begin(), inspection.findings.end(), [](const Finding& a, const Finding& b) {
        return std::tie(a.rule, a.column) < std::tie(b.rule, b.column);
    });
    std::map<std::string, ExactSum> set_aside;
    for (const Tally& tally : tallies) {
        inspection.longest_row_bytes = std::max(inspection.longest_row_bytes, tally.longest_row_bytes);
        inspection.quarantined.unreadable_cost_rows += tally.set_aside_unreadable;
        for (const auto& [currency, sum] : tally.set_aside) {
            set_aside[currency].add(sum);
        }
    }
    inspection.quarantined.billed_cost = as_text(set_aside);
}

} // namespace florin::ingest
