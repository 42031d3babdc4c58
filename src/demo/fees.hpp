// What a bill has besides usage: support and subscriptions, credits, refunds, corrections of an
// earlier month, tax.
#pragma once

#include "demo/charge.hpp"
#include "demo/company.hpp"

#include <cstdint>
#include <vector>

namespace florin::demo {

/// The month's fees, credits, refunds and corrections of one feed. `month_index` counts from 0; the
/// first month corrects nothing, because nothing came before it. `base`: cells all charges share.
std::vector<Charge> fee_charges(const Company& company, std::size_t feed, int month_index, const period::Period& month,
                                const Row& base, std::uint64_t seed);

/// Whether the feed's bills end with a tax charge.
bool is_taxed(const Feed& feed);
/// Tax on what is taxable of the month, rounded to the cent, half away from zero.
Charge tax_charge(const Feed& feed, const period::Period& month, const Row& base, Cost taxable_billed,
                  Cost taxable_list, Cost taxable_contracted);

} // namespace florin::demo
