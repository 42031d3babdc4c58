// Small cost details exports for tests, written from Microsoft's documents.
#pragma once

#include "ingest/source_test_ledger.hpp"

#include <string_view>
#include <vector>

namespace florin::ingest::azure_cost {

inline constexpr std::string_view kReservation = "/providers/Microsoft.Capacity/reservationOrders/o1/reservations/r1";
inline constexpr std::string_view kSavingsPlan =
    "/providers/Microsoft.BillingBenefits/savingsPlanOrders/s1/savingsPlans/p1";

/// A day of a machine at 0.8 USD an hour, as an Enterprise Agreement's export of June 2024 has it.
Cells ea_row(const Cells& changes = {});
/// 10 GB at 0.9 USD, billed in EUR, as a Microsoft Customer Agreement's export has it.
Cells mca_row(const Cells& changes = {});

/// Use, use that a reservation and a savings plan cover, their purchases and a refund, the Marketplace, a rounding
/// adjustment, use in blocks of 10,000.
std::vector<Cells> ea_actual();
/// The same bill amortized.
std::vector<Cells> ea_amortized();
/// Use, use that a reservation covers, tax, a credit, use without an exchange rate.
std::vector<Cells> mca_amortized();

} // namespace florin::ingest::azure_cost
