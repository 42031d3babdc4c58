#include "ingest/aws_cur/test_report.hpp"

#include "ingest/aws_cur/aws_cur.hpp"

#include <fmt/format.h>

namespace florin::ingest::aws_cur {

Cells usage_row(const Cells& changes) {
    const Cells row = {{"identity/LineItemId", "line1"},
                       {"identity/TimeInterval", "2026-01-02T00:00:00Z/2026-01-02T01:00:00Z"},
                       {"bill/InvoiceId", ""},
                       {"bill/InvoicingEntity", "Amazon Web Services, Inc."},
                       {"bill/BillingEntity", "AWS"},
                       {"bill/BillType", "Anniversary"},
                       {"bill/PayerAccountId", "111111111111"},
                       {"bill/BillingPeriodStartDate", "2026-01-01T00:00:00Z"},
                       {"bill/BillingPeriodEndDate", "2026-02-01T00:00:00Z"},
                       {"lineItem/UsageAccountId", "222222222222"},
                       {"lineItem/LineItemType", "Usage"},
                       {"lineItem/UsageStartDate", "2026-01-02T00:00:00Z"},
                       {"lineItem/UsageEndDate", "2026-01-02T01:00:00Z"},
                       {"lineItem/ProductCode", "AmazonEC2"},
                       {"lineItem/UsageType", "EUC1-BoxUsage:m5.large"},
                       {"lineItem/Operation", "RunInstances"},
                       {"lineItem/AvailabilityZone", "eu-central-1a"},
                       {"lineItem/ResourceId", "i-0123456789abcdef0"},
                       {"lineItem/UsageAmount", "1.0"},
                       {"lineItem/CurrencyCode", "USD"},
                       {"lineItem/UnblendedRate", "0.5"},
                       {"lineItem/UnblendedCost", "0.5"},
                       {"lineItem/LineItemDescription", "0.5 per hour, m5.large"},
                       {"lineItem/LegalEntity", "Amazon Web Services, Inc."},
                       {"product/ProductName", "Amazon Elastic Compute Cloud"},
                       {"product/instanceType", "m5.large"},
                       {"product/regionCode", "eu-central-1"},
                       {"product/sku", "SKU1"},
                       {"pricing/RateCode", "SKU1.TERM.RATE"},
                       {"pricing/publicOnDemandCost", "0.6"},
                       {"pricing/publicOnDemandRate", "0.6"},
                       {"pricing/term", "OnDemand"},
                       {"pricing/unit", "Hrs"},
                       {"resourceTags/user:Team", ""}};
    return with(row, changes);
}

Cells plan_row(const std::string& type, const std::string& cost, Cells changes) {
    changes.insert(
        {{"lineItem/LineItemType", type}, {"lineItem/UnblendedCost", cost}, {"savingsPlan/SavingsPlanARN", kPlan}});
    return usage_row(changes);
}

std::map<std::string, std::pair<std::string, std::string>> by_rule(const SourceLoaded& loaded) {
    std::map<std::string, std::pair<money::Decimal, money::Decimal>> sums;
    for (const ReconciledLine& line : loaded.lines) {
        auto& [source, billed] = sums[line.rule];
        source = source.plus(line.source).value();
        billed = billed.plus(line.billed).value();
    }
    std::map<std::string, std::pair<std::string, std::string>> texts;
    for (const auto& [rule, pair] : sums) {
        texts[rule] = {pair.first.to_string(), pair.second.to_string()};
    }
    return texts;
}

Ledger::Ledger() : engine_(engine::open_duckdb({}).value()) {}

base::Result<std::vector<SourceFile>> Ledger::read(const std::vector<base::Path>& paths) const {
    std::vector<SourceFile> files;
    for (const base::Path& path : paths) {
        FLORIN_TRY_ASSIGN(FileHead head, read_file_head(path));
        const auto recognised = source().recognise(head);
        FLORIN_CHECK(recognised.has_value(), "a report of AWS");
        FLORIN_TRY_ASSIGN(Survey read,
                          survey(head, source().survey_rules(head), {.staging_folder = folder_.path() / "staging"}));
        files.push_back({std::move(head), *recognised, std::move(read)});
    }
    return files;
}

base::Result<SourceLoaded> Ledger::load(const std::vector<base::Path>& paths) {
    FLORIN_TRY_ASSIGN(const std::vector<SourceFile> files, read(paths));
    const base::Path out = folder_.path() / std::to_string(++loads_);
    std::filesystem::create_directories(out);
    FLORIN_TRY_ASSIGN(SourceLoaded loaded, load_source(*engine_, source(), files, out, {}));
    parts_ = loaded.parts;
    return loaded;
}

base::Result<SourceLoaded> Ledger::load_rows(const std::vector<Cells>& rows) {
    return load({folder_.write(fmt::format("report{}.csv", loads_ + 1), csv_text(rows))});
}

std::string Ledger::relation() const {
    std::vector<std::string> files;
    for (const lake::Part& part : parts_) {
        files.push_back((folder_.path() / std::to_string(loads_) / (part.stem + ".charges.parquet")).string());
    }
    return fmt::format("read_parquet({})", engine::sql_list(files));
}

std::vector<Cells> Ledger::charges(std::string_view where) const {
    const std::string from = fmt::format("FROM {} WHERE {}", relation(), where);
    const std::vector<engine::Column> columns = engine_->describe("SELECT * " + from).value();
    std::string list;
    for (const engine::Column& column : columns) {
        list += fmt::format("{}CAST({} AS VARCHAR)", list.empty() ? "" : ", ",
                            column.name == "x_Custom" ? "to_json(x_Custom)" : engine::sql_name(column.name));
    }
    std::vector<Cells> rows;
    for (const auto& values : engine_->query(fmt::format("SELECT {} {}", list, from)).value().rows) {
        Cells row;
        for (std::size_t i = 0; i < columns.size(); ++i) {
            if (const auto* text = std::get_if<std::string>(&values[i])) {
                const bool is_number =
                    columns[i].type == engine::Type::kDecimal || columns[i].type == engine::Type::kQuantity;
                row[columns[i].name] = is_number ? plain(*text) : *text;
            }
        }
        rows.push_back(std::move(row));
    }
    return rows;
}

std::string Ledger::sum(std::string_view column, std::string_view where) const {
    const engine::Table table = engine_
                                    ->query(fmt::format("SELECT CAST(coalesce(sum({}), 0) AS VARCHAR) FROM {} WHERE {}",
                                                        column, relation(), where))
                                    .value();
    return plain(std::get<std::string>(table.rows[0][0]));
}

} // namespace florin::ingest::aws_cur
