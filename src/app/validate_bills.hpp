// Holds files against the rules of FOCUS, without a workspace.
#pragma once

#include "engine/engine.hpp"
#include "validate/validate.hpp"

#include <functional>
#include <string>
#include <vector>

namespace florin::app {

struct ValidateBillsRequest {
    std::vector<std::string> paths;               ///< files, folders and patterns, as `florin ingest` takes them
    validate::Options options;                    ///< its temporary folder is made and removed here
    std::function<void(engine::Engine*)> running; ///< told the engine that works, and null when it is done
};

/// All files of charges are taken together as one dataset; files of InvoiceDetail and BillingPeriod among them are what
/// the charges are held against. Errors: of finding them, and of validate::validate_files().
base::Result<validate::Report> validate_bills(const ValidateBillsRequest& request);

} // namespace florin::app
