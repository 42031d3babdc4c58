// A lake of small deliveries for tests.
#pragma once

#include "lake/lake.hpp"
#include "lake/test_deliveries.hpp"

#include <gmock/gmock.h>

namespace florin::lake::test {

/// A lake of its own for each test.
class LakeTest : public testing::Test {
protected:
    LakeTest();

    base::Path folder() const { return folder_.path() / "lake"; }
    Lake& lake() { return *lake_; }

    /// Stages files for each part and commits.
    base::Result<Committed> commit(Delivery draft, const std::vector<std::string>& precedence = {});
    Delivery committed(Delivery draft) { return commit(std::move(draft)).value().delivery; }

    /// The deliveries of the parts that count and have rows.
    std::vector<std::int64_t> current_ids(std::optional<period::Instant> as_of = {});
    /// The names in one folder of the lake, in order.
    std::vector<std::string> entries(const std::string& below) const;
    /// What doctor finds, by its codes.
    std::vector<std::string> problems(bool repair);

private:
    Folder folder_;
    std::unique_ptr<Lake> lake_;
};

/// A part that has lost its day to another.
Part losing(const std::string& account);
/// One end of a bill that is stated in several ways; `actual` yields to `amortized`.
Part in_role(Part made, const std::string& role);
std::vector<std::int64_t> ids_of(const PruneReport& report);
base::Result<void> nobody(const Reservation& reservation);

} // namespace florin::lake::test
