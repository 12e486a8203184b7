#include "runtimes/feature_table.hpp"

#include <algorithm>
#include <string_view>
#include <vector>

#include "runtimes/contract/registry.hpp"

namespace gauntlet {

namespace {

/// Reasons, each once, numbered by where they stand.
class Footnotes {
 public:
  std::size_t number_of(std::string_view reason) {
    const auto found = std::ranges::find(reasons_, reason);
    const auto index = static_cast<std::size_t>(found - reasons_.begin());
    if (found == reasons_.end()) reasons_.push_back(reason);
    return index + 1;
  }

  std::string text() const {
    std::string text;
    for (std::size_t i = 0; i < reasons_.size(); ++i) {
      text += (i == 0 ? "" : "; ") + std::to_string(i + 1) + ": " + std::string(reasons_[i]);
    }
    return text + ".\n";
  }

 private:
  std::vector<std::string_view> reasons_;
};

}  // namespace

std::string feature_table() {
  std::string head = "| feature |", rule = "|---|";
  for (const RuntimeEntry& entry : all_runtimes()) {
    head += " " + std::string(entry.name) + " |";
    rule += "---|";
  }
  std::string table = head + "\n" + rule + "\n";
  Footnotes footnotes;
  for (const FeatureInfo& info : all_features()) {
    table += "| " + std::string(info.description) + " |";
    for (const RuntimeEntry& entry : all_runtimes()) {
      const NotSupported* missing = what_is_missing(entry, info.feature);
      table += missing == nullptr ? " yes |" : " no (" + std::to_string(footnotes.number_of(missing->reason)) + ") |";
    }
    table += "\n";
  }
  return table + "\n" + footnotes.text();
}

}  // namespace gauntlet
