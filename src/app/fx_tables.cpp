#include "app/fx_tables.hpp"

namespace florin::app {

base::Result<fx::Table> read_fx_tables(const base::Path& folder) {
    fx::Table table;
    const base::Path rates = folder / kRatesFolder;
    std::error_code code;
    if (!std::filesystem::is_directory(rates, code)) {
        return table;
    }
    FLORIN_TRY_ASSIGN(const std::vector<base::Path> files, base::list_files(rates));
    for (const base::Path& file : files) {
        if (file.parent_path() != rates || file.extension() != ".csv") {
            continue;
        }
        FLORIN_TRY_ASSIGN(const std::string text, base::read_file(file, fx::kFileBytesMax));
        FLORIN_TRY(table.read((base::Path(kRatesFolder) / file.filename()).string(), text));
    }
    return table;
}

} // namespace florin::app
