#include "validate/column_checks.hpp"

#include "validate/formats.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace florin::validate {
namespace {

std::size_t character_count(std::string_view text) {
    return static_cast<std::size_t>(
        std::ranges::count_if(text, [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }));
}

/// The columns of a file that violate a rule on names.
std::vector<std::string> offenders(const Rule& rule, const std::vector<std::string>& columns, focus::Version version) {
    std::vector<std::string> found;
    bool custom_before = false;
    for (const std::string& column : columns) {
        const bool custom = is_custom_column(column, version);
        bool bad = false;
        switch (rule.check) {
        case Check::kColumnsPascal:
            bad = custom && !is_pascal_case(std::string_view(column).substr(column.starts_with("x_") ? 2 : 0));
            break;
        case Check::kColumnsLength: bad = character_count(column) > std::stoul(rule.parameter); break;
        case Check::kColumnsPrefix: bad = custom && !column.starts_with("x_"); break;
        default: bad = !custom && custom_before; break;
        }
        custom_before = custom_before || custom;
        if (bad) {
            found.push_back(column);
        }
    }
    return found;
}

std::string_view file_name(const BillFile& file) {
    const std::string_view path = file.path.native();
    return path.substr(path.rfind('/') + 1);
}

/// Names the first few.
std::string listed(const std::vector<std::string>& names) {
    constexpr std::size_t kNamed = 10;
    const std::vector<std::string> first(names.begin(),
                                         names.begin() + static_cast<std::ptrdiff_t>(std::min(names.size(), kNamed)));
    return fmt::format("{}{}", fmt::join(first, ", "),
                       names.size() > kNamed ? fmt::format(" and {} more", names.size() - kNamed) : "");
}

void add_detail(Finding& finding, std::string detail) {
    finding.outcome = Outcome::kFail;
    if (finding.details.size() < kDetailsMax) {
        finding.details.push_back(std::move(detail));
    }
}

void check_present(Finding& finding, const Bill& bill, const std::vector<std::string>& supports) {
    const Rule& rule = *finding.rule;
    std::vector<std::string> without;
    for (const BillFile& file : bill.files) {
        if (std::ranges::find(file.columns, rule.column) == file.columns.end()) {
            without.emplace_back(file_name(file));
        }
    }
    finding.outcome = Outcome::kPass;
    if (without.empty()) {
        return;
    }
    // A column that some of the files have shows that it belongs in all of them.
    if (without.size() == bill.files.size() && !rule.needs.empty()) {
        const std::string unmet = unmet_criteria(rule, bill, supports);
        if (!unmet.empty()) {
            finding.outcome = Outcome::kSkipped;
            finding.reason = unmet;
            return;
        }
    }
    add_detail(finding, bill.files.size() == 1 ? fmt::format("no column {}", rule.column)
                                               : fmt::format("no column {} in {} of {} files: {}", rule.column,
                                                             without.size(), bill.files.size(), listed(without)));
}

} // namespace

bool is_custom_column(std::string_view column, focus::Version version) {
    const focus::Column* known = focus::find_column(focus::Dataset::kCostAndUsage, column);
    return known == nullptr || known->introduced > version || (known->removed_in && *known->removed_in <= version);
}

std::string unmet_criteria(const Rule& rule, const Bill& bill, const std::vector<std::string>& supports) {
    for (const std::string& need : rule.needs) {
        const Criterion& criterion = *find_criterion(need);
        const bool told =
            std::ranges::any_of(supports, [&](const std::string& name) { return name == need || name == "ALL"; });
        const bool shown =
            std::ranges::any_of(criterion.evidence, [&](const std::string& column) { return bill.has(column); });
        if (!told && !shown) {
            return fmt::format("the file does not tell whether {} ({})", criterion.what, need);
        }
    }
    return {};
}

bool is_column_check(Check check) {
    return check == Check::kPresent || (check >= Check::kColumnsPascal && check <= Check::kColumnsOrder);
}

void check_columns(Finding& finding, const Bill& bill, focus::Version version,
                   const std::vector<std::string>& supports) {
    if (finding.rule->check == Check::kPresent) {
        check_present(finding, bill, supports);
        return;
    }
    finding.outcome = Outcome::kPass;
    for (const BillFile& file : bill.files) {
        const std::vector<std::string> found = offenders(*finding.rule, file.columns, version);
        if (!found.empty()) {
            add_detail(finding,
                       bill.files.size() == 1 ? listed(found) : fmt::format("{}: {}", file_name(file), listed(found)));
        }
    }
}

} // namespace florin::validate
