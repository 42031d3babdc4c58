// Exact products of decimals inside DuckDB, whose own overflow or become binary.
#include "engine/duckdb_functions.hpp"
#include "money/decimal.hpp"

#include <array>
#include <memory>
#include <string>
#include <type_traits>

namespace florin::engine {
namespace {

struct DestroyType {
    void operator()(duckdb_logical_type type) const { duckdb_destroy_logical_type(&type); }
};
using LogicalType = std::unique_ptr<std::remove_pointer_t<duckdb_logical_type>, DestroyType>;

struct DestroyFunction {
    void operator()(duckdb_scalar_function function) const { duckdb_destroy_scalar_function(&function); }
};
using ScalarFunction = std::unique_ptr<std::remove_pointer_t<duckdb_scalar_function>, DestroyFunction>;

constexpr base::int128 power_of_ten(int exponent) {
    base::int128 power = 1;
    for (int i = 0; i < exponent; ++i) {
        power *= 10;
    }
    return power;
}

bool is_valid(const uint64_t* validity, idx_t row) {
    return validity == nullptr || ((validity[row / 64U] >> (row % 64U)) & 1U) != 0;
}

/// The products of two vectors of decimals in the scale of the first, each rounded half even once.
template <class Left, class Right>
void product_vector(duckdb_function_info info, duckdb_data_chunk input, duckdb_vector output) {
    const idx_t size = duckdb_data_chunk_get_size(input);
    duckdb_vector left = duckdb_data_chunk_get_vector(input, 0);
    duckdb_vector right = duckdb_data_chunk_get_vector(input, 1);
    const auto* lefts = static_cast<VectorUnits*>(duckdb_vector_get_data(left));
    const auto* rights = static_cast<VectorUnits*>(duckdb_vector_get_data(right));
    const uint64_t* left_validity = duckdb_vector_get_validity(left);
    const uint64_t* right_validity = duckdb_vector_get_validity(right);
    auto* products = static_cast<VectorUnits*>(duckdb_vector_get_data(output));
    for (idx_t row = 0; row < size; ++row) {
        if (!is_valid(left_validity, row) || !is_valid(right_validity, row)) {
            duckdb_vector_ensure_validity_writable(output);
            duckdb_validity_set_row_invalid(duckdb_vector_get_validity(output), row);
            products[row] = 0;
            continue;
        }
        const auto product = Left::from_units(lefts[row])
                                 .times_ratio(rights[row], power_of_ten(Right::kScale), money::Rounding::kHalfEven);
        if (!product.ok()) {
            const std::string message = "florin: " + product.error().describe();
            duckdb_scalar_function_set_error(info, message.c_str());
            return;
        }
        products[row] = product->units();
    }
}

/// amount x part / whole of three vectors of money, rounded half even once; NULL where the whole is 0.
void share_vector(duckdb_function_info info, duckdb_data_chunk input, duckdb_vector output) {
    const idx_t size = duckdb_data_chunk_get_size(input);
    const VectorUnits* values[3] = {};
    std::array<const uint64_t*, 3> validities{};
    for (idx_t i = 0; i < validities.size(); ++i) {
        duckdb_vector column = duckdb_data_chunk_get_vector(input, i);
        values[i] = static_cast<VectorUnits*>(duckdb_vector_get_data(column));
        validities[i] = duckdb_vector_get_validity(column);
    }
    auto* shares = static_cast<VectorUnits*>(duckdb_vector_get_data(output));
    for (idx_t row = 0; row < size; ++row) {
        const bool known = is_valid(validities[0], row) && is_valid(validities[1], row) && is_valid(validities[2], row);
        if (!known || values[2][row] == 0) {
            duckdb_vector_ensure_validity_writable(output);
            duckdb_validity_set_row_invalid(duckdb_vector_get_validity(output), row);
            shares[row] = 0;
            continue;
        }
        const auto share = money::Decimal::from_units(values[0][row])
                               .times_ratio(values[1][row], values[2][row], money::Rounding::kHalfEven);
        if (!share.ok()) {
            const std::string message = "florin: " + share.error().describe();
            duckdb_scalar_function_set_error(info, message.c_str());
            return;
        }
        shares[row] = share->units();
    }
}

/// name(DECIMAL(38, Left), DECIMAL(38, Right)) -> DECIMAL(38, Left).
template <class Left, class Right>
base::Result<void> register_product(duckdb_connection connection, const char* name) {
    const LogicalType left(duckdb_create_decimal_type(38, static_cast<uint8_t>(Left::kScale)));
    const LogicalType right(duckdb_create_decimal_type(38, static_cast<uint8_t>(Right::kScale)));
    ScalarFunction function(duckdb_create_scalar_function());
    duckdb_scalar_function_set_name(function.get(), name);
    duckdb_scalar_function_add_parameter(function.get(), left.get());
    duckdb_scalar_function_add_parameter(function.get(), right.get());
    duckdb_scalar_function_set_return_type(function.get(), left.get());
    duckdb_scalar_function_set_function(function.get(), &product_vector<Left, Right>);
    if (duckdb_register_scalar_function(connection, function.get()) != DuckDBSuccess) {
        base::Error error;
        error.code = "engine.function";
        error.message = "DuckDB refused one of Florin's functions";
        return error;
    }
    return {};
}

/// florin_share(amount, part, whole), all of them DECIMAL(38,18).
base::Result<void> register_share(duckdb_connection connection) {
    const LogicalType money(duckdb_create_decimal_type(38, static_cast<uint8_t>(money::Decimal::kScale)));
    ScalarFunction function(duckdb_create_scalar_function());
    duckdb_scalar_function_set_name(function.get(), "florin_share");
    for (int i = 0; i < 3; ++i) {
        duckdb_scalar_function_add_parameter(function.get(), money.get());
    }
    duckdb_scalar_function_set_return_type(function.get(), money.get());
    duckdb_scalar_function_set_function(function.get(), &share_vector);
    if (duckdb_register_scalar_function(connection, function.get()) != DuckDBSuccess) {
        base::Error error;
        error.code = "engine.function";
        error.message = "DuckDB refused one of Florin's functions";
        return error;
    }
    return {};
}

} // namespace

base::Result<void> register_products(duckdb_connection connection) {
    FLORIN_TRY((register_product<money::Decimal, money::Decimal>(connection, "florin_times")));
    FLORIN_TRY((register_product<money::Decimal, money::Quantity>(connection, "florin_cost")));
    FLORIN_TRY(register_share(connection));
    return register_product<money::Quantity, money::Quantity>(connection, "florin_quantity_times");
}

} // namespace florin::engine
