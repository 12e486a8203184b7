#include "scenarios/journal_cost/journal_figures.hpp"

#include <algorithm>
#include <cassert>

namespace gauntlet {

std::map<std::string, double> append_metrics(const std::vector<std::map<std::string, double>>& rounds) {
  assert(!rounds.empty());
  std::map<std::string, std::vector<double>> values;
  for (const auto& round : rounds) {
    for (const auto& [name, rate] : round) values[name + "_appends_per_s"].push_back(rate);
    values["segment_1_of_raw_percent"].push_back(100 * round.at("segment_1") / round.at("raw"));
    values["segment_64_of_segment_1_ratio"].push_back(round.at("segment_64") / round.at("segment_1"));
    for (const std::string other : {"mmap", "leveldb", "rocksdb"}) {
      for (const std::string clients : {"_1", "_64"}) {
        values["segment" + clients + "_of_" + other + clients + "_ratio"].push_back(round.at("segment" + clients) /
                                                                                    round.at(other + clients));
      }
    }
  }
  std::map<std::string, double> metrics;
  for (auto& [name, all] : values) {
    std::ranges::sort(all);
    metrics[name] = (all[(all.size() - 1) / 2] + all[all.size() / 2]) / 2;
  }
  return metrics;
}

}  // namespace gauntlet
