#include "app/validate_bills.hpp"

#include "ingest/intake.hpp"

#include <cstdlib>
#include <filesystem>

namespace florin::app {
namespace {

/// What staging and one scan need; see bench/validate.py.
constexpr std::uint64_t kValidationMemoryBytes = std::uint64_t{900} << 20U;

/// A new folder that is gone with this.
class TemporaryFolder {
public:
    static base::Result<base::Path> make() {
        std::error_code code;
        std::string pattern = (std::filesystem::temp_directory_path(code) / "florin-validate-XXXXXX").string();
        if (code || ::mkdtemp(pattern.data()) == nullptr) {
            return base::system_error("system.io", "no temporary folder can be made")
                .with_remedy("Set TMPDIR to a folder that can be written.");
        }
        return base::Path(pattern);
    }
    explicit TemporaryFolder(base::Path path) : path_(std::move(path)) {}
    TemporaryFolder(const TemporaryFolder&) = delete;
    TemporaryFolder& operator=(const TemporaryFolder&) = delete;
    ~TemporaryFolder() {
        std::error_code ignored;
        std::filesystem::remove_all(path_, ignored);
    }
    const base::Path& path() const { return path_; }

private:
    base::Path path_;
};

} // namespace

base::Result<validate::Report> validate_bills(const ValidateBillsRequest& request) {
    FLORIN_TRY_ASSIGN(const ingest::Intake intake, ingest::find_files(request.paths));
    FLORIN_TRY_ASSIGN(base::Path made, TemporaryFolder::make());
    const TemporaryFolder folder(std::move(made));
    validate::Options options = request.options;
    options.temporary_folder = folder.path();
    FLORIN_TRY_ASSIGN(const std::unique_ptr<engine::Engine> engine,
                      engine::open_duckdb({.threads = options.threads,
                                           .memory_bytes = kValidationMemoryBytes,
                                           .temporary_folder = folder.path() / "spill"}));
    if (request.running) {
        request.running(engine.get());
    }
    auto report = validate::validate_files(*engine, intake.bills, options);
    if (request.running) {
        request.running(nullptr);
    }
    return report;
}

} // namespace florin::app
