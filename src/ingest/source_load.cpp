#include "ingest/source_load.hpp"

#include "base/check.hpp"
#include "ingest/exact_text.hpp"
#include "ingest/focus_files/mapping.hpp"
#include "ingest/part_writer.hpp"
#include "lake/storage.hpp"
#include "money/money.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <set>
#include <tuple>
#include <utility>

namespace florin::ingest {
namespace {

using engine::sql_name;
using engine::sql_text;

/// What a charge of the ledger must have.
constexpr std::array<std::string_view, 6> kNeeded = {"BilledCost",         "BillingCurrency",  "BillingAccountId",
                                                     "BillingPeriodStart", "BillingPeriodEnd", "ChargePeriodStart"};

base::Error unreconciled(std::string message) {
    base::Error error;
    error.code = "ingest.reconciliation";
    error.message = std::move(message);
    return error;
}

std::string text_at(const std::vector<engine::Value>& row, std::size_t place) {
    const auto* text = std::get_if<std::string>(&row[place]);
    return text == nullptr ? std::string() : *text;
}

std::uint64_t count_at(const std::vector<engine::Value>& row, std::size_t place) {
    return static_cast<std::uint64_t>(std::get<std::int64_t>(row[place]));
}

/// Of all files, with what counts in the delivery: amounts that are held where no file states any.
std::vector<SurveyedGroup> surveyed_groups(const std::vector<SourceFile>& files) {
    const bool counts_held =
        std::ranges::none_of(files, [](const SourceFile& file) { return file.survey.states_amounts; });
    std::vector<SurveyedGroup> groups;
    for (const SourceFile& file : files) {
        for (SurveyedGroup group : file.survey.groups) {
            if (counts_held) {
                group.sum = exact_plus(group.sum, group.held);
                group.rounded_away = exact_plus(group.rounded_away, group.held_rounded_away);
            }
            groups.push_back(std::move(group));
        }
    }
    return groups;
}

class SourceLoad {
public:
    SourceLoad(engine::Engine& engine, const Source& source, const std::vector<SourceFile>& files,
               const base::Path& folder, const LoadOptions& options, CsvReading reading)
        : engine_(engine), source_(source), files_(files), folder_(folder), reading_(reading),
          writer_(engine, folder, options) {}

    base::Result<SourceLoaded> run();
    base::Result<SourcePreview> preview(std::size_t charges_max);

private:
    std::string temporary(std::string_view name) const {
        return (folder_ / fmt::format("{}.tmp.parquet", name)).string();
    }
    base::Result<std::string> staged_relation();
    base::Result<std::string> staged_file(const SourceFile& file, const std::vector<std::string>& columns);
    base::Result<void> check_cells(const Mapping& mapping, const std::string& staged);
    base::Result<void> write_rows(const Mapping& mapping);
    base::Result<void> check_rows(const Mapping& mapping);
    base::Result<std::vector<lake::Part>> find_parts();
    base::Result<void> write_charges(const std::vector<lake::Part>& parts);
    base::Result<void> reconcile(const Mapping& mapping, SourceLoaded& loaded);
    base::Result<void> check_against_survey(SourceLoaded& loaded) const;

