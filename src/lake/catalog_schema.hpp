// The tables of the catalog, and how a catalog of an older version gets them.
#pragma once

#include "lake/sqlite.hpp"

namespace florin::lake {

/// Makes the tables in an empty database and brings those of an older version up to date, in one
/// transaction. Error `catalog.version` where a newer program wrote it; else as Sqlite.
base::Result<void> prepare_schema(Sqlite& database);

} // namespace florin::lake
