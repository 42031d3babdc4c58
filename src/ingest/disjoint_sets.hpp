// Which things belong together, from pairs that do.
#pragma once

#include <cstddef>
#include <vector>

namespace florin::ingest {

/// The numbers 0 to count - 1, each in a set of its own until it is joined with another.
class DisjointSets {
public:
    explicit DisjointSets(std::size_t count);
    void join(std::size_t a, std::size_t b);
    /// The sets in order of their least member, each ascending.
    std::vector<std::vector<std::size_t>> sets();

private:
    std::size_t root(std::size_t member);
    std::vector<std::size_t> parent_;
};

} // namespace florin::ingest
