#include "validate/validate.hpp"

#include "validate/bill.hpp"
#include "validate/column_checks.hpp"
#include "validate/group_checks.hpp"
#include "validate/row_evaluation.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace florin::validate {
namespace {

bool is_wanted(const Rule& rule, focus::Version version, const Options& options) {
    if (!applies(rule, version) || (options.binding_only && !is_binding(rule.keyword))) {
        return false;
    }
    return options.rules.empty() ||
           std::ranges::any_of(options.rules, [&](const std::string& text) { return is_named(rule, text); });
}

base::Result<void> check_options(const Options& options, focus::Version version) {
    if (version < focus::Version::k1_0 || version > focus::Version::k1_4) {
        return base::user_error("validate.version", fmt::format("there are no rules of FOCUS {}", focus::name(version)))
            .with_remedy("Choose a version from 1.0 to 1.4.");
    }
    for (const std::string& text : options.rules) {
        const bool known = std::ranges::any_of(
            rules(), [&](const Rule& rule) { return applies(rule, version) && is_named(rule, text); });
        if (!known) {
            return base::user_error("validate.unknown_rule",
                                    fmt::format("no rule of FOCUS {} is called {}", focus::name(version), text))
                .with_remedy("Give an id such as BilledCost-C-001-M, or its beginning: BilledCost.");
        }
    }
    for (const std::string& text : options.supports) {
        if (text != "ALL" && find_criterion(text) == nullptr) {
            return base::user_error("validate.unknown_criterion",
                                    fmt::format("no rule asks whether {} is supported", text))
                .with_remedy("The names are in docs/reference/rules.md; `all` stands for all of them.");
        }
    }
    return {};
}

/// Columns whose cells are texts in the files' own sense, where a placeholder can stand.
std::vector<std::string> text_columns(const Bill& bill) {
    std::vector<std::string> columns;
    for (const focus::Column& column : focus::columns(focus::Dataset::kCostAndUsage)) {
        if (bill.has(column.name) && column.type == focus::ColumnType::kString) {
            columns.push_back(column.name);
        }
    }
    return columns;
}

/// One validation on its way.
class Validation {
public:
    Validation(engine::Engine& engine, const Bill& bill, focus::Version version, const Options& options)
        : engine_(engine), bill_(bill), version_(version), options_(options), groups_(engine, bill, options) {}

    base::Result<std::vector<Finding>> run();

private:
    void take(const Rule& rule);
    void take_row_check(const Rule& rule, const std::string& column);
    base::Result<void> look_at_groups();
    void settle();
    Finding& add(const Rule& rule, const std::string& column) {
        findings_.push_back({.rule = &rule, .id = published_id(rule, version_), .column = column});
        return findings_.back();
    }

