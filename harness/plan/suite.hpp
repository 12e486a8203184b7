// A suite: families of runs, each of which puts one scenario with one set of parameters to several contenders.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace gauntlet {

/// One `[[family]]`, which becomes one cell of the plan. Names are as written; the planner checks them.
struct Family {
  std::string scenario;
  std::string cell;   ///< what the cell is called behind the scenario's name
  std::string title;  ///< for the report; empty: the scenario's question
  /// Runtimes by name or alias; "*" is every runtime that is not a negative control.
  std::vector<std::string> runtimes = {"*"};
  std::vector<std::string> references;  ///< of the scenario; distances are taken to the first
  std::vector<std::string> controls;    ///< negative controls that must break a must here
  std::string aa;                       ///< the runtime that runs twice; empty: no noise floor, so no verdict words
  std::string primary;                  ///< metric to lead with; empty: the scenario's first
  std::vector<std::string> compare;     ///< more metrics to give verdict words on
  std::map<std::string, std::string> params;
  int rounds = 0;      ///< 0: the suite's
  double seconds = 3;  ///< estimate for one run, everything included
  std::string where;   ///< "quick.toml:12", to begin an error with; empty: not from a file
};

struct Suite {
  std::string name;
  std::string title;
  int rounds = 6;
  std::uint64_t seed = 1;
  bool smoke = false;  ///< parameters that are not given take their smoke sizes
  std::vector<Family> families;
};

}  // namespace gauntlet
