#include "lake/file_hashes.hpp"

#include "base/sha256.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>

namespace florin::lake {
namespace fs = std::filesystem;

base::Result<std::string> hash_of_file(const base::Path& path) {
    std::ifstream file(path, std::ios::binary);
    base::Sha256 hash;
    std::vector<char> block(std::size_t{1} << 18U);
    while (file.read(block.data(), static_cast<std::streamsize>(block.size())) || file.gcount() > 0) {
        hash.add({block.data(), static_cast<std::size_t>(file.gcount())});
    }
    if (!file.eof()) {
        return base::system_error("system.io", "cannot read the file").at({.file = path.string()});
    }
    return hash.finish();
}

base::Result<std::vector<LakeFile>> describe_files(const base::Path& folder, const std::string& path_of_folder) {
    std::vector<fs::path> paths;
    std::error_code code;
    for (fs::directory_iterator it(folder, code), end; !code && it != end; it.increment(code)) {
        if (it->path().extension() == ".parquet") {
            paths.push_back(it->path());
        }
    }
    if (code) {
        return base::system_error("system.io", fmt::format("cannot list the folder: {}", code.message()))
            .at({.file = folder.string()});
    }
    std::ranges::sort(paths);
    std::vector<LakeFile> files;
    for (const fs::path& path : paths) {
        LakeFile file;
        file.path = path_of_folder + "/" + path.filename().string();
        FLORIN_TRY_ASSIGN(file.sha256, hash_of_file(path));
        FLORIN_TRY_ASSIGN(file.bytes, base::file_size(path));
        files.push_back(std::move(file));
    }
    return files;
}

} // namespace florin::lake
