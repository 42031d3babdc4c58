#include "ingest/disjoint_sets.hpp"

#include <algorithm>
#include <map>
#include <numeric>

namespace florin::ingest {

DisjointSets::DisjointSets(std::size_t count) : parent_(count) {
    std::iota(parent_.begin(), parent_.end(), std::size_t{0});
}

std::size_t DisjointSets::root(std::size_t member) {
    while (parent_[member] != member) {
        member = parent_[member] = parent_[parent_[member]];
    }
    return member;
}

void DisjointSets::join(std::size_t a, std::size_t b) {
    const std::size_t first = std::min(root(a), root(b));
    parent_[std::max(root(a), root(b))] = first;
}

std::vector<std::vector<std::size_t>> DisjointSets::sets() {
    std::map<std::size_t, std::vector<std::size_t>> by_root;
    for (std::size_t i = 0; i < parent_.size(); ++i) {
        by_root[root(i)].push_back(i);
    }
    std::vector<std::vector<std::size_t>> sets;
    for (auto& [first, members] : by_root) {
        sets.push_back(std::move(members));
    }
    return sets;
}

} // namespace florin::ingest
