#include "lake/test_deliveries.hpp"

#include <fmt/format.h>

#include <cstdlib>

namespace florin::lake::test {

period::Instant at(unsigned month, unsigned day) {
    return period::Day(std::chrono::year(2026) / std::chrono::month(month) / std::chrono::day(day));
}

money::Decimal decimal(std::string_view text) {
    return money::Decimal::parse(text).value();
}

Folder::Folder() {
    std::string pattern = (std::filesystem::temp_directory_path() / "florin-lake-XXXXXX").string();
    FLORIN_CHECK(mkdtemp(pattern.data()) != nullptr, "no folder for the test");
    path_ = pattern;
}
Folder::~Folder() {
    std::error_code code;
    std::filesystem::remove_all(path_, code);
}

Part part(const std::string& account, unsigned month) {
    Part made;
    made.scope = fmt::format("{} 2026-{:02}", account, month);
    made.billing_account_id = account;
    made.billing_period_start = at(month, 1);
    made.billing_period_end = at(month + 1, 1);
    made.rows = 1;
    made.tuple_rows = 1;
    made.stem = "00001";
    made.days = {period::day_of(at(month, 1)), period::day_of(at(month, 2))};
    made.charge_days = {period::to_string(made.days.start)};
    made.sub_accounts = {"sub"};
    CostSums sums;
    sums.rows = 1;
    sums.costs.fill(decimal("10"));
    sums.positive_billed = decimal("10");
    made.sums["USD"] = sums;
    return made;
}

Delivery delivery(std::int64_t id, unsigned november_day, std::vector<Part> parts) {
    Delivery made;
    made.id = DeliveryId(id);
    made.identity = fmt::format("{:064}", id);
    made.source = "focus";
    made.focus_version = "1.4";
    made.mapping_version = 1;
    made.ordered_at = made.received_at = made.committed_at = at(11, november_day);
    made.quality = "{}";
    made.parts = std::move(parts);
    return made;
}

} // namespace florin::lake::test