    engine::Engine& engine_;
    const Source& source_;
    const std::vector<SourceFile>& files_;
    const base::Path& folder_;
    CsvReading reading_;
    PartWriter writer_;
    std::string rows_;                // a relation: all rows of the mapping
    std::set<std::string> present_;   // its columns
    std::vector<std::string> wheres_; // of each part
};

base::Result<SourceLoaded> SourceLoad::run() {
    FLORIN_TRY_ASSIGN(const Mapping mapping, source_.map(files_));
    FLORIN_TRY(write_rows(mapping));
    FLORIN_TRY(check_rows(mapping));
    SourceLoaded loaded;
    FLORIN_TRY(reconcile(mapping, loaded));
    FLORIN_TRY_ASSIGN(loaded.parts, find_parts());
    FLORIN_TRY(write_charges(loaded.parts));
    LakeGroups groups;
    for (lake::Part& part : loaded.parts) {
        FLORIN_TRY(writer_.complete(part, groups));
    }
    FLORIN_TRY(base::remove_all(temporary("mapped")));
    FLORIN_TRY(base::remove_all(temporary("further")));
    return loaded;
}

base::Result<SourcePreview> SourceLoad::preview(std::size_t charges_max) {
    FLORIN_TRY_ASSIGN(const Mapping mapping, source_.map(files_));
    FLORIN_TRY(write_rows(mapping));
    FLORIN_TRY(check_rows(mapping));
    SourceLoaded loaded;
    FLORIN_TRY(reconcile(mapping, loaded));
    SourcePreview preview{.totals = std::move(loaded.totals)};
    std::vector<std::string> shown;
    std::string texts;
    std::string nulls;
    std::vector<std::string> wanted;
    for (const focus::Column& column : focus::columns(focus::Dataset::kCostAndUsage)) {
        const bool is_there = present_.contains(column.name);
        if (is_there) {
            shown.push_back(column.name);
            texts += column.name + ", ";
        }
        if (column.level == focus::Level::kMandatory && !column.removed_in) {
            wanted.push_back(column.name);
            nulls += is_there ? fmt::format(", count(*) FILTER (WHERE {} IS NULL)", column.name) : ", count(*)";
        }
    }
    texts += present_.contains(std::string(lake::column::kCustom)) ? "to_json(x_Custom)" : "NULL";
    FLORIN_TRY_ASSIGN(const engine::Table first, engine_.query(fmt::format("SELECT {} FROM {} WHERE InLedger LIMIT {}",
                                                                           texts, rows_, charges_max)));
    for (const auto& row : first.rows) {
        auto& cells = preview.first.emplace_back();
        for (std::size_t i = 0; i < shown.size(); ++i) {
            if (!std::holds_alternative<std::monostate>(row[i])) {
                cells.emplace_back(shown[i], engine::exact_text(row[i]));
            }
        }
        const auto custom = nlohmann::ordered_json::parse(text_at(row, shown.size()), nullptr, false);
        if (custom.is_object()) {
            for (const auto& [name, value] : custom.items()) {
                cells.emplace_back(name, value.get<std::string>());
            }
        }
    }
    FLORIN_TRY_ASSIGN(const engine::Table counts,
                      engine_.query(fmt::format("SELECT count(*){} FROM {} WHERE InLedger", nulls, rows_)));
    preview.charges = count_at(counts.rows[0], 0);
    for (std::size_t i = 0; i < wanted.size(); ++i) {
        if (const std::uint64_t empty = count_at(counts.rows[0], i + 1); empty > 0) {
            preview.empty.emplace_back(wanted[i], empty);
        }
    }
    return preview;
}

base::Result<std::string> SourceLoad::staged_file(const SourceFile& file, const std::vector<std::string>& columns) {
    std::map<std::string, std::string> values; // staged name -> SQL
    std::string relation;
    if (file.survey.format == FileFormat::kParquet) {
        FLORIN_TRY_ASSIGN(const std::vector<TextColumn> texts, parquet_text_columns(engine_, file.survey.load_path));
        for (const auto& [name, sql] : texts) {
            values[source_.staged_name(name)] = fmt::format("nullif({}, '')", sql);
        }
        relation = parquet_relation(file.survey.load_path);
    } else {
        for (const std::string& name : file.survey.columns) {
            values[source_.staged_name(name)] = sql_name(name);
        }
        relation = csv_relation(file.survey.load_path, file.survey.columns, file.survey.delimiter,
                                file.survey.longest_row_bytes, {""}, true, reading_);
    }
    std::string list;
    for (const std::string& column : columns) {
        const auto value = values.find(column);
        list += fmt::format("{}{} AS {}", list.empty() ? "" : ", ",
                            value == values.end() ? "CAST(NULL AS VARCHAR)" : value->second, sql_name(column));
    }
    return fmt::format("SELECT {} FROM {}", list, relation);
}

/// The files one after the other, each with the columns of all.
base::Result<std::string> SourceLoad::staged_relation() {
    std::vector<std::string> columns = source_.known_columns();
    std::set<std::string> seen(columns.begin(), columns.end());
    for (const SourceFile& file : files_) {
        for (const std::string& name : file.survey.columns) {
            std::string staged = source_.staged_name(name);
            if (seen.insert(staged).second) {
                columns.push_back(std::move(staged));
            }
        }
    }
    std::string all;
    for (const SourceFile& file : files_) {
        FLORIN_TRY_ASSIGN(const std::string one, staged_file(file, columns));
        all += (all.empty() ? "" : " UNION ALL ") + one;
    }
    return all;
}

base::Result<void> SourceLoad::check_cells(const Mapping& mapping, const std::string& staged) {
    for (const RowCheck& check : mapping.checks) {
        FLORIN_TRY_ASSIGN(const engine::Table bad,
                          engine_.query(fmt::format("WITH staged AS ({}) {}", staged, check.query)));
        if (bad.rows.empty()) {
            continue;
        }
        std::uint64_t row = count_at(bad.rows[0], 0);
        auto file = files_.begin();
        for (; row > file->survey.rows && std::next(file) != files_.end(); ++file) {
            row -= file->survey.rows;
        }
        base::Error error = base::data_error(check.code, check.message).with_remedy(check.remedy);
        error.place = {
            .file = file->head.path.string(), .row = row, .column = check.column, .cell = text_at(bad.rows[0], 1)};
        return error;
    }
    return {};
}

base::Result<void> SourceLoad::write_rows(const Mapping& mapping) {
    FLORIN_TRY_ASSIGN(const std::string staged, staged_relation());
    FLORIN_TRY(check_cells(mapping, staged));
    const std::string mapped = engine::sql_parquet({temporary("mapped")});
    FLORIN_TRY(engine_.execute(fmt::format("COPY (WITH staged AS ({}) {}) TO {} (FORMAT parquet, COMPRESSION lz4)",
                                           staged, mapping.rows, sql_text(temporary("mapped")))));
    rows_ = mapped;
    if (!mapping.further_rows.empty()) {
        const std::string further = engine::sql_parquet({temporary("further")});
        FLORIN_TRY(engine_.execute(
            fmt::format("COPY (WITH mapped AS (SELECT * FROM {}) {}) TO {} (FORMAT parquet, COMPRESSION lz4)", mapped,
                        mapping.further_rows, sql_text(temporary("further")))));
        FLORIN_TRY_ASSIGN(const engine::Table count, engine_.query("SELECT count(*) FROM " + further));
        if (count_at(count.rows[0], 0) > 0) {
            rows_ = fmt::format("(SELECT * FROM {} UNION ALL BY NAME SELECT * FROM {})", mapped, further);
        }
    }
    FLORIN_TRY_ASSIGN(const std::vector<engine::Column> columns, engine_.describe("SELECT * FROM " + rows_));
    for (const engine::Column& column : columns) {
        present_.insert(column.name);
    }
    return {};
}

/// What the mapping promises. Where a bill breaks it, the row's column is named.
base::Result<void> SourceLoad::check_rows(const Mapping& mapping) {
    std::string counts;
    for (const std::string_view column : kNeeded) {
        counts += fmt::format("count(*) FILTER (WHERE InLedger AND {} IS NULL), ", column);
    }
    FLORIN_TRY_ASSIGN(const engine::Table bad,
                      engine_.query(fmt::format("SELECT {}count(*) FILTER (WHERE Rule IS NULL AND (NOT InLedger OR {} "
                                                "IS DISTINCT FROM SourceAmount)) FROM {}",
                                                counts, mapping.total_cost, rows_)));
    for (std::size_t i = 0; i < kNeeded.size(); ++i) {
        if (const std::uint64_t rows = count_at(bad.rows[0], i); rows > 0) {
            base::Error error =
                base::data_error("bill.missing_value", fmt::format("{} {} {} no {}", rows, rows == 1 ? "row" : "rows",
                                                                   rows == 1 ? "has" : "have", kNeeded[i]));
            error.place.file = files_.front().head.path.string();
            return std::move(error).with_remedy("a charge cannot be placed without it; export the bill again");
        }
    }
    if (const std::uint64_t rows = count_at(bad.rows[0], kNeeded.size()); rows > 0) {
        return unreconciled(fmt::format("{} rows have another {} than the source's amount, and no rule says why", rows,
                                        mapping.total_cost));
    }
    FLORIN_TRY_ASSIGN(const engine::Table currencies,
                      engine_.query(fmt::format("SELECT DISTINCT BillingCurrency FROM {} WHERE InLedger", rows_)));
    for (const auto& row : currencies.rows) {
        if (!money::Currency::parse(text_at(row, 0)).ok()) {
            base::Error error = base::data_error("bill.unknown_currency", "not an ISO 4217 currency code");
            error.place = {.file = files_.front().head.path.string(), .cell = text_at(row, 0)};
            return error;
        }
    }
    return {};
}

base::Result<std::vector<lake::Part>> SourceLoad::find_parts() {
    const auto optional = [this](std::string_view column) {
        return present_.contains(std::string(column)) ? std::string(column) : std::string("NULL::VARCHAR");
    };
    FLORIN_TRY_ASSIGN(
        const engine::Table scopes,
        engine_.query(fmt::format("SELECT BillingAccountId, BillingPeriodStart, BillingPeriodEnd, {} AS r, {} AS y, {} "
                                  "AS p, count(*) FROM {} WHERE InLedger GROUP BY ALL ORDER BY ALL",
                                  optional("Role"), optional("YieldsTo"), optional("Partition"), rows_)));
    std::vector<lake::Part> parts;
    std::map<ScopeKey, std::uint64_t> rows_by_scope;
    for (const auto& row : scopes.rows) {
        const ScopeKey scope{.billing_account_id = text_at(row, 0),
                             .billing_period_start = std::get<period::Instant>(row[1]),
                             .billing_period_end = std::get<period::Instant>(row[2])};
        lake::Part part;
        part.billing_account_id = scope.billing_account_id;
        part.billing_period_start = scope.billing_period_start;
        part.billing_period_end = scope.billing_period_end;
        part.role = text_at(row, 3);
        part.yields_to = text_at(row, 4);
        const std::string partition = text_at(row, 5);
        part.scope = scope_key(scope) + (partition.empty() ? "" : " " + partition);
        part.rows = count_at(row, 6);
        part.stem = fmt::format("{:05}", parts.size() + 1);
        rows_by_scope[scope] += part.rows;
        std::string where = fmt::format("InLedger AND BillingAccountId = {} AND BillingPeriodStart = {} AND "
                                        "BillingPeriodEnd = {}",
                                        sql_text(part.billing_account_id), sql_instant(part.billing_period_start),
                                        sql_instant(part.billing_period_end));
        for (const auto& [column, value] : {std::pair<std::string_view, std::string>{"Role", part.role},
                                            {"YieldsTo", part.yields_to},
                                            {"Partition", partition}}) {
            if (present_.contains(std::string(column))) {
                where += fmt::format(" AND coalesce({}, '') = {}", column, sql_text(value));
            }
        }
        wheres_.push_back(std::move(where));
        parts.push_back(std::move(part));
    }
    if (source_.mode() == lake::Mode::kSnapshot) {
        const std::map<ScopeKey, bool> strays = find_strays(rows_by_scope);
        for (lake::Part& part : parts) {
            part.stray = strays.at({part.billing_account_id, part.billing_period_start, part.billing_period_end});
        }
    }
    return parts;
}

base::Result<void> SourceLoad::write_charges(const std::vector<lake::Part>& parts) {
    for (std::size_t i = 0; i < parts.size(); ++i) {
        const std::string relation =
            fmt::format("(SELECT * FROM {} WHERE {})", rows_, parts.size() == 1 ? "InLedger" : wheres_[i]);
        FLORIN_TRY(engine_.execute(fmt::format("COPY ({}) TO {} {}", focus_files::charges_select(present_, relation),
                                               sql_text(writer_.path(parts[i], "charges")), kParquet)));
    }
    return {};
}

base::Result<void> SourceLoad::reconcile(const Mapping& mapping, SourceLoaded& loaded) {
    const bool has_effective = present_.contains("EffectiveCost");
    FLORIN_TRY_ASSIGN(
        const engine::Table lines,
        engine_.query(fmt::format(
            "SELECT coalesce(BillingCurrency, ''), coalesce(SourceAccount, ''), coalesce(SourceService, ''), "
            "coalesce(SourceLineType, ''), coalesce(Rule, ''), sum(SourceRows)::BIGINT, count(*) FILTER (WHERE "
            "InLedger), coalesce(sum(SourceAmount), 0::DECIMAL(38,18)), coalesce(sum({}) FILTER (WHERE InLedger), "
            "0::DECIMAL(38,18)), coalesce(sum({}) FILTER (WHERE InLedger), 0::DECIMAL(38,18)) FROM {} GROUP BY ALL "
            "ORDER BY ALL",
            mapping.total_cost, has_effective ? "EffectiveCost" : "NULL::DECIMAL(38,18)", rows_)));
    const std::span<const SourceRule> rules = source_.rules();
    for (const auto& row : lines.rows) {
        ReconciledLine line{.currency = text_at(row, 0),
                            .account = text_at(row, 1),
                            .service = text_at(row, 2),
                            .line_type = text_at(row, 3),
                            .rule = text_at(row, 4),
                            .source_rows = count_at(row, 5),
                            .ledger_rows = count_at(row, 6),
                            .source = std::get<money::Decimal>(row[7]),
                            .billed = std::get<money::Decimal>(row[8]),
                            .effective = std::get<money::Decimal>(row[9])};
        FLORIN_CHECK(line.rule.empty() || std::ranges::find(rules, line.rule, &SourceRule::id) != rules.end(),
                     "a mapping names only rules that its source has");
        loaded.lines.push_back(std::move(line));
    }
    return check_against_survey(loaded);
}

base::Result<void> SourceLoad::check_against_survey(SourceLoaded& loaded) const {
    struct Side {
        std::uint64_t rows = 0;
        std::string sum = "0";
        std::string rounded_away = "0";
        ReconciledLine* first = nullptr;
    };
    using Key = std::tuple<std::string, std::string, std::string, std::string>;
    std::map<Key, Side> surveyed;
    std::map<Key, Side> mapped;
    std::map<std::string, ReconciledTotal> totals;
    for (const SurveyedGroup& group : surveyed_groups(files_)) {
        Side& side = surveyed[{group.keys[3], group.keys[0], group.keys[1], group.keys[2]}];
        side.rows += group.rows;
        side.sum = exact_plus(side.sum, group.sum);
        side.rounded_away = exact_plus(side.rounded_away, group.rounded_away);
        ReconciledTotal& total = totals[group.keys[3]];
        total.currency = group.keys[3];
        total.source_rows += group.rows;
        total.source = exact_plus(total.source, group.sum);
        total.rounded_away = exact_plus(total.rounded_away, group.rounded_away);
    }
    for (ReconciledLine& line : loaded.lines) {
        Side& side = mapped[{line.currency, line.account, line.service, line.line_type}];
        side.first = side.first == nullptr ? &line : side.first;
        side.rows += line.source_rows;
        side.sum = exact_plus(side.sum, line.source.to_string());
        FLORIN_TRY_ASSIGN(totals[line.currency].billed, totals[line.currency].billed.plus(line.billed));
    }
    for (const auto& [key, expected] : surveyed) {
        const Side& got = mapped[key];
        if (got.rows != expected.rows || exact_plus(got.sum, expected.rounded_away) != expected.sum) {
            const auto& [currency, account, service, line_type] = key;
            return unreconciled(fmt::format("of account {}, service {}, line type {}: {} rows and {} {} in the source, "
                                            "{} rows and {} in the mapping, {} rounded away",
                                            account, service, line_type, expected.rows, expected.sum, currency,
                                            got.rows, got.sum, expected.rounded_away));
        }
        if (got.first != nullptr) {
            got.first->rounded_away = expected.rounded_away;
        }
    }
    if (surveyed.size() != mapped.size()) {
        return unreconciled(fmt::format("the source has {} groups of account, service and line type, the mapping {}",
                                        surveyed.size(), mapped.size()));
    }
    for (auto& [currency, total] : totals) {
        if (exact_plus(total.billed.to_string(), total.rounded_away) != total.source) {
            base::Error error = base::data_error(
                "ingest.unexplained",
                fmt::format("the bill's total is {} {}, and its charges add up to {} ({} rounded away)", total.source,
                            currency, total.billed.to_string(), total.rounded_away));
            error.place.file = files_.front().head.path.string();
            return std::move(error).with_remedy(
                "no rule explains the difference, so nothing was kept; is the export complete?");
        }
        loaded.totals.push_back(std::move(total));
    }
    return {};
}

} // namespace

std::map<std::string, std::string> surveyed_totals(const std::vector<SourceFile>& files) {
    std::map<std::string, std::string> totals;
    for (const SurveyedGroup& group : surveyed_groups(files)) {
        std::string& total = totals.try_emplace(group.keys[3], "0").first->second;
        total = exact_plus(total, group.sum);
    }
    return totals;
}

base::Result<SourceLoaded> load_source(engine::Engine& engine, const Source& source,
                                       const std::vector<SourceFile>& files, const base::Path& folder,
                                       const LoadOptions& options) {
    auto loaded = SourceLoad(engine, source, files, folder, options, CsvReading::kParallel).run();
    // As load_focus(): the one-threaded reader takes files that the parallel one refuses.
    if (!loaded.ok() && (loaded.error().code == "engine.sql" || loaded.error().code == "ingest.reconciliation")) {
        return SourceLoad(engine, source, files, folder, options, CsvReading::kTolerant).run();
    }
    return loaded;
}

base::Result<SourcePreview> preview_source(engine::Engine& engine, const Source& source,
                                           const std::vector<SourceFile>& files, const base::Path& folder,
                                           std::size_t charges_max) {
    return SourceLoad(engine, source, files, folder, {}, CsvReading::kTolerant).preview(charges_max);
}

} // namespace florin::ingest
