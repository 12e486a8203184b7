#include "harness/gate/gate_power.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cassert>

#include "harness/gate/gate_run.hpp"
#include "harness/store/environment_difference.hpp"

namespace gauntlet {
namespace {

bool is_recorded(const std::string& name, std::span<const RecordedRounds> groups) {
  return std::ranges::all_of(groups, [&](const RecordedRounds& group) { return group.by_name.contains(name); });
}

/// Of what was recorded most often.
std::size_t rounds_of(const RecordedRounds& group) {
  std::size_t rounds = 0;
  for (const auto& [name, recorded] : group.by_name) rounds = std::max(rounds, recorded.size());
  return rounds;
}

class Replay {
 public:
  Replay(const GatePlan& plan, std::span<const RecordedRounds> groups, const CountsBaseline* baseline)
      : plan_(plan), groups_(groups), baseline_(baseline) {}

  /// Exactly the drawn rounds.
  std::vector<GateVerdict> all(const DrawnRounds& drawn) const {
    std::vector<RunRecord> duels, counts;
    for (std::size_t round = 0; round < drawn.rounds.size(); ++round) {
      for (const Duel& duel : plan_.duels) {
        for (const GateArm& arm : duel.arms) duels.push_back(run(drawn, duel.name(), arm.arm, round));
      }
      for (const CountCheck& check : plan_.counts) counts.push_back(run(drawn, check.name(), "head", round));
    }
    return judged(drawn.group, duels, counts);
  }

  struct Ended {
    std::vector<GateVerdict> verdicts;
    int rounds = 0;
    double elapsed_s = 0;
  };

  /// As many of the drawn rounds as the plan takes.
  Ended as_configured(const DrawnRounds& drawn) const {
    double now_s = 0;
    const auto runner = [&](const RunSpec& spec, Build) {
      RunRecord record = run(drawn, spec.cell, spec.arm, static_cast<std::size_t>(spec.round));
      now_s += record.elapsed_s;
      return record;
    };
    Ended ended;
    std::vector<RunRecord> duels;
    if (!plan_.duels.empty()) {
      GateRun gate = run_duels(plan_, {.run = runner, .now_s = [&] { return now_s; }, .on_round = {}});
      ended.rounds = gate.rounds;
      duels = std::move(gate.records);
    }
    for (const CountCheck& check : plan_.counts) ended.rounds = std::max(ended.rounds, check.rounds);
    ended.verdicts = judged(drawn.group, duels, run_counts(plan_, runner));
    ended.elapsed_s = now_s;
    return ended;
  }

 private:
  RunRecord run(const DrawnRounds& drawn, const std::string& name, const std::string& arm, std::size_t round) const {
    const auto& recorded = groups_[drawn.group].by_name.at(name);
    // What was recorded less often comes more often.
    RunRecord record = recorded[drawn.rounds[round] % recorded.size()].at(arm);
    record.spec.round = static_cast<int>(round);
    return record;
  }

  std::vector<GateVerdict> judged(std::size_t group, std::span<const RunRecord> duels,
                                  std::span<const RunRecord> counts) const {
    std::vector<GateVerdict> verdicts = judge_duels(plan_, duels);
    std::ranges::move(judge_counts(plan_, counts, baseline_, groups_[group].environment), std::back_inserter(verdicts));
    return verdicts;
  }

