#include "query/render.hpp"

#include <nlohmann/json.hpp>

namespace florin::query {
namespace {

using Json = nlohmann::ordered_json;

struct JsonValue {
    const Question& question;
    Json operator()(std::monostate) const { return nullptr; }
    Json operator()(const std::string& text) const { return text; }
    Json operator()(std::int64_t number) const { return number; }
    Json operator()(const money::Decimal& number) const { return number.to_string(); }
    Json operator()(const money::Quantity& number) const { return number.to_string(); }
    Json operator()(double number) const { return number; }
    Json operator()(bool value) const { return value; }
    Json operator()(const period::Day& day) const { return step_text(question, day); }
    Json operator()(const period::Instant& instant) const { return period::to_string(instant); }
};

Json json_of(const Answer& answer, const AnswerRow& row) {
    Json values = Json::object();
    for (std::size_t i = 0; i < row.values.size(); ++i) {
        values[answer.columns[i].name] = std::visit(JsonValue{answer.question}, row.values[i]);
    }
    return values;
}

Json json_of(const Answer& answer, const CurrencyBlock& block) {
    Json json = {{"currency", block.currency}, {"rows", Json::array()}};
    for (const AnswerRow& row : block.rows) {
        json[row.kind == AnswerRow::Kind::kRest ? "rest" : "rows"].push_back(json_of(answer, row));
    }
    if (block.rest_groups != 0) {
        json["rest_groups"] = block.rest_groups;
    }
    json["total"] = json_of(answer, block.total);
    return json;
}

Json json_of(const Answer& answer, const std::vector<ConvertedAmount>& amounts) {
    Json list = Json::array();
    const JsonValue value{answer.question};
    for (const ConvertedAmount& amount : amounts) {
        list.push_back({{"measure", amount.measure},
                        {"original", std::visit(value, amount.original)},
                        {"converted", std::visit(value, amount.converted)},
                        {"average_rate", std::visit(value, amount.rate)}});
    }
    return list;
}

Json json_of(const Answer& answer, const Conversion& conversion) {
    Json json = {
        {"currency", conversion.currency}, {"rate_type", fx::name(conversion.rate_type)}, {"from", Json::array()}};
    for (const ConvertedCurrency& each : conversion.from) {
        Json from = {{"currency", each.currency}, {"amounts", json_of(answer, each.amounts)}};
        if (!each.amounts_before.empty()) {
            from["amounts_previous"] = json_of(answer, each.amounts_before);
        }
        from["days"] = each.days;
        if (each.days != 0 && conversion.rate_type != fx::RateType::kBudget) {
            from["oldest_rate"] = {{"published", period::to_string(each.oldest_published)},
                                   {"used_on", period::to_string(each.oldest_used_on)}};
            if (conversion.rate_type == fx::RateType::kTransactionDay) {
                from["oldest_rate"]["age_days"] = each.oldest_age_days;
            } else {
                from["provisional"] = each.provisional;
            }
        }
        json["from"].push_back(std::move(from));
    }
    return json;
}

} // namespace

std::string render_json(const Answer& answer) {
    Json json;
    json["question"] = Json::parse(to_json(answer.question));
    json["columns"] = Json::array();
    for (const AnswerColumn& column : answer.columns) {
        Json described = {{"name", column.name}, {"label", column.label}, {"kind", name(column.kind)}};
        if (column.kind != AnswerColumn::Kind::kDimension && column.kind != AnswerColumn::Kind::kTime) {
            described["unit"] = column.kind == AnswerColumn::Kind::kChangePercent ? "percent" : name(column.unit);
        }
        json["columns"].push_back(std::move(described));
    }
    json["blocks"] = Json::array();
    for (const CurrencyBlock& block : answer.blocks) {
        json["blocks"].push_back(json_of(answer, block));
    }
    if (answer.conversion) {
        json["conversion"] = json_of(answer, *answer.conversion);
    }
    json["notes"] = answer.notes;
    json["scopes_read"] = {{"from_daily_sums", answer.scopes_from_cells}, {"from_charges", answer.scopes_from_charges}};
    return json.dump(1, ' ', false, Json::error_handler_t::replace) + "\n";
}

} // namespace florin::query
