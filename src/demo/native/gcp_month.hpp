// A month of three Google Cloud billing accounts, each with another model of commitments: resource-based
// and legacy spend-based ones (fees and credits), and the consumption model (discounted prices and an
// offset of the fee). One file per account and export day.
#pragma once

#include "demo/company.hpp"
#include "demo/native/gcp_row.hpp"
#include "demo/native/native.hpp"
#include "demo/native/native_truth.hpp"
#include "demo/native/usage_schedule.hpp"

#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace florin::demo {

/// The month as Google Cloud invoices it: from midnight to midnight in the Pacific time zone.
class PacificMonth {
public:
    explicit PacificMonth(const period::Period& month);
    int days() const { return static_cast<int>(day_starts_.size()) - 1; }
    /// Hours from the start of the month at which a day starts; of the day after the last one, too.
    int day_start(int day) const { return day_starts_[static_cast<std::size_t>(day)]; }
    /// An hour, counted from the start of the month; a day beyond both ends is known, too.
    std::string_view text(int hour) const;
    /// YYYYMM; `offset` months later.
    std::string invoice_month(int offset) const;

private:
    period::Period month_;
    std::vector<int> day_starts_;
    std::vector<std::string> texts_;
};

inline constexpr int kGcpAccounts = 3;

class GcpMonth {
public:
    GcpMonth(const Company& company, const NativeOptions& options, bool writes, NativeTruth* truth);

    const Company& company() const { return company_; }
    const PacificMonth& time() const { return time_; }
    bool hourly() const { return hourly_; }
    std::uint64_t seed() const { return options_.seed; }
    std::uint64_t rows_wanted() const { return options_.rows; }
    std::uint64_t rows() const { return rows_; }
    const Sku& sku(std::string_view id) const;
    const SubAccount& project(std::string_view name) const;
    const std::string& account_id(int account) const { return accounts_[static_cast<std::size_t>(account)]; }

    /// A row of the account without amounts, of a project (or of none).
    GcpRow base_row(int account, const SubAccount* project) const;
    /// The same for usage of a SKU.
    GcpRow usage_row(int account, const SubAccount& project, const Sku& sku) const;
    void set_hours(GcpRow& row, int start, int end) const;
    NativeDimensions dimensions(const GcpRow& row, std::string_view category, std::string_view line_type,
                                std::string_view team) const;
    /// Into the file of the account's export day that is open.
    void write(GcpRow& row);
    void count(const NativeDimensions& dimensions, const NativeCost& cost);
    NativeTruth* truth() { return truth_; }

    /// All rows; `usage_rows` of them of the usage lines.
    base::Result<std::vector<NativeFile>> write_all(std::uint64_t usage_rows,
                                                    const std::function<void(std::uint64_t)>& progress);
    std::uint64_t line_count() const { return lines_.size(); }

private:
    struct UsageLine {
        const Line* line = nullptr;
        int account = 0;
        std::uint64_t rows = 0;
        std::vector<RowImage> images; ///< one a component
        GcpRow row;
        std::string team;
        Cost sum = 0;
        Cost credit_sum = 0;
        GcpCredit credit;
        int credit_parts = 0; ///< the credit is one part of so many of the cost; 0: none
    };

    void prepare_lines(std::uint64_t rows);
    void prepare_line(UsageLine& usage) const;
    void write_usage_day(UsageLine& usage, int day, bool late);
    void count_line(const UsageLine& usage);
    base::Result<void> open_file(int account, int export_day);
    base::Result<void> close_file();

    const NativeOptions& options_;
    const Company& company_;
    PacificMonth time_;
    bool hourly_;
    bool writes_;
    NativeTruth* truth_;
    std::array<std::string, kGcpAccounts> accounts_;
    std::vector<UsageLine> lines_;
    std::optional<BillWriter> file_;
    std::vector<NativeFile> files_;
    std::string export_time_;
    std::uint64_t rows_ = 0;
};

/// The commitments of an account on a day of the month: fees, covered usage, what was not used.
class GcpCommitments {
public:
    explicit GcpCommitments(GcpMonth& month);
    void write_day(int account, int day);
    /// What became of them, into the truth.
    void count();

private:
    struct Model;
    void write_span(Model& model, int start, int hours);
    void write_fee(Model& model, int start, int hours, Cost used, Cost offset);
    GcpMonth& month_;
    std::vector<Model> models_;

public:
    GcpCommitments(const GcpCommitments&) = delete;
    GcpCommitments& operator=(const GcpCommitments&) = delete;
    ~GcpCommitments();
};

/// Support, marketplace, adjustment, tax and rounding at the end of the month, late and early rows.
void write_gcp_lumps(GcpMonth& month, int account);

base::Result<std::vector<NativeFile>> write_gcp(const NativeOptions& options, NativeTruth& truth,
                                                const std::function<void(std::uint64_t)>& progress);

} // namespace florin::demo
