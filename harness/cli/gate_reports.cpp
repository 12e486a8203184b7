#include "harness/cli/gate_reports.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <string_view>

#include "harness/export/escaping.hpp"
#include "harness/export/junit_document.hpp"
#include "harness/stats/figure_text.hpp"
#include "harness/store/durable_file.hpp"

namespace gauntlet {
namespace {

constexpr const char* kReport = "gauntlet gate";

bool fails(const GateVerdict& verdict) { return verdict.broken || verdict.verdict.word == VerdictWord::slower; }

bool is_undecided(const GateVerdict& verdict) {
  return verdict.verdict.word == VerdictWord::unstable || verdict.verdict.word == VerdictWord::invalid;
}

JunitCase::Kind kind_of(const GateVerdict& verdict) {
  if (fails(verdict)) return JunitCase::Kind::failed;
  if (is_undecided(verdict)) return JunitCase::Kind::errored;
  return verdict.verdict.word == VerdictWord::skipped ? JunitCase::Kind::skipped : JunitCase::Kind::passed;
}

/// "single_loop subject_cpu_us_per_request against the base"
std::string subject_of(const GateVerdict& verdict) {
  return fmt::format("{} {} against {}", verdict.runtime, verdict.metric.name, against_text(verdict));
}

std::string figures_of(const GateVerdict& verdict) {
  return fmt::format("{} -> {} {}", figure_text(verdict.opponent), figure_text(verdict.head), verdict.metric.unit);
}

}  // namespace

std::string gate_junit(const GateOutcome& outcome) {
  JunitSuite suite{.name = kReport, .timestamp = "", .seconds = outcome.elapsed_s, .cases = {}};
  for (const GateVerdict& verdict : outcome.verdicts) {
    const std::string text = fmt::format("{}: {}", word_of(verdict.verdict.word), verdict.verdict.reason);
    suite.cases.push_back({.class_name = fmt::format("gauntlet.gate.{}.{}", word_of(verdict.kind), verdict.cell),
                           .name = subject_of(verdict),
                           .kind = kind_of(verdict),
                           .message = text,
                           .output = fmt::format("{}\n{}\n", figures_of(verdict), text)});
  }
  return to_xml(kReport, {suite});
}

std::string refusal_junit(const std::string& sentence) {
  const JunitCase one{.class_name = "gauntlet.gate",
                      .name = "the gate was run",
                      .kind = JunitCase::Kind::errored,
                      .message = sentence,
                      .output = ""};
  return to_xml(kReport, {JunitSuite{.name = kReport, .timestamp = "", .cases = {one}}});
}

std::string gate_step_summary(const GateOutcome& outcome) {
  const char* end = outcome.exit_code == 0 ? "passed" : outcome.exit_code == 1 ? "**failed**" : "**not decided**";
  std::string text = fmt::format(
      "## Gauntlet gate: {}\n\nHead {}{}, {} rounds in {:.0f} s.\n\n", end, markdown_escaped(outcome.head),
      outcome.base.empty() ? "" : " against base " + markdown_escaped(outcome.base), outcome.rounds, outcome.elapsed_s);
  text += "| verdict | cell | what | from, to | why |\n|---|---|---|---|---|\n";
  for (const GateVerdict& verdict : outcome.verdicts) {
    const char* mark = fails(verdict) || is_undecided(verdict) ? "**" : "";
    text += fmt::format("| {0}{1}{0} | {2} | {3} | {4} | {5} |\n", mark, word_of(verdict.verdict.word),
                        markdown_escaped(verdict.cell), markdown_escaped(subject_of(verdict)),
                        markdown_escaped(figures_of(verdict)), markdown_escaped(verdict.verdict.reason));
  }
  const auto steps = next_steps(outcome);
  if (!steps.empty()) text += "\nWhat to do next:\n\n";
  for (const std::string& step : steps) text += fmt::format("* {}\n", markdown_escaped(step));
  return text;
}

std::string gate_annotations(const GateOutcome& outcome) {
  std::string text;
  for (const GateVerdict& verdict : outcome.verdicts) {
    if (!fails(verdict) && !is_undecided(verdict)) continue;
    const std::string title = fmt::format("{}: {}", verdict.cell, word_of(verdict.verdict.word));
    const std::string message =
        fmt::format("{}: {} ({})", subject_of(verdict), verdict.verdict.reason, figures_of(verdict));
    text += fmt::format("::{} title={}::{}\n", fails(verdict) ? "error" : "warning", workflow_property_escaped(title),
                        workflow_message_escaped(message));
  }
  return text;
}

std::expected<void, std::string> append_step_summary(const GateOutcome& outcome) {
  const char* path = std::getenv("GITHUB_STEP_SUMMARY");
  if (path == nullptr || *path == '\0') return {};
  const int fd = ::open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0644);
  const bool written = fd >= 0 && write_all(fd, gate_step_summary(outcome));
  const int error = errno;
  if (fd >= 0) ::close(fd);
  if (!written) return std::unexpected(fmt::format("{} (GITHUB_STEP_SUMMARY): {}", path, std::strerror(error)));
  return {};
}

bool wants_annotations() {
  const char* actions = std::getenv("GITHUB_ACTIONS");
  return actions != nullptr && std::string_view(actions) == "true";
}

}  // namespace gauntlet
