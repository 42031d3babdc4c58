#include "cli/progress.hpp"
#include "cli/session.hpp"

#include "app/ask_bills.hpp"
#include "app/convert_answer.hpp"
#include "query/render.hpp"

#include <fmt/format.h>

namespace florin::cli {
namespace {

/// `cost`, `cost:asc`, `service_name:desc`. A measure goes down unless told otherwise, as people read it.
base::Result<std::optional<query::Order>> parse_order(const std::string& text) {
    if (text.empty()) {
        return std::optional<query::Order>();
    }
    const std::size_t colon = std::min(text.rfind(':'), text.size());
    const std::string direction = colon < text.size() ? text.substr(colon + 1) : "desc";
    if (direction != "asc" && direction != "desc") {
        return base::user_error("question.unknown_order", "the order is `asc` or `desc`, not " + direction);
    }
    return std::optional(query::Order{.by = text.substr(0, colon), .descending = direction == "desc"});
}

base::Result<query::Question> question_of(const QueryCommand& command, const app::Workspace& workspace) {
    query::Question question;
    if (!command.measures.empty()) {
        question.measures = command.measures;
    }
    question.dimensions = command.dimensions;
    question.filter = command.filter;
    question.limit = command.top;
    question.calendar = workspace.configuration().fiscal_calendar;
    FLORIN_TRY_ASSIGN(question.period, parse_optional_period(command.period, workspace));
    FLORIN_TRY_ASSIGN(question.period_kind, query::parse_period_kind(command.period_kind));
    FLORIN_TRY_ASSIGN(question.grain, period::parse_grain(command.grain));
    FLORIN_TRY_ASSIGN(question.basis, query::parse_basis(command.basis));
    FLORIN_TRY_ASSIGN(question.comparison, query::parse_comparison(command.compare));
    FLORIN_TRY_ASSIGN(question.order, parse_order(command.order));
    FLORIN_TRY_ASSIGN(const ConversionOptions conversion,
                      parse_conversion(command.currency, command.rate_type, workspace.configuration()));
    question.currency = conversion.currency;
    question.rate_type = conversion.rate_type;
    return question;
}

base::Result<int> explain(Session& session, app::Workspace& workspace, const app::AskRequest& request) {
    FLORIN_TRY_ASSIGN(const app::Asker asker, app::Asker::open(workspace, request.as_of));
    FLORIN_TRY_ASSIGN(const std::vector<std::string> statements,
                      query::explain(request.question, asker.current().files, asker.options(request.charges_only)));
    for (const std::string& statement : statements) {
        session.terminal().out << statement << ";\n";
    }
    return 0;
}

} // namespace

base::Result<ConversionOptions> parse_conversion(const std::string& currency, const std::string& rate_type,
                                                 const app::Configuration& configuration) {
    ConversionOptions found;
    if (currency.empty()) {
        if (!rate_type.empty()) {
            return base::user_error("usage", "--rate-type is for amounts that are converted")
                .with_remedy("Name a currency with --currency.");
        }
        return found;
    }
    found.currency = currency;
    if (currency == "reporting") {
        if (configuration.reporting_currency.empty()) {
            return base::user_error("question.no_reporting_currency", "florin.yaml names no reporting currency")
                .with_remedy("Set `reporting_currency: EUR` there, or name one, as in --currency EUR.");
        }
        found.currency = configuration.reporting_currency;
    }
    found.rate_type = configuration.rate_type;
    if (!rate_type.empty()) {
        FLORIN_TRY_ASSIGN(found.rate_type, fx::parse_rate_type(rate_type));
    }
    return found;
}

base::Result<int> run_query(Session& session, const QueryCommand& command) {
    FLORIN_TRY_ASSIGN(app::Workspace workspace, session.open_workspace());
    FLORIN_TRY(check_folder_of("--out", command.out));
    app::AskRequest request;
    FLORIN_TRY_ASSIGN(request.question, question_of(command, workspace));
    FLORIN_TRY_ASSIGN(request.as_of, parse_as_of(command.as_of));
    if (!command.owners_on.empty()) {
        FLORIN_TRY_ASSIGN(const period::Period day, period::parse_period(command.owners_on, workspace.today(),
                                                                         workspace.configuration().fiscal_calendar));
        if (day.days() != 1) {
            return base::user_error("usage", "--owners-on names one day").with_remedy("as in 2024-09-30 or today");
        }
        request.owners_on = day.start;
    }
    request.charges_only = command.charges_only;
    request.running = Session::interruptible();
    if (command.explain_sql) {
        return explain(session, workspace, request);
    }
    if (command.format == "parquet" && command.out.empty()) {
        return base::user_error("usage", "Parquet is no text").with_remedy("name a file with --out FILE");
    }
    FLORIN_TRY_ASSIGN(const query::Answer answer, app::ask_bills(workspace, request));
    if (command.format == "parquet") {
        FLORIN_TRY(app::write_answer_parquet(answer, command.out));
        session.say("written: " + command.out);
        return 0;
    }
    std::string text;
    if (command.format == "csv") {
        text = query::render_csv(answer);
    } else if (command.format == "json") {
        text = query::render_json(answer);
    } else {
        const bool plain = !command.out.empty();
        text = query::render_table(
            answer, {.columns_max = session.terminal().width, .colour = session.terminal().has_colour && !plain});
    }
    FLORIN_TRY(session.put(text, command.out));
    return 0;
}

} // namespace florin::cli
