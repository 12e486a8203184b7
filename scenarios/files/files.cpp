#include "scenarios/files/files.hpp"

#include <cassert>
#include <chrono>
#include <cstdlib>
#include <string>

#include "scenarios/files/block_file.hpp"
#include "scenarios/files/file_lanes.hpp"
#include "scenarios/files/files_info.hpp"
#include "scenarios/files/references.hpp"

namespace gauntlet {

namespace {

BlockFile make_file(const Parameters& parameters) {
  const FileSizes sizes(parameters);
  return BlockFile(folder_called(parameters.word("folder")), sizes.operation == FileOperation::read ? sizes.blocks : 0);
}

bool lacks_direct(const BlockFile& file, const FileSizes& sizes) { return sizes.direct && !file.can_be_direct(); }

class FilesScenario final : public Scenario {
 public:
  const ScenarioInfo& info() const override { return files_info(); }

  Task<int> serve(ServeContext& context) const override {
    const FileSizes sizes(context.parameters());
    context.ready(0);
    const BlockFile file = make_file(context.parameters());
    FileFigures figures{{file_figure::not_direct, 1}};
    if (!lacks_direct(file, sizes)) figures = co_await measure_file_tasks(file, sizes);
    context.report(figures);
    co_return 0;
  }

  int serve_reference(std::string_view name, ReferenceContext& context) const override {
    assert(name == "plain_calls" || name == "thread_per_operation");
    const FileSizes sizes(context.parameters);
    context.ready(0);
    const BlockFile file = make_file(context.parameters);
    FileFigures figures{{file_figure::not_direct, 1}};
    if (!lacks_direct(file, sizes)) {
      figures = measure_file_threads(file, sizes, name == "plain_calls" ? 1 : sizes.queue_depth);
    }
    context.report(figures);
    return EXIT_SUCCESS;
  }

  Observations drive(Bench& bench) const override {
    constexpr std::chrono::seconds preparing_and_checking{300};
    bench.start();
    const auto reported = bench.await_report(FileSizes(bench.parameters()).duration + preparing_and_checking);
    bench.stop();
    return observe_files(reported, folder_called(bench.parameters().word("folder")).string());
  }

  Judgement judge(const Observations& observations) const override { return judge_files(observations); }
};

}  // namespace

const Scenario& files_scenario() {
  static const FilesScenario scenario;
  return scenario;
}

}  // namespace gauntlet
