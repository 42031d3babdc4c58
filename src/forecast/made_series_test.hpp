// Series for tests that anyone can make again: Park and Miller's generator, x <- 16807 x mod (2^31 - 1).
#pragma once

#include <cmath>
#include <numbers>
#include <random>
#include <vector>

namespace florin::forecast::made {

/// Uniform on (-0.5, 0.5). In R: x <<- (16807 * x) %% 2147483647; x / 2147483647 - 0.5
class Noise {
public:
    explicit Noise(unsigned seed) : random_(seed) {}
    double operator()() { return static_cast<double>(random_()) / 2147483647.0 - 0.5; }

private:
    std::minstd_rand0 random_;
};

/// (100 + 1.5 t) (1 + 0.2 sin(2 pi t / 12)) (1 + 0.1 noise), t from 1 to 96: what R's figures in the tests are of.
inline std::vector<double> trend_and_season() {
    Noise noise(12345);
    std::vector<double> values;
    for (int t = 1; t <= 96; ++t) {
        values.push_back((100 + 1.5 * t) * (1 + 0.2 * std::sin(2 * std::numbers::pi * t / 12)) * (1 + 0.1 * noise()));
    }
    return values;
}

/// Values of about a standard normal distribution: sums of twelve uniform ones.
inline double normal(Noise& noise) {
    double sum = 0;
    for (int i = 0; i < 12; ++i) {
        sum += noise();
    }
    return sum;
}

} // namespace florin::forecast::made
