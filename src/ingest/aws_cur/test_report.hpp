// Small AWS reports for tests, and what the ledger has of them.
#pragma once

#include "ingest/source_test_ledger.hpp"

#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace florin::ingest::aws_cur {

/// A usage row of the legacy report: 1 hour of an instance at 0.5 USD.
Cells usage_row(const Cells& changes = {});

/// A row of the plan `kPlan`.
Cells plan_row(const std::string& type, const std::string& cost, Cells changes = {});

inline constexpr const char* kPlan = "arn:aws:savingsplans::111111111111:savingsplan/p1";
inline constexpr const char* kReservation = "arn:aws:ec2:eu-central-1:111111111111:reserved-instances/r1";

/// (source, billed) of what each rule did, over all accounts.
std::map<std::string, std::pair<std::string, std::string>> by_rule(const SourceLoaded& loaded);

/// Files of one delivery, loaded.
class Ledger {
public:
    Ledger();

    /// The files as the source reads them. Errors of the survey.
    base::Result<std::vector<SourceFile>> read(const std::vector<base::Path>& paths) const;
    base::Result<SourceLoaded> load(const std::vector<base::Path>& paths);
    /// One file of these rows.
    base::Result<SourceLoaded> load_rows(const std::vector<Cells>& rows);

    /// Charges of the last load that `where` holds for, in their order, as text; numbers without
    /// trailing zeros, nulls left out.
    std::vector<Cells> charges(std::string_view where = "true") const;
    /// A sum over them.
    std::string sum(std::string_view column, std::string_view where = "true") const;

    const TestFolder& folder() const { return folder_; }
    engine::Engine& engine() const { return *engine_; }

private:
    std::string relation() const;

    TestFolder folder_;
    std::unique_ptr<engine::Engine> engine_;
    int loads_ = 0;
    std::vector<lake::Part> parts_;
};

} // namespace florin::ingest::aws_cur
