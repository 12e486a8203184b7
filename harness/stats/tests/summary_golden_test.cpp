// A whole summary.json from fixed records, held against tests/golden_summary.json.
#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>

#include "harness/stats/summary_json.hpp"
#include "harness/stats/tests/bench_fixture.hpp"
#include "harness/store/durable_file.hpp"
#include "harness/store/json_fields.hpp"

namespace gauntlet {
namespace {

using fixtures::BenchFixture;
using fixtures::kControl;
using fixtures::kFloor;
using fixtures::kRing;
using fixtures::kSingle;
using fixtures::kSingleAgain;

const PlanColumn kNoisy{.runtime = "multi_loop"};
const PlanColumn kCrashing{.runtime = "asio"};
const PlanColumn kMissing{.runtime = "libuv"};

void add_load(BenchFixture& bench) {
  bench.add_cell("load/http-open", {kSingle, kRing, kNoisy, kCrashing, kMissing, kSingleAgain, kFloor}, "floor_epoll");
  bench.add_rounds(kSingle, {4.0, 4.02, 3.99, 4.0, 4.01, 4.0});
  bench.add_rounds(kSingleAgain, {4.01, 4.0, 4.0, 3.99, 4.0, 4.01});
  bench.add_rounds(kRing, {3.5, 3.52, 3.49, 3.5, 3.5, 3.51});
  bench.records.back().warnings = {{Warning::Severity::note, "not_steady", "the slope was not flat at the cap"}};
  bench.add_rounds(kNoisy, {3.8, 4.4, 4.0, 3.6, 4.2, 4.1});
  bench.add_rounds(kFloor, {3.2, 3.2, 3.21, 3.19, 3.2, 3.2});
  for (int round = 0; round < 6; ++round) {
    RunRecord& crashed = bench.add_run(kCrashing, round, 0);
    crashed.metrics.clear();
    crashed.status = round == 5 ? RunStatus::invalid : RunStatus::failed;
    crashed.reason = round == 5 ? "the generator had 2 % of its CPU left" : "the worker died of signal 11";
    crashed.stderr_tail = round == 5 ? "" : "Segmentation fault";
    RunRecord& skipped = bench.add_run(kMissing, round, 0);
    skipped.metrics.clear();
    skipped.status = RunStatus::skipped;
    skipped.reason = "built without libuv";
  }
}

void add_busy_wait(BenchFixture& bench) {
  bench.add_cell("busy_wait/idle", {kSingle, kControl});
  for (int round = 0; round < 2; ++round) {
    fixtures::judge_idle(bench.add_run(kSingle, round, 0));
    fixtures::judge_idle(bench.add_run(kControl, round, 98.5));
  }
  bench.add_unfinished(kSingle, 2);
}

/// Where the two differ, or nothing. Numbers may differ by rounding: logarithms are not the same in every libm.
std::string difference(const Json& actual, const Json& golden, const std::string& path) {
  if (actual.is_number() && golden.is_number()) {
    const double x = actual.get<double>(), y = golden.get<double>();
    const bool close = std::abs(x - y) <= 1e-9 * std::max(1.0, std::abs(y));
    return close ? "" : path + ": " + actual.dump() + " instead of " + golden.dump();
  }
  if (actual.type() != golden.type() || actual.size() != golden.size()) {
    return path + ": " + actual.dump() + " instead of " + golden.dump();
  }
  if (!actual.is_structured())
    return actual == golden ? "" : path + ": " + actual.dump() + " instead of " + golden.dump();
  if (actual.is_array()) {
    for (std::size_t i = 0; i < actual.size(); ++i) {
      auto found = difference(actual[i], golden[i], path + "/" + std::to_string(i));
      if (!found.empty()) return found;
    }
    return "";
  }
  for (const auto& [key, value] : actual.items()) {
    if (!golden.contains(key)) return path + "/" + key + ": not expected";
    auto found = difference(value, golden[key], path + "/" + key);
    if (!found.empty()) return found;
  }
  return "";
}

TEST(SummaryJson, IsTheGoldenOne) {
  BenchFixture bench;
  add_load(bench);
  add_busy_wait(bench);
  const std::string text = to_json(summarise(bench.plan, bench.environment, bench.records, fixtures::count_histograms));
  const auto golden = read_file(GAUNTLET_GOLDEN_SUMMARY);
  const auto written = std::filesystem::temp_directory_path() / "gauntlet_actual_summary.json";
  const std::string found =
      golden ? difference(Json::parse(text), Json::parse(*golden), "") : std::string("there is no golden file");
  if (!found.empty()) {
    ASSERT_TRUE(replace_file(written, text));
    FAIL() << found << "\nThe summary is in " << written << "; if it is right, it is the new golden file.";
  }
}

}  // namespace
}  // namespace gauntlet
