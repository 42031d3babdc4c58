// A month of Azure cost details as the two files of one export: what was billed (actual), and with the
// cost of reservations and savings plans where they were used (amortized).
#pragma once

#include "demo/company.hpp"
#include "demo/native/azure_fields.hpp"
#include "demo/native/native.hpp"
#include "demo/native/native_text.hpp"
#include "demo/native/native_truth.hpp"

#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace florin::demo {

/// The two files.
enum class AzureView : std::uint8_t { kActual, kAmortized };

class AzureMonth {
public:
    /// Without a truth it only counts.
    AzureMonth(const Company& company, const NativeOptions& options, bool customer, NativeTruth* truth);

    const period::Period& month() const { return month_; }
    std::uint64_t seed() const { return options_.seed; }
    std::uint64_t rows_wanted() const { return options_.rows; }
    /// A Microsoft Customer Agreement, billed in EUR and priced in USD.
    bool customer() const { return customer_; }
    /// Of the actual file.
    std::uint64_t rows() const { return files_[0].rows; }
    const SubAccount& subscription(std::string_view name) const;
    const Sku& sku(std::string_view id) const;
    std::string date(int day) const;

    /// Cells that all charges of a subscription have.
    AzureRow base_row(const SubAccount& subscription) const;
    /// The same for usage of a SKU; prices, but neither quantity nor cost.
    AzureRow usage_row(const SubAccount& subscription, const Sku& sku, std::string_view region) const;
    void set_day(AzureRow& row, int day) const;
    void set_tags(AzureRow& row, std::string_view json) const;
    /// Quantity, cost in pricing currency and at the market's price; the cost in the billing currency.
    Cost set_cost(AzureRow& row, base::int128 quantity, Cost cost, Cost payg) const;
    Cost to_billing(Cost cost) const;

    /// Into one file.
    void write(AzureView view, const AzureRow& row);
    /// Into both.
    void write_both(const AzureRow& row);
    void count(const AzureRow& row, std::string_view category, std::string_view team, const NativeCost& cost);
    void count_commitment(const std::string& id, const NativeCommitment& commitment);

    base::Result<std::vector<NativeFile>> write_all(std::uint64_t usage_rows,
                                                    const std::function<void(std::uint64_t)>& progress);
    std::uint64_t line_count() const { return lines_.size(); }

private:
    struct File {
        NativeFile written;
        std::uint64_t rows = 0;
        std::string run_id;
        std::optional<BillWriter> writer;
    };

    /// One a component, and each with two casings of the resource's id.
    std::vector<RowImage> line_images(const Line& line, AzureRow row) const;
    void write_usage_row(const RowImage& image, std::string_view date_text, std::string_view name,
                         std::int64_t quantity, Cost cost, Cost payg);
    void write_line(const Line& line, std::uint64_t rows);
    base::Path bucket() const { return customer_ ? "azure-mca" : "azure-ea"; }
    base::Result<void> open_files();
    base::Result<void> close_file(std::size_t view);

    const Company& company_;
    const NativeOptions& options_;
    period::Period month_;
    bool customer_;
    NativeTruth* truth_;
    std::span<const AzureColumn> columns_;
    std::array<File, 2> files_;
    std::vector<const Line*> lines_;
};

void add_azure_commitments(AzureMonth& month);
/// Marketplace, support, refund, rounding.
void add_azure_lumps(AzureMonth& month);
/// A number as the export writes it.
std::string azure_number(base::int128 units, int places);

base::Result<std::vector<NativeFile>> write_azure(const NativeOptions& options, bool customer, NativeTruth& truth,
                                                  const std::function<void(std::uint64_t)>& progress);

} // namespace florin::demo
