#include <fmt/format.h>

#include <cmath>
#include <map>

#include "harness/export/columns.hpp"
#include "harness/export/escaping.hpp"
#include "harness/export/writers.hpp"

namespace gauntlet {
namespace {

/// Of a label's value, or of a HELP text.
std::string escaped(std::string_view text) {
  std::string result;
  for (const char c : valid_utf8(text)) {
    if (c == '\n') {
      result += "\\n";
    } else {
      if (c == '\\' || c == '"') result += '\\';
      result += c;
    }
  }
  return result;
}

std::string family_name(const std::string& metric) {
  std::string name = "gauntlet_" + metric;
  for (char& c : name) {
    const bool fits = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
    if (!fits) c = '_';
  }
  return name;
}

struct Family {
  std::string help;
  std::string samples;
};

std::string head_of(const std::string& name, const char* type, std::string_view help) {
  return fmt::format("# TYPE {} {}\n# HELP {} {}\n", name, type, name, escaped(help));
}

void add_samples(Family& family, const std::string& name, const std::string& labels, const MetricSummary& metric) {
  const auto add = [&](const char* statistic, double value) {
    if (!std::isfinite(value)) return;
    family.samples += fmt::format("{}{{{},statistic=\"{}\"}} {:.9g}\n", name, labels, statistic, value);
  };
  add("median", metric.median);
  if (!metric.interval) return;
  add("low", metric.interval->low);
  add("high", metric.interval->high);
}

}  // namespace

std::string openmetrics_text(const Summary& summary) {
  // All samples of a family have to stand together, whichever cell they come from.
  std::map<std::string, Family> families;
  std::string passed;
  for (const CellSummary& cell : summary.cells) {
    for (const ColumnSummary& column : cell.columns) {
      const std::string labels = fmt::format(R"(cell="{}",runtime="{}",arm="{}")", escaped(cell.plan.cell),
                                             escaped(column.runtime), escaped(column.arm));
      const bool has_passed = result_of(summary, cell, column).kind == ColumnResult::Kind::passed;
      passed += fmt::format("gauntlet_passed{{{}}} {}\n", labels, has_passed ? 1 : 0);
      for (const auto& [metric, values] : column.metrics) {
        const std::string name = family_name(metric);
        Family& family = families[name];
        const MetricInfo* info = info_of(cell, metric);
        if (family.help.empty() && info != nullptr) {
          family.help = info->unit + (info->description.empty() ? "" : ": " + info->description);
        }
        add_samples(family, name, labels, values);
      }
    }
  }
  std::string text = head_of("gauntlet_results", "info", "What was measured");
  text += fmt::format("gauntlet_results_info{{suite=\"{}\",created=\"{}\",revision=\"{}\"}} 1\n",
                      escaped(summary.suite), escaped(summary.created), escaped(revision_of(summary)));
  text += head_of("gauntlet_passed", "gauge", "1 where every must held and the figures could be taken") + passed;
  for (const auto& [name, family] : families) text += head_of(name, "gauge", family.help) + family.samples;
  return text + "# EOF\n";
}

}  // namespace gauntlet
