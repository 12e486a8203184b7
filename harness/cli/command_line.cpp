#include "harness/cli/command_line.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <string_view>
#include <vector>

#include "harness/cli/commands.hpp"
#include "runtimes/contract/near_matches.hpp"

namespace gauntlet {
namespace {

std::string quoted(std::string_view text) {
  constexpr std::string_view plain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_=./:,+@%";
  if (!text.empty() && text.find_first_not_of(plain) == std::string_view::npos) return std::string(text);
  std::string result = "'";
  for (const char c : text) result += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return result + "'";
}

std::vector<std::string> subcommands_of(const CLI::App& app) {
  std::vector<std::string> names;
  for (const CLI::App* command : app.get_subcommands([](const CLI::App*) { return true; })) {
    names.push_back(command->get_name());
  }
  return names;
}

std::vector<std::string> options_of(const CLI::App& app) {
  std::vector<std::string> names;
  for (const CLI::Option* option : app.get_options()) {
    for (const std::string& name : option->get_lnames()) names.push_back("--" + name);
  }
  return names;
}

std::string did_you_mean(std::string_view name, const std::vector<std::string>& known) {
  const auto near = near_matches(name, known);
  return near.empty() ? "" : fmt::format("; did you mean {}?", fmt::join(near, " or "));
}

}  // namespace

std::string command_as_typed(int argc, const char* const* argv) {
  std::string text = "gauntlet";
  for (int i = 1; i < argc; ++i) text += " " + quoted(argv[i]);
  return text;
}

std::string explain(const CLI::App& app, const CLI::ParseError& error, int argc, const char* const* argv) {
  const auto commands = subcommands_of(app);
  const std::string_view first = argc > 1 ? argv[1] : "";
  if (first.empty()) return fmt::format("which command? One of {}; see gauntlet --help", fmt::join(commands, ", "));
  if (std::ranges::find(commands, first) == commands.end()) {
    const auto near = did_you_mean(first, commands);
    return fmt::format("unknown command '{}'{}", first,
                       near.empty() ? fmt::format("; known are: {}", fmt::join(commands, ", ")) : near);
  }
  const CLI::App* command = app.get_subcommand(std::string(first));
  const auto options = options_of(*command);
  for (int i = 2; i < argc; ++i) {
    const std::string_view word(argv[i]);
    const std::string name(word.substr(0, word.find('=')));
    if (name.starts_with("--") && std::ranges::find(options, name) == options.end()) {
      return fmt::format("unknown option '{}'{} See gauntlet {} --help", name,
                         did_you_mean(name, options).empty() ? "." : did_you_mean(name, options), first);
    }
  }
  std::string sentence = error.what();
  std::ranges::replace(sentence, '\n', ' ');
  return fmt::format("{}; see gauntlet {} --help", sentence, first);
}

int complain(const std::string& sentence, int code) {
  fmt::print(stderr, "gauntlet: {}\n", sentence);
  return code;
}

}  // namespace gauntlet
