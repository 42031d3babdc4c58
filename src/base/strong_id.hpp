// Identifiers of different things that cannot be mixed up.
#pragma once

#include <compare>
#include <utility>

namespace florin::base {

/// A value of type T that means one kind of thing only, named by the tag type: a DeliveryId is
/// neither a number nor a PartId. Compares and orders with its own kind.
template <class Tag, class T>
class StrongId {
public:
    StrongId() = default;
    explicit StrongId(T value) : value_(std::move(value)) {}
    const T& value() const noexcept { return value_; }
    friend auto operator<=>(const StrongId&, const StrongId&) = default;
    friend bool operator==(const StrongId&, const StrongId&) = default;

private:
    T value_{};
};

} // namespace florin::base
