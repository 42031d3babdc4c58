// A month of Oracle Cloud cost reports: four files a day, each with six hours of usage, what came late for
// the six hours before, and at the end corrections. Everything is pay as you go, so that billed and
// effective cost are the same.
#pragma once

#include "demo/native/native.hpp"
#include "demo/native/native_truth.hpp"

#include <functional>
#include <vector>

namespace florin::demo {

base::Result<std::vector<NativeFile>> write_oci(const NativeOptions& options, NativeTruth& truth,
                                                const std::function<void(std::uint64_t)>& progress);

} // namespace florin::demo
