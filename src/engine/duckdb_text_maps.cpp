// Maps and JSON objects of texts inside DuckDB, made in one pass: its own list functions take ten times as long.
#include "engine/duckdb_functions.hpp"
#include "engine/duckdb_vectors.hpp"

#include <string>
#include <vector>

namespace florin::engine {
namespace {

constexpr char kBetweenNames = '\x1f';

/// The columns of a chunk behind the first, which holds their names.
class NamedTexts {
public:
    explicit NamedTexts(duckdb_data_chunk chunk) : rows_(duckdb_data_chunk_get_size(chunk)) {
        const idx_t columns = duckdb_data_chunk_get_column_count(chunk);
        for (idx_t i = 1; i < columns; ++i) {
            texts_.emplace_back(chunk, i);
        }
        if (rows_ > 0) {
            std::string_view names = TextArguments(chunk, 0)[0];
            for (std::size_t end = 0; end != std::string_view::npos;) {
                end = names.find(kBetweenNames);
                names_.push_back(names.substr(0, end));
                names.remove_prefix(end == std::string_view::npos ? names.size() : end + 1);
            }
        }
    }

    idx_t rows() const { return rows_; }
    bool has_a_name_each() const { return rows_ == 0 || names_.size() == texts_.size(); }
    std::size_t columns() const { return texts_.size(); }
    std::string_view name(std::size_t column) const { return names_[column]; }
    bool is_valid(std::size_t column, idx_t row) const { return texts_[column].is_valid(row); }
    std::string_view text(std::size_t column, idx_t row) const { return texts_[column][row]; }

private:
    idx_t rows_;
    std::vector<std::string_view> names_;
    std::vector<TextArguments> texts_;
};

void text_map_vector(duckdb_function_info info, duckdb_data_chunk input, duckdb_vector output) {
    const NamedTexts texts(input);
    if (!texts.has_a_name_each()) {
        duckdb_scalar_function_set_error(info, "florin_text_map: not as many names as texts");
        return;
    }
    auto* entries = static_cast<duckdb_list_entry*>(duckdb_vector_get_data(output));
    idx_t count = 0;
    for (idx_t row = 0; row < texts.rows(); ++row) {
        entries[row].offset = count;
        for (std::size_t column = 0; column < texts.columns(); ++column) {
            count += texts.is_valid(column, row) ? 1U : 0U;
        }
        entries[row].length = count - entries[row].offset;
    }
    duckdb_list_vector_reserve(output, count);
    duckdb_list_vector_set_size(output, count);
    duckdb_vector pairs = duckdb_list_vector_get_child(output);
    duckdb_vector keys = duckdb_struct_vector_get_child(pairs, 0);
    duckdb_vector values = duckdb_struct_vector_get_child(pairs, 1);
    // Each name is stored once a chunk; the keys of other rows point to it.
    constexpr idx_t kNowhere = static_cast<idx_t>(-1);
    std::vector<idx_t> stored(texts.columns(), kNowhere);
    auto* key_texts = static_cast<duckdb_string_t*>(duckdb_vector_get_data(keys));
    idx_t at = 0;
    for (idx_t row = 0; row < texts.rows(); ++row) {
        for (std::size_t column = 0; column < texts.columns(); ++column) {
            if (texts.is_valid(column, row)) {
                if (stored[column] == kNowhere) {
                    const std::string_view name = texts.name(column);
                    duckdb_vector_assign_string_element_len(keys, at, name.data(), name.size());
                    stored[column] = at;
                } else {
                    key_texts[at] = key_texts[stored[column]];
                }
                const std::string_view text = texts.text(column, row);
                duckdb_vector_assign_string_element_len(values, at, text.data(), text.size());
                ++at;
            }
        }
    }
}

void append_json_text(std::string_view text, std::string& json) {
    constexpr std::string_view kHex = "0123456789abcdef";
    json += '"';
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (c == '"' || c == '\\') {
            json += '\\';
            json += c;
        } else if (byte < 0x20) {
            json += "\\u00";
            json += kHex[byte >> 4U];
            json += kHex[byte & 15U];
        } else {
            json += c;
        }
    }
    json += '"';
}

void text_object_vector(duckdb_function_info info, duckdb_data_chunk input, duckdb_vector output) {
    const NamedTexts texts(input);
    if (!texts.has_a_name_each()) {
        duckdb_scalar_function_set_error(info, "florin_text_object: not as many names as texts");
        return;
    }
    std::string json;
    Nulls nulls(output);
    for (idx_t row = 0; row < texts.rows(); ++row) {
        json.clear();
        for (std::size_t column = 0; column < texts.columns(); ++column) {
            if (texts.is_valid(column, row)) {
                json += json.empty() ? '{' : ',';
                append_json_text(texts.name(column), json);
                json += ':';
                append_json_text(texts.text(column, row), json);
            }
        }
        if (json.empty()) {
            nulls.set(row);
        } else {
            json += '}';
            duckdb_vector_assign_string_element_len(output, row, json.data(), json.size());
        }
    }
}

base::Result<void> register_named(duckdb_connection connection, const char* name, duckdb_logical_type gives,
                                  duckdb_scalar_function_t run) {
    const LogicalType text(duckdb_create_logical_type(DUCKDB_TYPE_VARCHAR));
    const ScalarFunction function(duckdb_create_scalar_function());
    duckdb_scalar_function_set_name(function.get(), name);
    duckdb_scalar_function_set_varargs(function.get(), text.get());
    duckdb_scalar_function_set_special_handling(function.get()); // it sees NULLs
    duckdb_scalar_function_set_return_type(function.get(), gives);
    duckdb_scalar_function_set_function(function.get(), run);
    return register_function(connection, function);
}

} // namespace

base::Result<void> register_text_maps(duckdb_connection connection) {
    const LogicalType text(duckdb_create_logical_type(DUCKDB_TYPE_VARCHAR));
    const LogicalType map(duckdb_create_map_type(text.get(), text.get()));
    FLORIN_TRY(register_named(connection, "florin_text_map", map.get(), &text_map_vector));
    return register_named(connection, "florin_text_object", text.get(), &text_object_vector);
}

} // namespace florin::engine
