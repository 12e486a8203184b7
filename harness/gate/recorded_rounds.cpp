#include "harness/gate/recorded_rounds.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <set>
#include <system_error>

#include "harness/store/durable_file.hpp"
#include "harness/store/environment_difference.hpp"
#include "harness/store/environment_json.hpp"
#include "harness/store/json_fields.hpp"
#include "harness/store/run_record_json.hpp"

namespace gauntlet {
namespace {

namespace fs = std::filesystem;

/// How the line begins that tells of the machine.
constexpr std::string_view kHeader = R"({"schema":"gauntlet.rounds)";

/// What the plan wants of the runs of one duel or check.
struct Wanted {
  std::set<std::string> arms, metrics;
  std::map<std::string, std::string> params;
};

std::map<std::string, Wanted> wanted_of(const GatePlan& plan) {
  std::map<std::string, Wanted> wanted;
  for (const Duel& duel : plan.duels) {
    Wanted& want = wanted[duel.name()];
    want.params = duel.params;
    for (const GateArm& arm : duel.arms) want.arms.insert(arm.arm);
    for (const GatedMetric& metric : duel.metrics) want.metrics.insert(metric.info.name);
  }
  for (const CountCheck& check : plan.counts) {
    Wanted& want = wanted[check.name()];
    want.params = check.params;
    want.arms.insert("head");
    for (const CountedMetric& metric : check.metrics) want.metrics.insert(metric.info.name);
  }
  return wanted;
}

std::expected<EnvironmentRecord, std::string> read_header(const Json& object) {
  check_schema(object, "gauntlet.rounds", 1);
  return parse_environment(field(object, "environment").dump());
}

class Reader {
 public:
  explicit Reader(const GatePlan& plan) : wanted_(wanted_of(plan)) {}

  /// Empty, or what is wrong with the line.
  std::string take(std::string_view line) {
    if (line.starts_with(kHeader)) return begin_gate(line);
    auto record = parse_run_record(line);
    if (!record) return record.error();
    if (!in_gate_) return "a run before any line that tells of the machine";
    const auto want = wanted_.find(record->spec.cell);
    if (want == wanted_.end() || !want->second.arms.contains(record->spec.arm)) return {};
    if (record->spec.params != want->second.params) {
      return fmt::format("{} was recorded with other parameters than the gate has now: record it anew",
                         record->spec.cell);
    }
    std::erase_if(record->metrics, [&](const auto& metric) { return !want->second.metrics.contains(metric.first); });
    const auto key = std::pair(record->spec.cell, record->spec.round);
    std::string arm = record->spec.arm;
    open_[key].insert_or_assign(std::move(arm), std::move(*record));
    return {};
  }

  RecordedRounds finish() {
    end_gate();
    return std::move(rounds_);
  }

 private:
  std::string begin_gate(std::string_view line) {
    const auto read = read_object(line, read_header);
    if (!read) return read.error();
    if (!*read) return read->error();
    end_gate();
    if (!in_gate_) rounds_.environment = **read;
    in_gate_ = true;
    const std::string difference = environment_difference(rounds_.environment, **read, {"before", "from here on"},
                                                          identifies_machine_or_build_type);
    if (difference.empty()) return {};
    return fmt::format("recorded on another machine or build type than what stands before it: {}", difference);
  }

  void end_gate() {
    for (auto& [key, round] : open_) {
      if (round.size() == wanted_.at(key.first).arms.size()) rounds_.by_name[key.first].push_back(std::move(round));
    }
    open_.clear();
  }

  const std::map<std::string, Wanted> wanted_;
  std::map<std::pair<std::string, int>, RecordedRound> open_;  ///< of the gate that is being read
  bool in_gate_ = false;
  RecordedRounds rounds_;
};

}  // namespace

std::expected<RoundRecorder, std::string> RoundRecorder::append_to(const fs::path& path, const EnvironmentRecord& here,
                                                                   const std::string& command) {
  // What a kill cut short is ended, so that it does not spoil the line behind it.
  const auto before = read_file(path);
  const bool torn = before && !before->empty() && before->back() != '\n';
  std::FILE* file = std::fopen(path.c_str(), "ae");
  if (file == nullptr) {
    return std::unexpected(
        fmt::format("cannot write {}: {}", path.string(), std::error_code(errno, std::generic_category()).message()));
  }
  RoundRecorder recorder(path, file);
  const Json header = {
      {"schema", "gauntlet.rounds/1"}, {"command", command}, {"environment", Json::parse(to_json(here))}};
  if (auto written = recorder.write_line((torn ? "\n" : "") + dump_line(header)); !written) {
    return std::unexpected(written.error());
  }
  return recorder;
}

std::expected<void, std::string> RoundRecorder::record(const RunRecord& run) { return write_line(to_json(run)); }

std::expected<void, std::string> RoundRecorder::write_line(const std::string& line) {
  if (std::fputs((line + "\n").c_str(), file_.get()) >= 0 && std::fflush(file_.get()) == 0) return {};
  return std::unexpected(
      fmt::format("cannot write {}: {}", path_.string(), std::error_code(errno, std::generic_category()).message()));
}

std::expected<RecordedRounds, std::string> parse_recorded_rounds(std::string_view text, const GatePlan& plan) {
  Reader reader(plan);
  std::string torn;  ///< what is wrong with the line before this one
  for (std::size_t number = 1; !text.empty(); ++number) {
    const std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(text.size(), line.size() + 1));
    // A kill tears the last line that a gate writes, and no other.
    if (!torn.empty() && !line.starts_with(kHeader)) return std::unexpected(torn);
    torn.clear();
    const std::string wrong = reader.take(line);
    if (wrong.empty()) continue;
    torn = fmt::format("line {}: {}", number, wrong);
    if (line.ends_with('}')) return std::unexpected(torn);
  }
  return reader.finish();
}

std::expected<RecordedRounds, std::string> load_recorded_rounds(const fs::path& path, const GatePlan& plan) {
  const auto text = read_file(path);
  if (!text) return std::unexpected(text.error());
  auto rounds = parse_recorded_rounds(*text, plan);
  if (!rounds) return std::unexpected(fmt::format("{}: {}", path.string(), rounds.error()));
  return rounds;
}

}  // namespace gauntlet
