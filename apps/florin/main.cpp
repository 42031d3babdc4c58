#include "cli/cli.hpp"

int main(int argument_count, char** arguments) {
    return florin::cli::run_main(argument_count, arguments);
}
