// The subcommands. Each adds itself to the command line; when it is chosen it runs, and stores its exit code.
#pragma once

#include <string>

namespace CLI {
class App;
}

namespace gauntlet {

/// What every subcommand gets: the command as typed, and where its exit code goes.
struct CommandContext {
  std::string typed;  ///< "gauntlet bench quick"
  int exit_code = 0;
};

void add_list_command(CLI::App& app, CommandContext& context);
void add_run_command(CLI::App& app, CommandContext& context);
void add_serve_command(CLI::App& app, CommandContext& context);
void add_bench_command(CLI::App& app, CommandContext& context);
void add_report_command(CLI::App& app, CommandContext& context);
void add_compare_command(CLI::App& app, CommandContext& context);
void add_gate_command(CLI::App& app, CommandContext& context);
void add_power_command(CLI::App& app, CommandContext& context);
void add_import_command(CLI::App& app, CommandContext& context);
void add_export_command(CLI::App& app, CommandContext& context);
void add_history_command(CLI::App& app, CommandContext& context);
void add_doctor_command(CLI::App& app, CommandContext& context);
void add_journal_command(CLI::App& app, CommandContext& context);

/// Prints "gauntlet: SENTENCE" to standard error and returns the code.
int complain(const std::string& sentence, int code);

}  // namespace gauntlet
