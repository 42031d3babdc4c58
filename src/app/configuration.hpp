// florin.yaml: what a workspace is set up to do.
#pragma once

#include "base/files.hpp"
#include "base/result.hpp"
#include "fx/table.hpp"
#include "lake/lake.hpp"
#include "period/period.hpp"

#include <string>
#include <vector>

namespace florin::app {

/// The settings of a workspace. Every key is optional; an unknown one is an error.
struct Configuration {
    std::string name; ///< the company, as reports call it; the folder's name by default
    period::FiscalCalendar fiscal_calendar;
    bool keep_raw_files = true; ///< false: only their path and hash
    lake::Retention retention;
    std::vector<std::string> precedence; ///< sources, the one that counts first
    std::string reporting_currency;      ///< what reports are in (ISO 4217); empty: the currencies of the bills
    fx::RateType rate_type = fx::RateType::kTransactionDay; ///< of a question that converts and names none
    std::string team_tag = "team";       ///< the tag key that names who owns a charge
    int threads = 0;                     ///< 0: one a processor
    int memory_mb = 2048;                ///< the engine's limit
};

/// Reads a configuration. Errors `config.*` with the line and a caret.
base::Result<Configuration> parse_configuration(const std::string& text, const std::string& file_name);

/// What `florin init` writes: every key with its default and a sentence.
std::string configuration_template(const std::string& name);

} // namespace florin::app