  const GatePlan& plan_;
  const std::span<const RecordedRounds> groups_;
  const CountsBaseline* baseline_;
};

EndingShares to_array(const std::vector<ResampledShare>& shares) {
  EndingShares result;
  std::ranges::copy(shares, result.begin());
  return result;
}

/// Nothing, or why the groups are not of one kind.
std::string why_foreign(std::span<const RecordedRounds> groups) {
  for (const RecordedRounds& group : groups) {
    const std::string difference =
        environment_difference(groups.front().environment, group.environment, {"in the first", "in another"},
                               identifies_machine_or_build_type);
    if (!difference.empty()) return "the files were recorded on different machines or build types: " + difference;
  }
  return {};
}

/// Everything that was recorded, one group after the other.
std::vector<GateVerdict> effects_of(const GatePlan& plan, std::span<const RecordedRounds> groups,
                                    const CountsBaseline* baseline) {
  std::map<std::string, int> rounds;
  std::vector<RunRecord> runs;
  for (const RecordedRounds& group : groups) {
    for (const auto& [name, recorded] : group.by_name) {
      for (const RecordedRound& round : recorded) {
        for (const auto& [arm, run] : round) {
          runs.push_back(run);
          runs.back().spec.round = rounds[name];
        }
        ++rounds[name];
      }
    }
  }
  std::vector<GateVerdict> verdicts = judge_duels(plan, runs);
  std::ranges::move(judge_counts(plan, runs, baseline, groups.front().environment), std::back_inserter(verdicts));
  return verdicts;
}

void add_as_configured(const GatePlan& plan, const Replay& replay, std::span<const std::size_t> sizes,
                       const PowerQuestion& question, GatePower& power) {
  std::vector<double> rounds, seconds;
  const auto outcome = [&](const DrawnRounds& drawn) {
    const Replay::Ended ended = replay.as_configured(drawn);
    rounds.push_back(ended.rounds);
    seconds.push_back(ended.elapsed_s);
    return static_cast<std::size_t>(ending_of(ended.verdicts, question.metric));
  };
  int most = plan.duels.empty() ? 1 : plan.most_rounds;
  for (const CountCheck& check : plan.counts) most = std::max(most, check.rounds);
  power.as_configured = to_array(
      resampled_shares(sizes, static_cast<std::size_t>(most), kGateEndings, outcome, question.options_as_configured));
  power.median_rounds = median(rounds);
  power.median_s = median(seconds);
}

}  // namespace

GateEnding ending_of(std::span<const GateVerdict> verdicts, const std::string& metric) {
  const auto any = [&](auto... words) {
    return std::ranges::any_of(verdicts, [&](const GateVerdict& verdict) {
      return (metric.empty() || verdict.metric.name == metric) && ((verdict.verdict.word == words) || ...);
    });
  };
  if (any(VerdictWord::slower)) return GateEnding::slower;
  if (any(VerdictWord::faster)) return GateEnding::faster;
  if (any(VerdictWord::unstable, VerdictWord::invalid, VerdictWord::skipped)) return GateEnding::undecided;
  return GateEnding::same;
}

std::expected<GatePower, std::string> power_of(GatePlan plan, std::span<const RecordedRounds> groups,
                                               const CountsBaseline* baseline, const PowerQuestion& question) {
  assert(!groups.empty() && "something was recorded");
  if (auto why = why_foreign(groups); !why.empty()) return std::unexpected(std::move(why));
  std::erase_if(plan.duels, [&](const Duel& duel) { return !is_recorded(duel.name(), groups); });
  std::erase_if(plan.counts, [&](const CountCheck& check) { return !is_recorded(check.name(), groups); });
  if (plan.duels.empty() && plan.counts.empty()) {
    return std::unexpected("no whole round of anything that the configuration gates was recorded");
  }
  GatePower power;
  std::vector<std::size_t> sizes;
  for (const RecordedRounds& group : groups) {
    sizes.push_back(rounds_of(group));
    power.recorded += sizes.back();
  }
  const Replay replay(plan, groups, baseline);
  power.effects = effects_of(plan, groups, baseline);
  for (const int rounds : question.rounds) {
    const auto outcome = [&](const DrawnRounds& drawn) {
      return static_cast<std::size_t>(ending_of(replay.all(drawn), question.metric));
    };
    power.curve.push_back({rounds, to_array(resampled_shares(sizes, static_cast<std::size_t>(rounds), kGateEndings,
                                                             outcome, question.options))});
  }
  if (question.as_configured) add_as_configured(plan, replay, sizes, question, power);
  return power;
}

}  // namespace gauntlet
