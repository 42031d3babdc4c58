#include "cli/arguments.hpp"

#include "base/check.hpp"
#include "cli/arguments_ask.hpp"
#include "cli/arguments_explain.hpp"
#include "cli/arguments_forecast.hpp"
#include "cli/arguments_intake.hpp"
#include "cli/arguments_lake.hpp"
#include "cli/arguments_machine.hpp"
#include "cli/arguments_reconcile.hpp"
#include "cli/arguments_variance.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <map>
#include <memory>

namespace florin::cli {
namespace {

constexpr const char* kVersion = FLORIN_VERSION;

/// The commands, each with the place its options go to.
class Definition {
public:
    Definition();
    CLI::App& app() { return app_; }
    Arguments take();

private:
    template <typename Command>
    void add(void (*define)(CLI::App&, Command&)) {
        const std::size_t before = app_.get_subcommands({}).size();
        auto command = std::make_shared<Command>();
        define(app_, *command);
        const auto commands = app_.get_subcommands({});
        FLORIN_CHECK(commands.size() == before + 1, "a definition adds one command");
        chosen_.emplace(commands.back()->get_name(), [command] { return AnyCommand(*command); });
    }

    CLI::App app_{"Florin: from your cloud bills to an exact number you can explain.", "florin"};
    Arguments common_;
    std::map<std::string, std::function<AnyCommand()>> chosen_;
};

Definition::Definition() {
    app_.set_version_flag("--version", std::string("florin ") + kVersion);
    app_.add_option("--workspace,-w", common_.workspace,
                    "The workspace's folder; by default the nearest florin.yaml upward")
        ->envname("FLORIN_WORKSPACE")
        ->type_name("DIR");
    app_.add_flag("--quiet,-q", common_.quiet, "No progress and no remarks on the error stream");
    app_.require_subcommand(1);
    app_.fallthrough();
    app_.footer(
        "Examples:\n"
        "  florin init my-company && cd my-company\n"
        "  florin ingest ~/bills/\n"
        "  florin query --measure effective_cost --by service_category --period last-month\n"
        "  florin report summary --html report.html\n"
        "\nExit codes: 0 done, 1 the answer is no, 2 the command is wrong, 3 a bill is wrong, 4 it conflicts with\n"
        "the lake, 5 the machine refused, 70 a bug of Florin's, 130 interrupted.");
    add(define_init);
    add(define_ingest);
    add(define_fetch);
    add(define_deliveries);
    add(define_period);
    add(define_query);
    add(define_explain);
    add(define_commitments);
    add(define_variance);
    add(define_forecast);
    add(define_budget);
    add(define_accrual);
    add(define_fx);
    add(define_report);
    add(define_export);
    add(define_sql);
    add(define_validate);
    add(define_reconcile);
    add(define_allocate);
    add(define_demo);
    add(define_sources);
    add(define_doctor);
    add(define_compact);
    add(define_bench);
    add(define_completion);
}

Arguments Definition::take() {
    common_.command = chosen_.at(app_.get_subcommands().front()->get_name())();
    return common_;
}

/// The innermost command that was named, for its help, and the words before it.
struct Named {
    CLI::App* command;
    std::string before;
    std::string path() const { return (before.empty() ? "" : before + " ") + command->get_name(); }
};

Named innermost(const Named& outer) {
    const auto named = outer.command->get_subcommands();
    return named.empty() ? outer : innermost({named.front(), outer.path()});
}

/// In our words where a word of the command is unknown or missing: CLI11 does not name it, or in the wrong order.
std::string what_is_wrong(const CLI::ParseError& error, const CLI::App& app, const Named& named) {
    const bool takes_command = !named.command->get_subcommands([](const CLI::App*) { return true; }).empty();
    if (dynamic_cast<const CLI::ExtrasError*>(&error) == nullptr &&
        dynamic_cast<const CLI::RequiredError*>(&error) == nullptr) {
        return error.what();
    }
    const std::vector<std::string> unknown = app.remaining(true);
    const auto option = std::ranges::find_if(unknown, [](const std::string& word) { return word.starts_with('-'); });
    if (option != unknown.end()) {
        return fmt::format("there is no option {}", *option);
    }
    if (takes_command && unknown.empty()) {
        return "a command is missing";
    }
    return takes_command ? fmt::format("there is no command `{} {}`", named.path(), unknown.front()) : error.what();
}

void list_words(CLI::App& app, const std::string& path, std::string& lines) {
    std::string words;
    for (const CLI::App* sub : app.get_subcommands([](const CLI::App*) { return true; })) {
        words += sub->get_name() + " ";
    }
    for (const CLI::Option* option : app.get_options()) {
        for (const std::string& name : option->get_lnames()) {
            words += "--" + name + " ";
        }
    }
    lines += fmt::format("    \"{}\") words=\"{}\" ;;\n", path, words);
    for (CLI::App* sub : app.get_subcommands([](const CLI::App*) { return true; })) {
        list_words(*sub, path.empty() ? sub->get_name() : path + " " + sub->get_name(), lines);
    }
}

} // namespace

base::Result<Parsed> parse_arguments(const std::vector<std::string>& arguments) {
    Definition definition;
    Parsed parsed;
    try {
        // CLI11 takes them from the back.
        definition.app().parse(std::vector<std::string>(arguments.rbegin(), arguments.rend()));
    } catch (const CLI::CallForHelp&) {
        const Named named = innermost({&definition.app(), ""});
        parsed.text = named.command->help(named.before);
        return parsed;
    } catch (const CLI::CallForAllHelp&) {
        parsed.text = definition.app().help("", CLI::AppFormatMode::All);
        return parsed;
    } catch (const CLI::CallForVersion& version) {
        parsed.text = std::string(version.what()) + "\n";
        return parsed;
    } catch (const CLI::ParseError& error) {
        const Named named = innermost({&definition.app(), ""});
        return base::user_error("usage", what_is_wrong(error, definition.app(), named))
            .with_remedy(fmt::format("see `{} --help`", named.path()));
    }
    parsed.arguments = definition.take();
    return parsed;
}

base::Result<std::string> completion_script(const std::string& shell) {
    Definition definition;
    std::string lines;
    list_words(definition.app(), "", lines);
    const std::string body = fmt::format(R"sh(_florin() {{
  local path="" word words
  local i
  for ((i = 1; i < COMP_CWORD; ++i)); do
    word="${{COMP_WORDS[i]}}"
    [[ $word == [a-z]* && ${{COMP_WORDS[i-1]}} != -* ]] && path="${{path:+$path }}$word"
  done
  case "$path" in
{}    *) words="" ;;
  esac
  COMPREPLY=($(compgen -W "$words" -- "${{COMP_WORDS[COMP_CWORD]}}"))
}}
complete -o default -F _florin florin
)sh",
                                         lines);
    if (shell == "bash") {
        return body;
    }
    if (shell == "zsh") {
        return "autoload -U +X bashcompinit && bashcompinit\n" + body;
    }
    if (shell == "fish") {
        std::string script;
        for (const CLI::App* sub : definition.app().get_subcommands([](const CLI::App*) { return true; })) {
            script += fmt::format("complete -c florin -n __fish_use_subcommand -a {} -d '{}'\n", sub->get_name(),
                                  sub->get_description());
            for (const CLI::Option* option : sub->get_options()) {
                for (const std::string& name : option->get_lnames()) {
                    script += fmt::format("complete -c florin -n '__fish_seen_subcommand_from {}' -l {}\n",
                                          sub->get_name(), name);
                }
            }
        }
        return script;
    }
    return base::user_error("usage", fmt::format("there is no completion for {}", shell))
        .with_remedy("bash, zsh or fish");
}

} // namespace florin::cli
