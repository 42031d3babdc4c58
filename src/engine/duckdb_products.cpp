// Exact products of decimals inside DuckDB, whose own overflow or become binary.
#include "engine/duckdb_functions.hpp"
#include "engine/duckdb_vectors.hpp"
#include "money/decimal.hpp"

namespace florin::engine {
namespace {

constexpr base::int128 power_of_ten(int exponent) {
    base::int128 power = 1;
    for (int i = 0; i < exponent; ++i) {
        power *= 10;
    }
    return power;
}

/// The products of two vectors of decimals in the scale of the first, each rounded half even once.
template <class Left, class Right>
void product_vector(duckdb_function_info info, duckdb_data_chunk input, duckdb_vector output) {
    const idx_t size = duckdb_data_chunk_get_size(input);
    const UnitArguments lefts(input, 0);
    const UnitArguments rights(input, 1);
    auto* products = static_cast<VectorUnits*>(duckdb_vector_get_data(output));
    Nulls nulls(output);
    for (idx_t row = 0; row < size; ++row) {
        if (!lefts.is_valid(row) || !rights.is_valid(row)) {
            nulls.set(row);
            products[row] = 0;
            continue;
        }
        const auto product = Left::from_units(lefts[row])
                                 .times_ratio(rights[row], power_of_ten(Right::kScale), money::Rounding::kHalfEven);
        if (!product.ok()) {
            return fail(info, product.error());
        }
        products[row] = product->units();
    }
}

/// amount x part / whole of three vectors of money, rounded half even once; NULL where the whole is 0.
void share_vector(duckdb_function_info info, duckdb_data_chunk input, duckdb_vector output) {
    const idx_t size = duckdb_data_chunk_get_size(input);
    const UnitArguments amounts(input, 0);
    const UnitArguments parts(input, 1);
    const UnitArguments wholes(input, 2);
    auto* shares = static_cast<VectorUnits*>(duckdb_vector_get_data(output));
    Nulls nulls(output);
    for (idx_t row = 0; row < size; ++row) {
        const bool known = amounts.is_valid(row) && parts.is_valid(row) && wholes.is_valid(row);
        if (!known || wholes[row] == 0) {
            nulls.set(row);
            shares[row] = 0;
            continue;
        }
        const auto share =
            money::Decimal::from_units(amounts[row]).times_ratio(parts[row], wholes[row], money::Rounding::kHalfEven);
        if (!share.ok()) {
            return fail(info, share.error());
        }
        shares[row] = share->units();
    }
}

/// name(DECIMAL(38, Left), DECIMAL(38, Right)) -> DECIMAL(38, Left).
template <class Left, class Right>
base::Result<void> register_product(duckdb_connection connection, const char* name) {
    const LogicalType left(duckdb_create_decimal_type(38, static_cast<uint8_t>(Left::kScale)));
    const LogicalType right(duckdb_create_decimal_type(38, static_cast<uint8_t>(Right::kScale)));
    const ScalarFunction function(duckdb_create_scalar_function());
    duckdb_scalar_function_set_name(function.get(), name);
    duckdb_scalar_function_add_parameter(function.get(), left.get());
    duckdb_scalar_function_add_parameter(function.get(), right.get());
    duckdb_scalar_function_set_return_type(function.get(), left.get());
    duckdb_scalar_function_set_function(function.get(), &product_vector<Left, Right>);
    return register_function(connection, function);
}

/// florin_share(amount, part, whole), all of them DECIMAL(38,18).
base::Result<void> register_share(duckdb_connection connection) {
    const LogicalType money(duckdb_create_decimal_type(38, static_cast<uint8_t>(money::Decimal::kScale)));
    const ScalarFunction function(duckdb_create_scalar_function());
    duckdb_scalar_function_set_name(function.get(), "florin_share");
    for (int i = 0; i < 3; ++i) {
        duckdb_scalar_function_add_parameter(function.get(), money.get());
    }
    duckdb_scalar_function_set_return_type(function.get(), money.get());
    duckdb_scalar_function_set_function(function.get(), &share_vector);
    return register_function(connection, function);
}

} // namespace

base::Result<void> register_products(duckdb_connection connection) {
    FLORIN_TRY((register_product<money::Decimal, money::Decimal>(connection, "florin_times")));
    FLORIN_TRY((register_product<money::Decimal, money::Quantity>(connection, "florin_cost")));
    FLORIN_TRY(register_share(connection));
    return register_product<money::Quantity, money::Quantity>(connection, "florin_quantity_times");
}

} // namespace florin::engine
