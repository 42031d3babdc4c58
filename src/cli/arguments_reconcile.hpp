// The command `florin reconcile` as a person types it.
#pragma once

#include "cli/arguments.hpp"

#include <CLI/CLI.hpp>

namespace florin::cli {

inline constexpr const char* kReconcileExamples = "  florin reconcile 3\n"
                                                  "  florin reconcile 3 --by account,service\n"
                                                  "  florin reconcile 3 --format html --out delivery-3.html\n"
                                                  "  florin reconcile --invoice 1234567 --amount 1204.11 --tax 96.33\n"
                                                  "  florin reconcile --invoices --period 2024-09";

/// Defines the options of `reconcile`, which then go into `target`.
void define_reconcile(CLI::App& reconcile, ReconcileCommand& target);

} // namespace florin::cli
