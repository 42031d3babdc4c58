// Small files for the tests of this module.
#pragma once

#include "base/check.hpp"
#include "base/files.hpp"
#include "engine/engine.hpp"
#include "validate/validate.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

namespace florin::validate {

/// A folder for one test, with an engine for each validation.
class BillTest : public ::testing::Test {
protected:
    BillTest() {
        std::string pattern = (std::filesystem::temp_directory_path() / "florin-validate-test-XXXXXX").string();
        FLORIN_CHECK(::mkdtemp(pattern.data()) != nullptr, "no folder for the test");
        folder_ = pattern;
    }
    ~BillTest() override {
        std::error_code ignored;
        std::filesystem::remove_all(folder_, ignored);
    }

    base::Path file(const std::string& name, const std::string& text) const {
        std::ofstream(folder_ / name, std::ios::binary) << text;
        return folder_ / name;
    }

    base::Result<Report> try_validate(const std::vector<base::Path>& files, Options options = {}) const {
        FLORIN_TRY_ASSIGN(const auto engine, engine::open_duckdb({.threads = 2,
                                                                  .memory_bytes = std::uint64_t{512} << 20U,
                                                                  .temporary_folder = folder_ / "spill"}));
        options.temporary_folder = folder_ / "staged";
        std::filesystem::remove_all(options.temporary_folder);
        std::filesystem::create_directories(options.temporary_folder);
        return validate_files(*engine, files, options);
    }

    Report validate(const std::string& csv, Options options = {}) const {
        auto report = try_validate({file("bill.csv", csv)}, std::move(options));
        FLORIN_CHECK(report.ok(), report.error().describe());
        return std::move(report).value();
    }

    /// What became of one rule.
    static const Finding& finding(const Report& report, std::string_view id, std::string_view column = {}) {
        const auto found = std::ranges::find_if(report.findings, [&](const Finding& one) {
            return one.id == id && (column.empty() || one.column == column);
        });
        FLORIN_CHECK(found != report.findings.end(), std::string(id));
        return *found;
    }

    base::Path folder_;
};

inline Options of_version(focus::Version version) {
    Options options;
    options.version = version;
    return options;
}

} // namespace florin::validate
