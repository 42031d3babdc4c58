// The parts of a budget's file that are read alike wherever they stand.
#pragma once

#include "base/yaml_text.hpp"
#include "plan/budget.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace florin::plan {

/// Reads parts of one file. It must not outlive it.
class BudgetReader {
public:
    BudgetReader(const base::YamlText& file, const period::FiscalCalendar& calendar)
        : file_(file), calendar_(calendar) {}

    /// An amount as people write it: `1200000`, `1,200,000.50`, `-500`. Error `budget.bad_amount`.
    base::Result<money::Decimal> amount(const YAML::Node& node) const;
    /// `80%` or `80 %` as 0.8. Error `budget.bad_share`.
    base::Result<money::Decimal> share(const YAML::Node& node) const;
    /// Error `budget.bad_date`.
    base::Result<period::Day> day(const YAML::Node& map, const char* key, std::string_view of) const;
    /// A period that means the same on each day. Error `budget.bad_period`.
    base::Result<period::Period> fixed_period(const YAML::Node& node) const;
    /// A filter that can be read; as it was written. Errors `filter.*`, `budget.wrong_type`.
    base::Result<std::string> filter(const YAML::Node& map, const char* key) const;
    base::Result<std::vector<StepAmount>> step_amounts(const YAML::Node& node, const Budget& budget) const;
    base::Result<std::optional<Spread>> spread(const YAML::Node& map) const;
    base::Result<std::vector<Approval>> approvals(const YAML::Node& node) const;
    base::Result<std::vector<Amendment>> amendments(const YAML::Node& node, const Budget& budget) const;
    base::Result<std::vector<Threshold>> thresholds(const YAML::Node& node) const;
    base::Result<Baseline> baseline(const YAML::Node& node, const Budget& budget) const;

private:
    base::Result<void> list(const YAML::Node& node, std::string_view what) const;
    base::Result<Amendment> amendment(const YAML::Node& node, const Budget& budget) const;
    base::Result<Threshold> threshold(const YAML::Node& node) const;
    base::Result<BaselineRate> rate(const YAML::Node& node) const;

    const base::YamlText& file_;
    const period::FiscalCalendar& calendar_;
};

} // namespace florin::plan
