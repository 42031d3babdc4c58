// A month of an AWS bill: usage, Savings Plans, Reserved Instances, fees, marketplace, tax, credits,
// refunds and split container costs, the same for both versions of the report.
#pragma once

#include "demo/company.hpp"
#include "demo/native/aws_fields.hpp"
#include "demo/native/aws_report.hpp"
#include "demo/native/native_truth.hpp"
#include "demo/native/usage_schedule.hpp"

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace florin::demo {

/// How AWS names what a SKU of the company is.
struct AwsProduct {
    std::string_view sku; ///< Sku::id
    std::string_view code;
    std::string_view family;
    std::string_view usage_type; ///< behind the region's prefix
    std::string_view operation;
    std::string_view instance_type;
    std::string_view unit;
};
const AwsProduct& aws_product(std::string_view sku);

/// A usage line before its rows are written.
struct AwsLine {
    AwsRow row;                   ///< without tags but the team
    std::vector<AwsImage> images; ///< one a component
};

/// What every part of the month writes to. Without a report it only counts.
class AwsMonth {
public:
    AwsMonth(const Company& company, const period::Period& month, std::uint64_t seed, bool hourly,
             std::uint64_t rows_wanted, AwsReport* report, NativeTruth* truth);

    const period::Period& month() const { return month_; }
    std::uint64_t seed() const { return seed_; }
    std::uint64_t rows_wanted() const { return rows_wanted_; }
    bool hourly() const { return hourly_; }
    std::uint64_t rows() const { return rows_; }
    /// Hours of a span, and the spans in the month.
    int span_hours() const { return hourly_ ? 1 : 24; }
    int spans() const { return month_.days() * 24 / span_hours(); }

    const SubAccount& account(std::string_view name) const;
    const Sku& sku(std::string_view id) const;
    /// Cells that all line items have.
    const AwsRow& base() const { return base_; }
    /// A line item of the SKU in an account and region.
    AwsRow usage_row(const SubAccount& account, const Sku& sku, std::string_view region) const;
    void set_account(AwsRow& row, const SubAccount& account) const;
    /// Hours are counted from the start of the month.
    void set_hours(AwsRow& row, int start, int end) const;
    /// The text of an hour, as in UsageStartDate.
    std::string_view hour_text(int hour) const;

    /// Writes the line item, and counts what it is in FOCUS.
    void add(AwsRow& row, std::string_view category, const NativeCost& cost);
    /// What FOCUS has and the report has not: counts only.
    void add_unused(const AwsRow& row, Cost effective);
    /// A line item that FOCUS does not have.
    void add_suppressed(AwsRow& row);
    void add_commitment(const std::string& id, const NativeCommitment& commitment);
    /// The next line item's id.
    std::string_view next_id();

    /// The usage lines of the estate, `rows` line items.
    void write_usage(std::uint64_t rows, const std::function<void(std::uint64_t)>& progress);
    std::uint64_t line_count() const { return lines_.size(); }

private:
    AwsLine prepare_line(const Line& line) const;
    void write_usage_row(const AwsLine& prepared, const Line& line, int start, const UsageSlot& slot,
                         std::int64_t quantity, Cost cost);
    void write_line(const Line& line, std::uint64_t rows, const std::function<void(std::uint64_t)>& progress);
    NativeDimensions dimensions(const AwsRow& row, std::string_view category) const;

    const Company& company_;
    period::Period month_;
    std::uint64_t seed_;
    bool hourly_;
    std::uint64_t rows_wanted_;
    AwsReport* report_;
    NativeTruth* truth_;
    AwsRow base_;
    std::vector<const Line*> lines_;
    std::string hour_texts_;
    std::string id_;
    std::uint64_t rows_ = 0;
};

/// Consumed units at list price, 10^-10 of USD.
std::int64_t aws_price(const Sku& sku);
/// A number as the report writes it.
std::string aws_number(base::int128 units, int places);
std::string aws_cost(Cost cost);

void add_savings_plans(AwsMonth& month);
void add_reserved_instances(AwsMonth& month);
/// Support, marketplace, tax, credits, refunds.
void add_fees(AwsMonth& month);
/// Containers' shares of instances: they repeat cost that is there already.
void add_split_costs(AwsMonth& month);

/// Writes the report; its files.
base::Result<std::vector<NativeFile>> write_aws(const NativeOptions& options, bool cur2, NativeTruth& truth,
                                                const std::function<void(std::uint64_t)>& progress);

} // namespace florin::demo
