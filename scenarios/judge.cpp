#include "scenarios/judge.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cassert>
#include <cmath>
#include <optional>

namespace gauntlet {
namespace {

const MetricInfo& metric_of(const ScenarioInfo& info, const ClaimInfo& claim) {
  const auto found = std::ranges::find(info.metrics, claim.metric, &MetricInfo::name);
  assert(found != info.metrics.end() && "a claim names a metric that its scenario does not declare");
  return *found;
}

std::optional<double> measured(const Observations& observations, const std::string& metric) {
  const auto found = observations.metrics.find(metric);
  if (found == observations.metrics.end() || !std::isfinite(found->second)) return std::nullopt;
  return found->second;
}

ClaimVerdict hold(const ClaimInfo& claim, const MetricInfo& metric, double value) {
  const bool lower = metric.better == Better::lower;
  const bool met = lower ? value <= claim.limit : value >= claim.limit;
  const std::string bound = fmt::format("{} {:.6g} {}", lower ? "at most" : "at least", claim.limit, metric.unit);
  const std::string outcome = claim.kind == ClaimKind::must
                                  ? fmt::format("{} {}", met ? "as it must be:" : "but must be", bound)
                                  : fmt::format("{} the claim of {}", met ? "meets" : "misses", bound);
  return {.claim = claim.name,
          .kind = claim.kind,
          .met = met,
          .metric = claim.metric,
          .value = value,
          .limit = claim.limit,
          .text = fmt::format("{} is {:.6g} {}, {}", claim.metric, value, metric.unit, outcome)};
}

Judgement judge_wrong_answers(const Observations& observations) {
  const auto disturbed = std::ranges::find(observations.warnings, "disturbed", &Warning::code);
  // Who had no CPU cannot answer. Another answer than the right one is nobody else's doing.
  if (observations.wrong_answers == observations.unanswered && disturbed != observations.warnings.end()) {
    return {.status = RunStatus::invalid,
            .reason = fmt::format("{} requests stayed unanswered, and {}", observations.unanswered, disturbed->text),
            .verdicts = {}};
  }
  return {.status = RunStatus::failed,
          .reason = fmt::format("{} wrong answer{}; the first: {}", observations.wrong_answers,
                                observations.wrong_answers == 1 ? "" : "s",
                                observations.first_error.empty() ? "not described" : observations.first_error),
          .verdicts = {}};
}

}  // namespace

Judgement judge_claims(const ScenarioInfo& info, const Observations& observations) {
  if (observations.wrong_answers > 0) return judge_wrong_answers(observations);
  Judgement judgement;
  const auto voiding = std::ranges::find(observations.warnings, Warning::Severity::invalid, &Warning::severity);
  if (voiding != observations.warnings.end()) {
    judgement.status = RunStatus::invalid;
    judgement.reason = voiding->text;
    return judgement;
  }
  for (const ClaimInfo& claim : info.claims) {
    const MetricInfo& metric = metric_of(info, claim);
    const auto value = measured(observations, claim.metric);
    if (!value) {
      return {.status = RunStatus::invalid,
              .reason = fmt::format("{} was not measured, so '{}' cannot be judged", claim.metric, claim.name),
              .verdicts = {}};
    }
    judgement.verdicts.push_back(hold(claim, metric, *value));
  }
  const auto broken = std::ranges::find_if(
      judgement.verdicts, [](const ClaimVerdict& verdict) { return verdict.kind == ClaimKind::must && !verdict.met; });
  if (broken != judgement.verdicts.end()) {
    judgement.status = RunStatus::failed;
    judgement.reason = broken->text;
  }
  return judgement;
}

}  // namespace gauntlet
