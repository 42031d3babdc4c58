#include "app/validate_bills.hpp"

#include "ingest/focus_datasets/dataset_file.hpp"
#include "ingest/intake.hpp"
#include "ingest/text_file.hpp"

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

/// Gives the files of charges; those of other datasets go into the options that they are for.
std::vector<base::Path> sort_out_datasets(engine::Engine& engine, const std::vector<base::Path>& files,
                                          validate::Options& options, std::vector<std::string>& passed_over) {
    std::vector<base::Path> bills;
    for (const base::Path& file : files) {
        const auto head = ingest::read_file_head(file, &engine);
        const auto dataset = head.ok() ? ingest::focus_datasets::recognise(head->columns) : std::nullopt;
        if (!dataset) { // what cannot be read is said of it as of a bill
            bills.push_back(file);
        } else if (*dataset == focus::Dataset::kInvoiceDetail) {
            options.invoices.push_back(file);
        } else if (*dataset == focus::Dataset::kBillingPeriod) {
            options.periods.push_back(file);
        } else {
            passed_over.push_back(file.string() + ": no rule holds charges against contract commitments");
        }
    }
    // Alone they are held against the rules of charges, of which they say why they cannot be.
    return bills.empty() ? files : bills;
}

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
    std::vector<std::string> passed_over;
    const std::vector<base::Path> bills = sort_out_datasets(*engine, intake.bills, options, passed_over);
    auto report = validate::validate_files(*engine, bills, options);
    if (report.ok()) {
        report->passed_over = std::move(passed_over);
    }
    if (request.running) {
        request.running(nullptr);
    }
    return report;
}

} // namespace florin::app
