// Small deliveries for tests, written as short as they are thought.
#pragma once

#include "lake/delivery.hpp"

#include <string>
#include <vector>

namespace florin::lake::test {

/// 2026-MM-DDT00:00:00Z of year 2026.
period::Instant at(unsigned month, unsigned day);
money::Decimal decimal(std::string_view text);

/// A folder of its own, removed at the end.
class Folder {
public:
    Folder();
    ~Folder();
    Folder(const Folder&) = delete;
    Folder& operator=(const Folder&) = delete;
    const base::Path& path() const { return path_; }

private:
    base::Path path_;
};

/// A part of `account` and October 2026 with one charge on the 1st; `month` moves it.
Part part(const std::string& account, unsigned month = 10);

/// A snapshot with those parts, ordered and received on that day of November 2026.
Delivery delivery(std::int64_t id, unsigned november_day, std::vector<Part> parts);

} // namespace florin::lake::test
