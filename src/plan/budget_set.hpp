// All budgets of a workspace: which stand below which, and what they come to together.
#pragma once

#include "plan/budget.hpp"

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace florin::plan {

/// A file of budgets: its name, as people know it, and its text.
struct BudgetText {
    std::string file;
    std::string text;
};

/// Budgets and the tree that they make.
class BudgetSet {
public:
    /// In order of their names. Errors of read_budget, and: `budget.twice` (two of one name), `budget.unknown_parent`
    /// (with the nearest name), `budget.cycle`, `budget.parent_mismatch` (another basis or currency than the parent, or
    /// a period that is not within the parent's; below one that rolls up: other steps), `budget.no_children` (it rolls
    /// up, and there is none below it).
    static base::Result<BudgetSet> read(std::span<const BudgetText> files, const period::FiscalCalendar& calendar);

    const std::vector<Budget>& budgets() const { return budgets_; }
    /// The budgets directly below one, by their index.
    const std::vector<std::size_t>& children(std::size_t index) const { return children_[index]; }
    /// Parents first, each followed by what is below it, by index: the order in which people read them.
    std::vector<std::size_t> in_tree_order() const;
    /// How many budgets stand above one.
    std::size_t level(std::size_t index) const;
    /// Error `budget.unknown`, with the nearest name.
    base::Result<std::size_t> find(std::string_view name) const;

private:
    base::Result<void> link();
    base::Result<void> check_cycles() const;
    base::Result<void> check_match(const Budget& child, const Budget& parent) const;
    void set_filters(std::size_t index);
    base::Error refused(const Budget& budget, std::string code, std::string message) const;

    std::vector<Budget> budgets_;
    std::vector<std::vector<std::size_t>> children_;
    std::vector<std::optional<std::size_t>> parents_;
};

/// What the budgets below one have beyond it.
struct Excess {
    std::string parent;
    std::optional<std::size_t> step; ///< of the parent; none: in the whole period
    money::Decimal amount;           ///< of the parent
    money::Decimal children;         ///< of the budgets below it, together
    friend bool operator==(const Excess&, const Excess&) = default;
};

/// The amounts of all budgets, as in `allotments` for those with an amount of their own (by index; none for those that
/// roll up): a budget that rolls up has the sum of those below it, step by step. Error `money.overflow`.
base::Result<std::vector<Allotment>> roll_up(const BudgetSet& set,
                                             std::span<const std::optional<Allotment>> allotments);

/// Where the budgets below one come to more than it has: in the whole period, else in steps that both have.
base::Result<std::vector<Excess>> find_excesses(const BudgetSet& set, std::span<const Allotment> allotments);

} // namespace florin::plan
