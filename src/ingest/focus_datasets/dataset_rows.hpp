// The rows of one dataset file: each cell read, checked and written in its one form.
#pragma once

#include "ingest/exact_sum.hpp"
#include "ingest/focus_datasets/dataset_file.hpp"
#include "ingest/inspection_repairs.hpp"
#include "period/period.hpp"

#include <fstream>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace florin::ingest::focus_datasets {

/// Takes the rows of a file one by one. One thread's.
class DatasetRows {
public:
    /// `names` are those of the file. `as_written` says that its times are as somebody wrote them, so that their form
    /// is worth a finding. What is found goes into `file`. Errors: `bill.missing_column`, `csv.duplicate_column`,
    /// `system.write`.
    static base::Result<DatasetRows> open(const std::vector<std::string>& names, bool as_written, DatasetFile& file);

    /// Takes a row, or says why it cannot be read. A cell without a value is nothing.
    std::optional<base::Error> take(const std::vector<std::optional<std::string>>& cells);
    void touch(std::size_t column, Rule rule, const std::string& example);
    /// When all rows are taken. Errors: `csv.no_rows`, `system.write`.
    base::Result<void> finish();

private:
    struct Column {
        std::string name;                     // as in the file
        std::string lake_name;                // of FOCUS, or with x_
        const focus::Column* focus = nullptr; // null: a custom one
        std::size_t place = 0;                // in the canonical CSV
    };

    DatasetRows(bool as_written, DatasetFile& file) : file_(&file), as_written_(as_written) {}
    base::Result<void> name_columns(const std::vector<std::string>& names);
    base::Result<void> check_required() const;
    void note_header();
    std::optional<base::Error> read_cell(std::size_t column, const std::string& text);
    std::optional<base::Error> read_instant(std::size_t column, const std::string& text);
    std::optional<base::Error> read_decimal(std::size_t column, const std::string& text);
    std::optional<base::Error> read_listed(std::size_t column, const std::string& text);
    std::optional<base::Error> check_row();
    std::optional<base::Error> check_unique();
    std::string scope() const;
    base::Error fail(std::string code, std::string message, std::string remedy, std::size_t column,
                     const std::string& text) const;
    std::size_t place(std::string_view name) const;
    const std::string& value(std::string_view name) const { return row_[place(name)]; }
    std::optional<period::Instant> time(std::string_view name) const;
    std::size_t column_of(std::string_view lake_name) const;
    void write_row(const std::string& scope);

    DatasetFile* file_;
    bool as_written_;
    std::vector<Column> columns_;
    std::vector<std::string> row_;                             // in the order of the canonical CSV; empty: nothing
    std::map<std::pair<std::string, Rule>, Finding> findings_; // by column
    std::map<std::string, ExactSum> billed_;
    Amount cost_;
    std::string cost_text_;
    std::ofstream out_;
    std::string line_;
};

/// `dataset.duplicate_row`: what the row is about, `first` says already (`row 3`).
base::Error duplicate_row(focus::Dataset dataset, const std::string& first);

} // namespace florin::ingest::focus_datasets
