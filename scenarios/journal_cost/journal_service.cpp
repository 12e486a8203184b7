#include "scenarios/journal_cost/journal_service.hpp"

#include <cstdio>

#include "runtimes/files/scratch_folder.hpp"
#include "runtimes/recovery/server.hpp"
#include "runtimes/task/blocking.hpp"
#include "runtimes/task/spawn.hpp"
#include "scenarios/journal_cost/append_rates.hpp"
#include "scenarios/journal_cost/failpoint_cost.hpp"
#include "scenarios/load/services.hpp"

namespace gauntlet {

namespace {

using recovery::JournalResult;

int fail(const std::string& sentence) {
  std::fprintf(stderr, "error: %s\n", sentence.c_str());
  return 1;
}

std::uint64_t segment_bytes(const Parameters& parameters) {
  return static_cast<std::uint64_t>(parameters.integer("segment_kib")) * 1024;
}

Task<void> serve_on(recovery::Server& server) {
  const Task<Result<void>> serving = server.serve();
  const Result<void> ended = co_await serving;
  fail("accepting failed: " + ended.error().message());
}

Task<JournalResult<AppendRates::Figures>> measure(std::unique_ptr<AppendRates>& rates, const std::string& folder,
                                                  const Parameters& parameters) {
  if (!rates) {
    const std::uint64_t bytes = segment_bytes(parameters);
    const auto opening = [&folder, bytes] { return AppendRates::open(folder, bytes); };
    JournalResult<std::unique_ptr<AppendRates>> opened = co_await run_blocking(opening);
    if (!opened) co_return std::unexpected(opened.error());
    rates = std::move(*opened);
  }
  const Task<AppendRates::Figures> round = rates->round(std::chrono::milliseconds(parameters.integer("window_ms")));
  AppendRates::Figures figures = co_await round;
  if (figures.empty()) {
    co_return std::unexpected(recovery::JournalError{.code = {}, .text = "a journal in " + folder + " failed"});
  }
  co_return figures;
}

Task<JournalResult<AppendRates::Figures>> index(const std::string& folder, const Parameters& parameters) {
  const std::uint64_t bytes = segment_bytes(parameters);
  const auto requests = static_cast<std::uint64_t>(parameters.integer("requests"));
  const auto indexing = [&folder, bytes, requests] { return index_ms(folder + "/index", bytes, requests); };
  const JournalResult<double> took = co_await run_blocking(indexing);
  if (!took) co_return std::unexpected(took.error());
  const double failpoint_ns = co_await run_blocking(&failpoint_off_ns);
  co_return AppendRates::Figures{{"index_ms", *took}, {"failpoint_off_ns", failpoint_ns}};
}

}  // namespace

Task<int> serve_with_journal(ServeContext& context) {
  const Parameters& parameters = context.parameters();
  const ScratchFolder folder;
  const std::string path = folder.path().string();
  recovery::Server server(load_routes());
  if (const std::string& backend = parameters.word("journal_backend"); backend != no_journal) {
    recovery::RecoveryConfig config;
    config.journal_backend = backend;
    config.journal_path = folder.path() / "journal";
    config.segment_bytes = segment_bytes(parameters);
    config.promise =
        parameters.word("promise") == "completed" ? recovery::Promise::completed : recovery::Promise::accepted;
    server.enable_request_recovery(std::move(config));
  }
  const Task<JournalResult<recovery::ReplayReport>> recovering = server.recover();
  const JournalResult<recovery::ReplayReport> ready = co_await recovering;
  if (!ready) co_return fail(ready.error().text);
  const Result<std::uint16_t> port = server.listen(Endpoint::loopback(context.port()));
  if (!port) co_return fail("cannot listen: " + port.error().message());
  const JoinHandle<void> serving = spawn(serve_on(server));
  context.ready(*port);
  std::unique_ptr<AppendRates> rates;
  for (;;) {
    const Task<std::string> asking = context.next_command();
    const std::string command = co_await asking;
    const Task<JournalResult<AppendRates::Figures>> measuring =
        command == index_command ? index(path, parameters) : measure(rates, path, parameters);
    const JournalResult<AppendRates::Figures> figures = co_await measuring;
    if (!figures) co_return fail(figures.error().text);
    context.report(*figures);
  }
}

}  // namespace gauntlet
