// The metrics that follow from rounds of append rates.
#pragma once

#include <map>
#include <string>
#include <vector>

namespace gauntlet {

/// Medians over the rounds, of each rate and of each ratio that is taken within a round: the disk of one round is not
/// that of the next. `rounds`: what AppendRates::round() gives; at least one.
std::map<std::string, double> append_metrics(const std::vector<std::map<std::string, double>>& rounds);

}  // namespace gauntlet
