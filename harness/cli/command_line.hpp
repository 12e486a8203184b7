// The command line as text, and what is wrong with it in one line.
#pragma once

#include <string>

namespace CLI {
class App;
class ParseError;
}  // namespace CLI

namespace gauntlet {

/// "gauntlet bench quick --out '/tmp/my results'": to be typed again.
std::string command_as_typed(int argc, const char* const* argv);

/// Names the argument that was not understood, with near matches among subcommands or options.
std::string explain(const CLI::App& app, const CLI::ParseError& error, int argc, const char* const* argv);

}  // namespace gauntlet
