// The default judgement of a run: every claim held against its metric.
#pragma once

#include "scenarios/info.hpp"

namespace gauntlet {

/// Pure. In this order:
///   wrong answers              -> failed, naming the first
///   a warning that invalidates -> invalid, with its text
///   a claim's metric missing   -> invalid, naming it (a value that is not finite counts as missing)
///   a broken `must`            -> failed, with that verdict's sentence
///   otherwise                  -> ok; a missed headline is only reported
/// Verdicts are given in the last two cases alone: elsewhere the measurement does not stand, so there is
/// nothing to hold a claim against. Every claim must name a metric that `info` declares.
Judgement judge_claims(const ScenarioInfo& info, const Observations& observations);

}  // namespace gauntlet
