#include "focus/metadata.hpp"

#include "base/terminal_text.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <initializer_list>
#include <limits>
#include <utility>

namespace florin::focus {
namespace {

using Json = nlohmann::json;

constexpr int kDepthMax = 12;

/// A value and where it is in the document.
struct Node {
    const Json* value = nullptr;
    std::string pointer;
};

base::Error wrong(const std::string& pointer, std::string_view expected) {
    return base::data_error("focus.metadata_wrong", "the metadata at " + (pointer.empty() ? "the top" : pointer) +
                                                        " must be " + std::string(expected));
}

/// The member of that name, or nothing where it is absent or null.
std::optional<Node> member(const Node& parent, const char* key) {
    const auto place = parent.value->find(key);
    if (place == parent.value->end() || place->is_null()) {
        return std::nullopt;
    }
    return Node{&*place, parent.pointer + "/" + key};
}

/// The member under the first of the names that is there.
std::optional<Node> member(const Node& parent, const char* key, const char* older_key) {
    const std::optional<Node> found = member(parent, key);
    return found ? found : member(parent, older_key);
}

base::Result<std::string> text(const std::optional<Node>& node) {
    if (!node) {
        return std::string();
    }
    if (!node->value->is_string()) {
        return wrong(node->pointer, "text");
    }
    return node->value->get<std::string>();
}

template <class Integer>
base::Result<std::optional<Integer>> whole_number(const std::optional<Node>& node) {
    if (!node) {
        return std::optional<Integer>();
    }
    constexpr auto kMax = std::numeric_limits<Integer>::max();
    if (!node->value->is_number_unsigned() || node->value->get<std::uint64_t>() > static_cast<std::uint64_t>(kMax)) {
        return wrong(node->pointer, "a whole number from 0 to " + std::to_string(kMax));
    }
    return std::optional<Integer>(static_cast<Integer>(node->value->get<std::uint64_t>()));
}

base::Result<std::optional<bool>> truth(const std::optional<Node>& node) {
    if (!node) {
        return std::optional<bool>();
    }
    if (!node->value->is_boolean()) {
        return wrong(node->pointer, "true or false");
    }
    return std::optional<bool>(node->value->get<bool>());
}

base::Result<std::optional<period::Instant>> instant(const std::optional<Node>& node) {
    if (!node) {
        return std::optional<period::Instant>();
    }
    FLORIN_TRY_ASSIGN(std::string written, text(node));
    // The specification's own examples end in a small z.
    if (written.ends_with('z')) {
        written.back() = 'Z';
    }
    const base::Result<period::ParsedInstant> parsed = period::parse_instant(written);
    if (!parsed) {
        return wrong(node->pointer, "a point in time: " + parsed.error().message);
    }
    return std::optional<period::Instant>(parsed->instant);
}

base::Result<period::Instant> required_instant(const Node& parent, const char* key) {
    FLORIN_TRY_ASSIGN(const std::optional<period::Instant> value, instant(member(parent, key)));
    if (!value) {
        return wrong(parent.pointer + "/" + key, "a point in time, and is missing");
    }
    return *value;
}

/// The objects of a list, or the one object that stands in its place; none where there is no node.
base::Result<std::vector<Node>> objects(const std::optional<Node>& node) {
    std::vector<Node> list;
    if (!node) {
        return list;
    }
    if (node->value->is_object()) {
        list.push_back(*node);
        return list;
    }
    if (!node->value->is_array()) {
        return wrong(node->pointer, "an object or a list of objects");
    }
    for (const Json& element : *node->value) {
        list.push_back({&element, node->pointer + "/" + std::to_string(list.size())});
        if (!element.is_object()) {
            return wrong(list.back().pointer, "an object");
        }
    }
    return list;
}

base::Result<std::vector<std::string>> texts(const std::optional<Node>& node) {
    std::vector<std::string> list;
    if (!node) {
        return list;
    }
    if (!node->value->is_array()) {
        return wrong(node->pointer, "a list of texts");
    }
    for (const Json& element : *node->value) {
        FLORIN_TRY_ASSIGN(std::string item, text(Node{&element, node->pointer + "/" + std::to_string(list.size())}));
        list.push_back(std::move(item));
    }
    return list;
}

base::Result<ColumnDefinition> read_column(const Node& node) {
    ColumnDefinition column;
    FLORIN_TRY_ASSIGN(column.data_type, text(member(node, "DataType")));
    FLORIN_TRY_ASSIGN(column.number_scale, whole_number<int>(member(node, "NumberScale")));
    FLORIN_TRY_ASSIGN(column.numeric_precision, whole_number<int>(member(node, "NumericPrecision")));
    FLORIN_TRY_ASSIGN(column.string_length_max, whole_number<std::int64_t>(member(node, "StringMaxLength")));
    FLORIN_TRY_ASSIGN(column.previous_name, text(member(node, "PreviousColumnName")));
    FLORIN_TRY_ASSIGN(column.provider_tag_prefixes, texts(member(node, "ProviderTagPrefixes")));
    FLORIN_TRY_ASSIGN(const std::optional<bool> deprecated, truth(member(node, "Deprecated")));
    column.deprecated = deprecated.value_or(false);
    return column;
}

base::Result<Schema> read_schema(const Node& node) {
    Schema schema;
    FLORIN_TRY_ASSIGN(schema.id, text(member(node, "SchemaId")));
    FLORIN_TRY_ASSIGN(schema.dataset_instance_id, text(member(node, "DatasetInstanceId")));
    FLORIN_TRY_ASSIGN(schema.focus_version_text, text(member(node, "FocusVersion")));
    if (const base::Result<Version> version = parse_version(schema.focus_version_text)) {
        schema.focus_version = *version;
    }
    // 1.1 called it ProviderVersion.
    FLORIN_TRY_ASSIGN(schema.generator_version, text(member(node, "DataGeneratorVersion", "ProviderVersion")));
    FLORIN_TRY_ASSIGN(schema.created, instant(member(node, "CreationDate")));
    // Microsoft writes Columns.
    FLORIN_TRY_ASSIGN(const std::vector<Node> columns, objects(member(node, "ColumnDefinition", "Columns")));
    for (const Node& column : columns) {
        FLORIN_TRY_ASSIGN(const std::string column_name, text(member(column, "ColumnName")));
        if (column_name.empty()) {
            return wrong(column.pointer + "/ColumnName", "the name of a column, and is missing");
        }
        FLORIN_TRY_ASSIGN(ColumnDefinition definition, read_column(column));
        if (!schema.columns.emplace(column_name, std::move(definition)).second) {
            return wrong(column.pointer + "/ColumnName", "a name of its own: another column has it");
        }
    }
    return schema;
}

base::Result<DatasetInstance> read_instance(const Node& node) {
    DatasetInstance instance;
    FLORIN_TRY_ASSIGN(instance.id, text(member(node, "DatasetInstanceId")));
    FLORIN_TRY_ASSIGN(instance.name, text(member(node, "DatasetInstanceName")));
    FLORIN_TRY_ASSIGN(instance.dataset, text(member(node, "FocusDatasetId")));
    return instance;
}

base::Result<TimeSector> read_sector(const Node& node) {
    TimeSector sector;
    FLORIN_TRY_ASSIGN(sector.start, required_instant(node, "TimeSectorStart"));
    FLORIN_TRY_ASSIGN(sector.end, required_instant(node, "TimeSectorEnd"));
    if (sector.end <= sector.start) {
        return wrong(node.pointer + "/TimeSectorEnd", "after TimeSectorStart");
    }
    FLORIN_TRY_ASSIGN(const std::optional<bool> complete, truth(member(node, "TimeSectorComplete")));
    if (!complete) {
        return wrong(node.pointer + "/TimeSectorComplete", "true or false, and is missing");
    }
    sector.complete = *complete;
    FLORIN_TRY_ASSIGN(sector.last_updated, instant(member(node, "TimeSectorLastUpdated")));
    return sector;
}

base::Result<Recency> read_recency(const Node& node) {
    Recency recency;
    FLORIN_TRY_ASSIGN(recency.dataset_instance_id, text(member(node, "DatasetInstanceId")));
    // The examples of 1.3 call it RecencyLastUpdateDate.
    FLORIN_TRY_ASSIGN(recency.last_updated, instant(member(node, "RecencyLastUpdated", "RecencyLastUpdateDate")));
    FLORIN_TRY_ASSIGN(recency.instance_last_updated, instant(member(node, "DatasetInstanceLastUpdated")));
    FLORIN_TRY_ASSIGN(recency.complete, truth(member(node, "DatasetInstanceComplete")));
    FLORIN_TRY_ASSIGN(const std::vector<Node> sectors, objects(member(node, "TimeSectors")));
    for (const Node& sector : sectors) {
        FLORIN_TRY_ASSIGN(TimeSector read, read_sector(sector));
        recency.sectors.push_back(read);
    }
    return recency;
}

template <class Part>
base::Result<void> read_all(const std::optional<Node>& node, base::Result<Part> (*read)(const Node&),
                            std::vector<Part>& parts) {
    FLORIN_TRY_ASSIGN(const std::vector<Node> nodes, objects(node));
    for (const Node& each : nodes) {
        FLORIN_TRY_ASSIGN(Part part, read(each));
        parts.push_back(std::move(part));
    }
    return {};
}

bool has_any(const Node& node, std::initializer_list<const char*> keys) {
    return std::any_of(keys.begin(), keys.end(), [&](const char* key) { return node.value->contains(key); });
}

/// Reads the parts of one object: those under their names, and the one that the object itself is.
base::Result<void> read_object(const Node& node, Metadata& metadata) {
    FLORIN_TRY(read_all(member(node, "Schema"), &read_schema, metadata.schemas));
    FLORIN_TRY(read_all(member(node, "DatasetInstance"), &read_instance, metadata.instances));
    FLORIN_TRY(read_all(member(node, "Recency"), &read_recency, metadata.recencies));
    std::optional<Node> generator = member(node, "DataGenerator");
    if (generator && generator->value->is_object()) {
        generator = member(*generator, "DataGenerator");
    }
    if (generator) {
        FLORIN_TRY_ASSIGN(metadata.generator, text(generator));
    }
    if (has_any(node, {"SchemaId", "FocusVersion", "ColumnDefinition"})) {
        FLORIN_TRY(read_all(std::optional(node), &read_schema, metadata.schemas));
    } else if (has_any(node,
                       {"RecencyLastUpdated", "RecencyLastUpdateDate", "DatasetInstanceComplete", "TimeSectors"})) {
        FLORIN_TRY(read_all(std::optional(node), &read_recency, metadata.recencies));
    } else if (has_any(node, {"FocusDatasetId"})) {
        FLORIN_TRY(read_all(std::optional(node), &read_instance, metadata.instances));
    }
    return {};
}

base::Result<Json> parse_json(std::string_view json_text) {
    if (json_text.size() > kMetadataBytesMax) {
        return base::data_error("focus.metadata_unreadable",
                                "the metadata is larger than " + std::to_string(kMetadataBytesMax) + " bytes");
    }
    bool is_too_deep = false;
    const auto keep = [&](int depth, Json::parse_event_t, const Json&) {
        is_too_deep = is_too_deep || depth > kDepthMax;
        return !is_too_deep;
    };
    try {
        Json document = Json::parse(json_text, keep);
        if (is_too_deep) {
            return base::data_error("focus.metadata_unreadable",
                                    "the metadata is nested deeper than " + std::to_string(kDepthMax) + " levels");
        }
        return document;
    } catch (const Json::exception& exception) {
        return base::data_error("focus.metadata_unreadable",
                                "the metadata is not JSON: " + base::terminal_text(exception.what(), 200));
    }
}

} // namespace

base::Result<Metadata> parse_metadata(std::string_view json_text) {
    FLORIN_TRY_ASSIGN(const Json document, parse_json(json_text));
    FLORIN_TRY_ASSIGN(const std::vector<Node> nodes, objects(Node{&document, ""}));
    Metadata metadata;
    for (const Node& node : nodes) {
        FLORIN_TRY(read_object(node, metadata));
    }
    if (metadata.generator.empty() && metadata.schemas.empty() && metadata.instances.empty() &&
        metadata.recencies.empty()) {
        return base::data_error("focus.metadata_unknown", "no FOCUS metadata is in it");
    }
    return metadata;
}

base::Result<Metadata> read_metadata(const base::Path& path) {
    FLORIN_TRY_ASSIGN(const std::string json_text, base::read_file(path, kMetadataBytesMax));
    base::Result<Metadata> metadata = parse_metadata(json_text);
    if (!metadata) {
        return std::move(metadata).error().at({.file = path.string()});
    }
    return metadata;
}

} // namespace florin::focus
