#include "app/export_focus.hpp"

#include "lake/storage.hpp"

#include <fmt/format.h>

namespace florin::app {
namespace {

using engine::sql_name;
using engine::sql_text;

bool is_known(const focus::Column& column, focus::Version version) {
    return column.introduced <= version && (!column.removed_in.has_value() || version < *column.removed_in);
}

/// A column as the file shows it: in CSV as text in FOCUS's own forms, in Parquet as its type.
std::string shown(const focus::Column& column, focus::Version version, ExportFormat format) {
    std::string value = sql_name(column.name);
    if (column.name == "ProviderName" && version < focus::Version::k1_4) {
        value = "coalesce(ProviderName, ServiceProviderName)";
    }
    if (format == ExportFormat::kCsv && column.type == focus::ColumnType::kInstant) {
        // A fraction of a second is shown only where there is one.
        value = fmt::format("CASE WHEN microsecond({0}) % 1000000 = 0 THEN strftime({0}, '%Y-%m-%dT%H:%M:%SZ') "
                            "ELSE strftime({0}, '%Y-%m-%dT%H:%M:%S.%fZ') END",
                            value);
    } else if (format == ExportFormat::kCsv && column.type == focus::ColumnType::kDecimal) {
        // Trailing zeros are no digits.
        value = fmt::format("regexp_replace(CAST({} AS VARCHAR), '\\.?0+$', '')", value);
    }
    return fmt::format("{} AS {}", value, sql_name(column.name));
}

class Export {
public:
    Export(Workspace& workspace, const ExportRequest& request) : workspace_(workspace), request_(request) {}

    base::Result<ExportReport> run() {
        std::error_code code;
        if (std::filesystem::exists(request_.target, code)) {
            return base::conflict_error("export.exists", "there is such a file already")
                .at({.file = request_.target.string()})
                .with_remedy("remove it, or name another with --out");
        }
        if (request_.version < focus::Version::k1_0) {
            return base::user_error("export.version", "versions 1.0 to 1.4 can be written");
        }
        FLORIN_TRY_ASSIGN(const base::FileLock lock, workspace_.lake().read_lock());
        FLORIN_TRY_ASSIGN(const lake::CurrentFiles current,
                          workspace_.lake().current(request_.as_of, workspace_.configuration().precedence));
        if (current.files.empty()) {
            return base::user_error("export.nothing", "the lake holds no charges")
                .with_remedy("take bills in with `florin ingest`");
        }
        std::vector<std::string> files;
        for (const lake::FileSet& set : current.files) {
            files.push_back(set.charges);
        }
        FLORIN_TRY_ASSIGN(engine_, workspace_.open_engine(workspace_.folder() / "lake" / "staging"));
        source_ = engine::sql_parquet(files);
        if (request_.period.has_value()) {
            where_ = fmt::format(" WHERE {0} >= DATE '{1}' AND {0} < DATE '{2}'", lake::column::kChargeDay,
                                 period::to_string(request_.period->start), period::to_string(request_.period->end));
        }
        return write();
    }

private:
    base::Result<ExportReport> write() {
        ExportReport report;
        std::string list;
        std::string texts; // in quotes, so that the text NULL does not come in again as nothing
        for (const focus::Column& column : focus::columns(focus::Dataset::kCostAndUsage)) {
            if (is_known(column, request_.version)) {
                list += fmt::format("{}{}", list.empty() ? "" : ", ", shown(column, request_.version, request_.format));
                if (column.type == focus::ColumnType::kString || column.type == focus::ColumnType::kJson) {
                    texts += (texts.empty() ? "" : ", ") + sql_name(column.name);
                }
                continue;
            }
            const std::string column_name = sql_name(column.name);
            FLORIN_TRY_ASSIGN(const engine::Table any,
                              engine_->query(fmt::format("SELECT 1 FROM {}{} {} {} IS NOT NULL LIMIT 1", source_,
                                                         where_, where_.empty() ? "WHERE" : "AND", column_name)));
            if (!any.rows.empty()) {
                report.left_out.push_back(column.name);
            }
        }
        FLORIN_TRY_ASSIGN(
            const engine::Table custom,
            engine_->query(fmt::format("SELECT DISTINCT unnest(map_keys({})) AS name FROM {}{} ORDER BY name",
                                       lake::column::kCustom, source_, where_)));
        for (const auto& row : custom.rows) {
            const auto& name = std::get<std::string>(row[0]);
            list += fmt::format(", {}[{}] AS {}", lake::column::kCustom, sql_text(name), sql_name(name));
            texts += ", " + sql_name(name);
        }
        const std::string options = request_.format == ExportFormat::kCsv
                                        ? fmt::format("(FORMAT csv, HEADER, FORCE_QUOTE ({}))", texts)
                                        : "(FORMAT parquet, COMPRESSION zstd)";
        FLORIN_TRY_ASSIGN(report.rows,
                          engine_->execute(fmt::format("COPY (SELECT {} FROM {}{}) TO {} {}", list, source_, where_,
                                                       sql_text(request_.target.string()), options)));
        return report;
    }

    Workspace& workspace_;
    const ExportRequest& request_;
    std::unique_ptr<engine::Engine> engine_;
    std::string source_;
    std::string where_;
};

} // namespace

base::Result<ExportReport> export_focus(Workspace& workspace, const ExportRequest& request) {
    return Export(workspace, request).run();
}

} // namespace florin::app
