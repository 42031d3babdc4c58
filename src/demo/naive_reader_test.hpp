// For tests only: a reader of bills that shares nothing with the generator. Slow and plain: every
// cell is a text, every decimal an arbitrary precision integer of 10^-18.
#pragma once

#include <boost/multiprecision/cpp_int.hpp>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <stdexcept>
#include <string>
#include <vector>

namespace florin::demo {

using Big = boost::multiprecision::cpp_int;
using Record = std::map<std::string, std::string>;

inline std::string file_text(const std::filesystem::path& path) {
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

inline std::vector<std::vector<std::string>> naive_csv(const std::string& text) {
    std::vector<std::vector<std::string>> rows(1, {""});
    bool quoted = false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        std::string& cell = rows.back().back();
        if (quoted) {
            if (text[i] != '"') {
                cell += text[i];
            } else if (i + 1 < text.size() && text[i + 1] == '"') {
                cell += text[i++];
            } else {
                quoted = false;
            }
        } else if (text[i] == '"') {
            quoted = true;
        } else if (text[i] == ',') {
            rows.back().emplace_back();
        } else if (text[i] == '\n') {
            rows.push_back({""});
        } else {
            cell += text[i];
        }
    }
    rows.pop_back(); // after the last line feed
    return rows;
}

inline std::vector<Record> naive_records(const std::string& text) {
    const auto rows = naive_csv(text);
    std::vector<Record> records;
    for (std::size_t i = 1; i < rows.size(); ++i) {
        if (rows[i].size() != rows[0].size()) {
            throw std::runtime_error("a ragged row");
        }
        Record record;
        for (std::size_t c = 0; c < rows[i].size(); ++c) {
            record[rows[0][c]] = rows[i][c];
        }
        records.push_back(std::move(record));
    }
    return records;
}

/// A decimal as units of 10^-18.
inline Big naive_decimal(const std::string& text) {
    const bool negative = !text.empty() && text[0] == '-';
    Big units = 0;
    int places = -1;
    std::size_t digits = 0;
    for (std::size_t i = negative ? 1 : 0; i < text.size(); ++i) {
        if (text[i] == '.' && places < 0) {
            places = 0;
        } else if (text[i] >= '0' && text[i] <= '9') {
            units = units * 10 + (text[i] - '0');
            places += places >= 0 ? 1 : 0;
            ++digits;
        } else {
            throw std::runtime_error("not a decimal: " + text);
        }
    }
    if (digits == 0 || places > 18 || places == 0) {
        throw std::runtime_error("not a decimal of 18 places: " + text);
    }
    for (int i = places < 0 ? 0 : places; i < 18; ++i) {
        units *= 10;
    }
    return negative ? Big(-units) : units;
}

} // namespace florin::demo
