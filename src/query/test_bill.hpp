// Bills for tests: charges as values, written to Parquet in the shapes of the storage contract.
#pragma once

#include "engine/engine.hpp"
#include "lake/storage.hpp"
#include "money/decimal.hpp"
#include "period/period.hpp"

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace florin::query::test {

/// One charge. Text columns by FOCUS name; what is missing is null.
struct Charge {
    std::map<std::string, std::string> text;
    std::map<std::string, std::string> tags;
    std::map<std::string, std::string> custom; ///< names with x_
    std::optional<money::Decimal> billed, effective, list, contracted, effective_in_pricing_currency;
    std::optional<money::Quantity> consumed, priced, committed;
    period::Day start;
    int days = 1;

    std::optional<std::string> column(const std::string& name) const; ///< text columns, Tags as JSON
};

/// One scope: the charges of one billing account and period.
struct Bill {
    std::string account;
    period::Day billing_start;
    std::vector<Charge> charges;
};

/// A folder that is removed at the end.
class Folder {
public:
    Folder();
    ~Folder();
    Folder(const Folder&) = delete;
    Folder& operator=(const Folder&) = delete;
    std::string file(const std::string& name) const { return (path_ / name).string(); }

private:
    std::filesystem::path path_;
};

/// What spreading a charge's cost gives each of its days; the first holds the difference to all of it.
std::vector<money::Decimal> parts_by_day(money::Decimal total, int days);

/// Writes the bill's files, the daily sums too if `with_cells`.
lake::FileSet write_bill(engine::Engine& engine, const Folder& folder, const std::string& name, const Bill& bill,
                         bool with_cells);

money::Decimal decimal(const char* text);
period::Day day(const char* text);
std::unique_ptr<engine::Engine> make_engine();

} // namespace florin::query::test
