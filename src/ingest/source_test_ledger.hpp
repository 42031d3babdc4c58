// A source's small bills in tests, and what the ledger has of them.
#pragma once

#include "ingest/inspection_test_bills.hpp"
#include "ingest/source_load.hpp"

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace florin::ingest {

/// Cells by column; columns that a row lacks are empty.
using Cells = std::map<std::string, std::string>;

/// `row` with other cells.
Cells with(Cells row, const Cells& changes);

/// A CSV with the columns of all rows, in the order of the alphabet.
std::string csv_text(const std::vector<Cells>& rows);

/// A number without zeros at its end: `1.50` -> `1.5`.
std::string plain(std::string text);

/// The cells of `expected` are in `row`; `(null)` is a cell that is not there.
void expect(const Cells& row, const Cells& expected);

/// The SQL of a mapping names each rule of the source and no other; ids begin with `prefix`, as in `aws.`.
void expect_rules_named(const Source& source, const std::string& prefix, const std::string& sql);
/// The page has the table of the source's rules between its marks; FLORIN_UPDATE=1 writes it.
void expect_rules_on_page(const Source& source, const base::Path& page);
/// What the SQL reads as a number is a number in the second reader's eyes, too, of whom it is an error with a place.
void expect_numbers_checked(const Source& source, const std::string& sql);

/// Deliveries of one source, loaded one after the other.
class SourceLedger {
public:
    explicit SourceLedger(const Source& source);

    /// The files, read and put together to deliveries. Errors of the survey and of the source's group().
    base::Result<std::vector<std::vector<SourceFile>>> deliveries(const std::vector<base::Path>& paths,
                                                                  const std::vector<Manifest>& manifests = {}) const;
    /// Files that are one delivery.
    base::Result<SourceLoaded> load(const std::vector<base::Path>& paths, const std::vector<Manifest>& manifests = {});
    /// One file of these rows.
    base::Result<SourceLoaded> load_rows(const std::string& name, const std::vector<Cells>& rows);

    /// Charges of the last load that `where` holds for, in their order, as text; numbers without trailing zeros,
    /// nulls left out, custom columns by their own names.
    std::vector<Cells> charges(std::string_view where = "true") const;
    /// A sum over them; `null` where none is known.
    std::string sum(std::string_view column, std::string_view where = "true") const;

    const TestFolder& folder() const { return folder_; }

private:
    std::string relation() const;

    const Source& source_;
    TestFolder folder_;
    std::unique_ptr<engine::Engine> engine_;
    int loads_ = 0;
    std::vector<lake::Part> parts_;
};

} // namespace florin::ingest
