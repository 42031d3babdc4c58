#include "forecast/combination.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

namespace florin::forecast {

namespace {

double average_of(std::vector<double>& values, Average average) {
    if (average == Average::kMean) {
        return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
    }
    const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
    std::ranges::nth_element(values, middle);
    if (values.size() % 2 == 1) {
        return *middle;
    }
    return 0.5 * (*middle + *std::ranges::max_element(values.begin(), middle));
}

/// Averages the rows, position by position; NaN where one row has none.
std::vector<double> average_rows(const std::vector<std::vector<double>>& rows, Average average) {
    std::vector<double> result;
    std::vector<double> column(rows.size());
    for (std::size_t i = 0; i < rows.front().size(); ++i) {
        bool complete = true;
        for (std::size_t k = 0; k < rows.size(); ++k) {
            column[k] = rows[k][i];
            complete = complete && !std::isnan(column[k]);
        }
        result.push_back(complete ? average_of(column, average) : std::numeric_limits<double>::quiet_NaN());
    }
    return result;
}

bool is_finite(const Forecast& forecast) {
    return std::ranges::all_of(forecast.mean, [](double value) { return std::isfinite(value); });
}

} // namespace

Forecast combine(std::vector<Forecast> members, Average average) {
    FLORIN_CHECK(!members.empty(), "nothing to combine");
    if (std::ranges::any_of(members, is_finite)) {
        std::erase_if(members, [](const Forecast& member) { return !is_finite(member); });
    }
    Forecast combined{.method = average == Average::kMean ? "mean of " : "median of "};
    std::vector<std::vector<double>> means;
    std::vector<std::vector<double>> residuals;
    bool has_paths = true;
    for (const Forecast& member : members) {
        combined.method += (means.empty() ? "" : ", ") + member.method;
        combined.parameter_count += member.parameter_count;
        combined.first_shock = std::max(combined.first_shock, member.first_shock);
        has_paths = has_paths && member.path;
        means.push_back(member.mean);
        residuals.push_back(member.residuals);
    }
    combined.mean = average_rows(means, average);
    combined.residuals = average_rows(residuals, average);
    if (has_paths) {
        combined.path = [members = std::move(members), average](std::span<const std::size_t> drawn) {
            std::vector<std::vector<double>> paths;
            for (const Forecast& member : members) {
                paths.push_back(member.path(drawn));
            }
            return average_rows(paths, average);
        };
    }
    return combined;
}

} // namespace florin::forecast
