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
