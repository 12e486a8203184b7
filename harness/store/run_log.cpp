#include "harness/store/run_log.hpp"

#include <fmt/format.h>

#include "harness/store/run_record_json.hpp"

namespace gauntlet {
namespace {

/// Empty when `record` is the run that the plan has at its index.
std::string why_foreign(const RunSpec& recorded, const Plan& plan, const std::vector<bool>& seen) {
  if (recorded.index >= plan.runs.size()) {
    return fmt::format("run {} is not in the plan, which has {} runs", recorded.index, plan.runs.size());
  }
  const RunSpec& planned = plan.runs[recorded.index];
  const bool same = recorded.cell == planned.cell && recorded.scenario == planned.scenario &&
                    recorded.runtime == planned.runtime && recorded.arm == planned.arm &&
                    recorded.round == planned.round && recorded.role == planned.role &&
                    recorded.params == planned.params;
  if (!same) return fmt::format("run {} is not the one that the plan has there", recorded.index);
  if (seen[recorded.index]) return fmt::format("run {} is recorded twice", recorded.index);
  return {};
}

}  // namespace

std::expected<RunLog, std::string> parse_run_log(std::string_view text, const Plan& plan) {
  RunLog log;
  std::vector<bool> seen(plan.runs.size());
  for (std::size_t line = 1, begin = 0; begin < text.size(); ++line) {
    const std::size_t newline = text.find('\n', begin);
    const bool ended = newline != std::string_view::npos;
    const std::size_t end = ended ? newline : text.size();
    auto record = parse_run_record(text.substr(begin, end - begin));
    if (!record && !ended) {
      log.notice =
          fmt::format("line {} of runs.jsonl is cut short ({} bytes): that run was not finished and is left out", line,
                      end - begin);
      return log;
    }
    if (!record) return std::unexpected(fmt::format("line {} of runs.jsonl: {}", line, record.error()));
    const std::string foreign = why_foreign(record->spec, plan, seen);
    if (!foreign.empty()) return std::unexpected(fmt::format("line {} of runs.jsonl: {}", line, foreign));
    seen[record->spec.index] = true;
    log.records.push_back(std::move(*record));
    log.newline_is_missing = !ended;
    log.whole_bytes = ended ? end + 1 : end;
    begin = end + 1;
  }
  return log;
}

}  // namespace gauntlet
