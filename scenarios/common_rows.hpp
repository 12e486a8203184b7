// Parameters and metrics that several scenarios share. A name means the same in each of them, so it is worded, and
// computed, in one place.
#pragma once

#include <map>
#include <string>

#include "scenarios/bench.hpp"
#include "scenarios/info.hpp"

namespace gauntlet {

ParameterInfo worker_threads_parameter();
ParameterInfo dispatch_parameter();
ParameterInfo work_stealing_parameter();
ParameterInfo arrival_seed_parameter();

/// Rows of ScenarioInfo::metrics, each with the name of its function.
namespace common_metric {

MetricInfo subject_cpu_us_per_request();
MetricInfo generator_cpu_us_per_request();
MetricInfo context_switches_per_request();
MetricInfo errors();

}  // namespace common_metric

/// CPU of the subject per verified answer, of which there must be one.
double subject_cpu_us_per_request(const LoadOutcome& load);
/// The three metrics above that are per request; none of them when nothing was answered.
void add_costs_per_request(const LoadOutcome& load, std::map<std::string, double>& metrics);
/// Adds the errors of one more load, as metric and as wrong answers, and hands on its warnings. The first error stays.
void add_answers(const LoadOutcome& load, Observations& seen);

/// CPU in a window, of one CPU.
double cpu_percent(const Consumption& idle);
/// Context switches, of both kinds: who is blocked is switched neither by itself nor by others; who polls is, by one of
/// the two, on a busy machine too.
double wakeups(const Consumption& idle);

}  // namespace gauntlet