    engine::Engine& engine_;
    const Bill& bill_;
    focus::Version version_;
    const Options& options_;
    GroupChecks groups_;
    Derived derived_;
    std::vector<Finding> findings_;
    std::vector<RowTask> row_tasks_;
    std::vector<std::size_t> group_findings_;
};

void Validation::take_row_check(const Rule& rule, const std::string& column) {
    Finding& finding = add(rule, column);
    if (!rule.needs.empty() && bill_.has(column)) {
        finding.reason = unmet_criteria(rule, bill_, options_.supports);
        if (!finding.reason.empty()) {
            return;
        }
    }
    auto made = row_check(rule, column, bill_, derived_);
    if (auto* check = std::get_if<RowCheck>(&made)) {
        row_tasks_.push_back({.finding = findings_.size() - 1, .check = std::move(*check)});
    } else {
        finding.reason = std::get<std::string>(made);
    }
}

void Validation::take(const Rule& rule) {
    if (is_column_check(rule.check)) {
        check_columns(add(rule, rule.column), bill_, version_, options_.supports);
    } else if (rule.check == Check::kUnchecked) {
        add(rule, rule.column).reason = rule.parameter;
    } else if (!is_row_check(rule.check)) {
        add(rule, rule.column);
        group_findings_.push_back(findings_.size() - 1);
    } else if (rule.column != "*") {
        take_row_check(rule, rule.column);
    } else {
        for (const std::string& column : text_columns(bill_)) {
            take_row_check(rule, column);
        }
    }
}

base::Result<void> Validation::look_at_groups() {
    std::vector<SampleTask> samples;
    for (const std::size_t index : group_findings_) {
        Finding& finding = findings_[index];
        FLORIN_TRY_ASSIGN(GroupOutcome outcome, groups_.look_at(*finding.rule));
        finding.outcome = outcome.outcome;
        finding.reason = std::move(outcome.reason);
        finding.rows_in_scope = outcome.rows_in_scope;
        finding.rows = outcome.rows;
        finding.rounding_rows = outcome.rounding_rows;
        finding.details = std::move(outcome.details);
        for (const auto& [currency, sum] : outcome.billed_cost) {
            finding.billed_cost[currency] = sum.to_string();
        }
        outcome.first_rows.resize(std::min(outcome.first_rows.size(), options_.samples_max));
        samples.push_back(
            {.finding = index, .rows = std::move(outcome.first_rows), .columns = std::move(outcome.columns)});
    }
    return add_samples(engine_, bill_, samples, findings_);
}

/// What the counts mean for rules that do not simply fail.
void Validation::settle() {
    std::vector<Finding> settled;
    for (std::size_t i = 0; i < findings_.size();) {
        const Rule& rule = *findings_[i].rule;
        std::size_t end = i + 1;
        while (end < findings_.size() && findings_[end].rule == &rule) {
            ++end;
        }
        bool any = false;
        for (std::size_t one = i; one < end; ++one) {
            Finding& finding = findings_[one];
            if (rule.check == Check::kSuspectZero && finding.outcome == Outcome::kFail) {
                finding.outcome = Outcome::kSkipped;
                finding.reason = fmt::format(
                    "names differ in {} rows with a cost, which may be two names of one company", finding.rows);
                finding.rows = 0;
                finding.samples.clear();
                finding.billed_cost.clear();
            }
            if (rule.column != "*" || finding.outcome == Outcome::kFail) {
                settled.push_back(std::move(finding));
                any = true;
            }
        }
        if (!any) { // looked at in many columns, and nothing wrong in any of them
            Finding& finding = findings_[i];
            finding.column.clear();
            finding.outcome = Outcome::kPass;
            finding.reason.clear();
            finding.rows_in_scope = bill_.rows;
            settled.push_back(std::move(finding));
        }
        i = end;
    }
    findings_ = std::move(settled);
}

base::Result<std::vector<Finding>> Validation::run() {
    for (const Rule& rule : rules()) {
        if (is_wanted(rule, version_, options_)) {
            take(rule);
        }
    }
    FLORIN_TRY(evaluate_rows(engine_, bill_, derived_, row_tasks_, options_.samples_max, findings_));
    FLORIN_TRY(look_at_groups());
    settle();
    return std::move(findings_);
}

} // namespace

std::string_view name(Outcome outcome) {
    switch (outcome) {
    case Outcome::kPass: return "pass";
    case Outcome::kFail: return "fail";
    case Outcome::kSkipped: break;
    }
    return "skipped";
}

std::size_t Report::count(Outcome outcome) const {
    return static_cast<std::size_t>(std::ranges::count(findings, outcome, &Finding::outcome));
}

bool Report::has_binding_failure() const {
    return std::ranges::any_of(findings, [](const Finding& finding) {
        return finding.outcome == Outcome::kFail && is_binding(finding.rule->keyword);
    });
}

base::Result<Report> validate_files(engine::Engine& engine, const std::vector<base::Path>& files,
                                    const Options& options) {
    if (options.version) {
        FLORIN_TRY(check_options(options, *options.version)); // before anything is read
    }
    FLORIN_TRY_ASSIGN(const Bill bill, stage_bill(engine, files, options.temporary_folder, options.threads));
    Report report{.version = options.version.value_or(recognise(bill)),
                  .version_given = options.version.has_value(),
                  .files = {},
                  .rows = bill.rows,
                  .findings = {}};
    FLORIN_TRY(check_options(options, report.version));
    FLORIN_TRY(add_predicates(engine));
    FLORIN_TRY_ASSIGN(report.findings, Validation(engine, bill, report.version, options).run());
    for (const BillFile& file : bill.files) {
        report.files.push_back({.path = file.path.string(), .rows = file.rows});
    }
    return report;
}

} // namespace florin::validate
