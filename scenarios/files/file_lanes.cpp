#include "scenarios/files/file_lanes.hpp"

#include <memory>
#include <span>
#include <string>

#include "runtimes/task/file.hpp"
#include "runtimes/task/spawn.hpp"
#include "scenarios/files/references.hpp"

namespace gauntlet {

namespace {

using Clock = FileWork::Clock;

std::int64_t number_of(const Result<std::size_t>& result) {
  return result.has_value() ? static_cast<std::int64_t>(*result) : -result.error().value();
}

Task<void> read_blocks(File& file, FileWork& work, LaneLog& log, std::uint64_t random) {
  const auto block = std::make_unique<FileBlock>();
  while (const auto number = work.next(random)) {
    const auto begin = Clock::now();
    const Result<std::size_t> got = co_await file.read_at(*number * file_block_bytes, block->bytes);
    log.done(Clock::now() - begin);
    log.check(number_of(got), got.has_value() && holds_block(block->bytes, *number), *number);
  }
}

Task<void> append_blocks(File& file, FileWork& work, LaneLog& log) {
  const auto block = std::make_unique<FileBlock>();
  std::uint64_t random = 0;
  while (const auto number = work.next(random)) {
    fill_block(block->bytes, *number);
    const std::span<const std::byte> bytes(block->bytes);
    const auto begin = Clock::now();
    const Result<std::size_t> sent = co_await file.write_at(*number * file_block_bytes, bytes);
    const Result<void> synced = co_await file.sync_data();
    log.done(Clock::now() - begin);
    log.check(synced.has_value() ? number_of(sent) : -synced.error().value(), true, *number);
  }
}

/// On one worker.
Task<void> work_on_file(std::string path, FileWork& work, std::span<LaneLog> logs, std::uint64_t first_lane) {
  Result<File> file = co_await open_file(path.c_str(), work.sizes().open_flags());
  if (!file.has_value()) {
    logs.front().check(-file.error().value(), false, 0);
    co_return;
  }
  const bool reads = work.sizes().operation == FileOperation::read;
  std::vector<JoinHandle<void>> lanes;
  for (std::size_t i = 0; i < logs.size(); ++i) {
    lanes.push_back(reads ? spawn(read_blocks(*file, work, logs[i], first_lane + i))
                          : spawn(append_blocks(*file, work, logs[i])));
  }
  for (JoinHandle<void>& lane : lanes) (co_await lane).value();
}

}  // namespace

Task<std::vector<LaneLog>> work_with_tasks(const BlockFile& file, FileWork& work) {
  const std::size_t depth = work.sizes().queue_depth;
  std::vector<LaneLog> logs(depth);
  const std::size_t workers = std::min<std::size_t>(this_worker()->runtime->workers(), depth);
  std::vector<JoinHandle<void>> groups;
  for (std::size_t i = 0; i < workers; ++i) {
    const std::size_t first = depth * i / workers;
    const std::span<LaneLog> own(logs.data() + first, depth * (i + 1) / workers - first);
    groups.push_back(spawn_on(static_cast<std::uint16_t>(i), work_on_file(file.path(), work, own, first)));
  }
  for (JoinHandle<void>& group : groups) (co_await group).value();
  co_return logs;
}

Task<FileFigures> measure_file_tasks(const BlockFile& file, const FileSizes& sizes) {
  FileWork work(sizes);
  work.last_until(Clock::now() + file_warm_up(sizes));
  const std::vector<LaneLog> warm_up = co_await work_with_tasks(file, work);
  work.last_until(Clock::now() + sizes.duration);
  const FileWindow window;
  const std::vector<LaneLog> logs = co_await work_with_tasks(file, work);
  FileFigures figures = window.figures(logs);
  add_content_errors(figures, warm_up, file, work);
  co_return figures;
}

}  // namespace gauntlet
