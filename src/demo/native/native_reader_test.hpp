// For tests only: what reads the native files without sharing anything with the generator, and makes
// them in folders that go away.
#pragma once

#include "demo/native/native.hpp"

#include "demo/naive_reader_test.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <functional>
#include <map>
#include <string>
#include <vector>

#include <unistd.h>

namespace florin::demo {

using Json = nlohmann::json;

inline constexpr int kPlaces = 24;

/// A number with or without exponent as units of 10^-24; an empty text is 0.
inline Big big(const std::string& text) {
    if (text.empty()) {
        return 0;
    }
    const std::size_t e = text.find('E');
    int exponent = e == std::string::npos ? 0 : std::stoi(text.substr(e + 1));
    std::string digits;
    bool negative = false;
    bool fraction = false;
    for (const char c : text.substr(0, e)) {
        if (c == '-') {
            negative = true;
        } else if (c == '.') {
            fraction = true;
        } else if (c >= '0' && c <= '9') {
            digits += c;
            exponent -= fraction ? 1 : 0;
        } else {
            throw std::runtime_error("not a number: " + text);
        }
    }
    exponent += kPlaces;
    if (exponent < 0) {
        throw std::runtime_error("more than 24 places: " + text);
    }
    digits.append(static_cast<std::size_t>(exponent), '0');
    digits.erase(0, std::min(digits.find_first_not_of('0'), digits.size() - 1));
    const Big units(digits);
    return negative ? Big(-units) : units;
}

inline const Big kOne = big("1");

/// a x b, which must have at most 24 places.
inline Big product(const Big& a, const Big& b) {
    const Big exact = a * b;
    EXPECT_EQ(exact % kOne, 0);
    return exact / kOne;
}

/// Every row of a CSV file, by column name, one at a time.
inline void each_record(const std::filesystem::path& path, const std::function<void(Record&)>& visit) {
    std::ifstream in(path, std::ios::binary);
    std::string line;
    std::getline(in, line);
    std::erase(line, '\r');
    const std::vector<std::string> header = naive_csv(line + '\n').front();
    Record record;
    std::vector<std::string*> places; // of each column's cell
    for (const std::string& column : header) {
        places.push_back(&record[column]);
    }
    while (std::getline(in, line)) {
        std::erase(line, '\r');
        std::vector<std::string> cells = naive_csv(line + '\n').front();
        ASSERT_EQ(cells.size(), header.size()) << path;
        for (std::size_t i = 0; i < cells.size(); ++i) {
            places[i]->swap(cells[i]);
        }
        visit(record);
    }
}

struct Generated {
    base::Path folder;
    NativeSummary summary;
    Json truth; ///< of the format

    /// Every file's records.
    void each(const std::function<void(Record&)>& visit) const {
        for (const NativeFile& file : summary.files) {
            each_record(folder / file.path, visit);
        }
    }
    Big total(const std::string& column) const {
        Big sum = 0;
        for (const Json& entry : truth["totals"]) {
            sum += big(entry[column]);
        }
        return sum;
    }
    Json commitment(const std::string& id) const {
        for (const Json& entry : truth["commitments"]) {
            if (entry["id"] == id) {
                return entry;
            }
        }
        ADD_FAILURE() << "no commitment " << id;
        return {};
    }
};

inline base::Path new_folder() {
    static int number = 0;
    const auto folder = std::filesystem::temp_directory_path() /
                        ("florin_native_" + std::to_string(::getpid()) + "_" + std::to_string(++number));
    std::filesystem::remove_all(folder);
    return folder;
}

inline period::Day first_of(const std::string& day) {
    return period::parse_day(day).value();
}

inline Generated generate(NativeFormat format, std::uint64_t rows, const std::string& month = "2024-09-01",
                          std::uint64_t seed = 7, bool parquet = false) {
    NativeOptions options;
    options.formats = {format};
    options.rows = rows;
    options.seed = seed;
    options.month_start = first_of(month);
    options.folder = new_folder();
    options.parquet = parquet;
    const auto summary = generate_native(options);
    EXPECT_TRUE(summary.ok()) << (summary.ok() ? "" : summary.error().message);
    Generated generated;
    generated.folder = options.folder;
    generated.summary = summary.value();
    generated.truth = Json::parse(file_text(options.folder / "truth.json"))["formats"][std::string(name(format))];
    return generated;
}

class Native : public testing::Test {
protected:
    void TearDown() override {
        for (const base::Path& folder : folders_) {
            std::filesystem::remove_all(folder);
        }
    }
    Generated make(NativeFormat format, std::uint64_t rows, const std::string& month = "2024-09-01",
                   std::uint64_t seed = 7, bool parquet = false) {
        Generated generated = generate(format, rows, month, seed, parquet);
        folders_.push_back(generated.folder);
        return generated;
    }

private:
    std::vector<base::Path> folders_;
};

struct CommitmentSums {
    Big purchased = 0;
    Big used = 0;
    Big unused = 0;
};

inline void expect_commitments(const Generated& generated, const std::map<std::string, CommitmentSums>& sums) {
    EXPECT_EQ(sums.size(), generated.truth["commitments"].size());
    for (const auto& [id, sum] : sums) {
        const Json truth = generated.commitment(id);
        EXPECT_EQ(sum.purchased, big(truth["purchased"])) << id;
        EXPECT_EQ(sum.used, big(truth["used"])) << id;
        EXPECT_EQ(sum.unused, big(truth["unused"])) << id;
    }
}

} // namespace florin::demo
