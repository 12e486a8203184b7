// gauntlet: which async runtime should carry this service, and did the last change make it worse?
#include <CLI/CLI.hpp>

#include "harness/cli/command_line.hpp"
#include "harness/cli/commands.hpp"
#include "harness/cli/exit_code.hpp"

int main(int argc, char** argv) {
  using namespace gauntlet;
  CommandContext context{.typed = command_as_typed(argc, argv)};
  CLI::App app("Puts the same ordeal to several async runtimes, and shows which one held up best.", "gauntlet");
  app.require_subcommand(1);
  app.footer(kExitCodeHelp);
  add_list_command(app, context);
  add_run_command(app, context);
  add_serve_command(app, context);
  add_bench_command(app, context);
  add_report_command(app, context);
  add_compare_command(app, context);
  add_gate_command(app, context);
  add_power_command(app, context);
  add_export_command(app, context);
  add_import_command(app, context);
  add_history_command(app, context);
  add_doctor_command(app, context);
  add_journal_command(app, context);
  try {
    app.parse(argc, argv);
  } catch (const CLI::CallForHelp&) {
    return app.exit(CLI::CallForHelp());
  } catch (const CLI::ParseError& error) {
    return complain(explain(app, error, argc, argv), kUsage);
  }
  return context.exit_code;
}
