// Files: what is read and written, errors, many at once, cancelling, closing, the end of the runtime.
#include "runtimes/task/file.hpp"

#include <fcntl.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <span>
#include <thread>

#include "runtimes/conformance/support.hpp"
#include "runtimes/files/scratch_folder.hpp"

namespace gauntlet::conformance {
namespace {

class Files : public RuntimeTest {
 protected:
  void SetUp() override {
    RuntimeTest::SetUp();
    GAUNTLET_NEEDS(Feature::files);
  }
  std::string path(const char* name) const { return (folder_.path() / name).string(); }
  std::string file_of(std::size_t bytes) const { return folder_.write("data", pattern(bytes)); }

 private:
  ScratchFolder folder_;
};
GAUNTLET_FOR_EVERY_RUNTIME(Files);

constexpr std::size_t block_bytes = 512;
using Block = std::array<std::byte, block_bytes>;

Block block_of(std::size_t number) {
  Block block{};
  std::memset(block.data(), static_cast<int>(number % 251), block.size());
  std::memcpy(block.data(), &number, sizeof number);
  return block;
}

Task<std::string> text_at(File& file, std::uint64_t offset, std::size_t bytes) {
  std::string text(bytes, '?');
  text.resize(must(co_await file.read_at(offset, std::as_writable_bytes(std::span(text)))));
  co_return text;
}

Task<void> write_and_read(const std::string& path) {
  File file = must(co_await open_file(path.c_str(), O_RDWR | O_CREAT | O_EXCL, 0600));
  EXPECT_TRUE(file.is_open());
  EXPECT_EQ(must(co_await file.write_at(0, "first second")), 12u);
  EXPECT_EQ(must(co_await file.write_at(1'000'000, "far")), 3u);
  EXPECT_EQ(must(co_await file.write_at(6, "SECOND")), 6u);
  must(co_await file.sync_data());
  must(co_await file.sync());
  EXPECT_EQ(co_await text_at(file, 0, 12), "first SECOND");
  EXPECT_EQ(co_await text_at(file, 999'999, 4), std::string_view("\0far", 4)) << "a hole reads as zeros";
  must(co_await file.close());
  EXPECT_FALSE(file.is_open());
}

TEST_P(Files, WhatIsWrittenAtAnOffsetIsReadThere) {
  const std::string where = path("round_trip");
  complete(write_and_read(where));
  EXPECT_EQ(std::filesystem::file_size(where), 1'000'003u);
  EXPECT_EQ(std::filesystem::status(where).permissions(), std::filesystem::perms(0600));
  EXPECT_EQ(runtime().metrics().file_operations, 9u);
}

Task<void> read_over_the_end(const std::string& path, std::size_t bytes) {
  File file = must(co_await open_file(path.c_str(), O_RDONLY));
  EXPECT_EQ(co_await text_at(file, 0, bytes + 100), pattern(bytes));
  EXPECT_EQ(co_await text_at(file, bytes - 3, 100), pattern(bytes).substr(bytes - 3));
  EXPECT_EQ(co_await text_at(file, bytes, 100), "");
  EXPECT_EQ(co_await text_at(file, bytes + 5000, 100), "");
  EXPECT_EQ(co_await text_at(file, 7, 0), "");
}

TEST_P(Files, AReadOverTheEndIsShortAndOneBehindItIsEmpty) { complete(read_over_the_end(file_of(10'000), 10'000)); }

Task<void> meet_errors(const std::string& folder, const std::string& data, const std::string& absent) {
  EXPECT_EQ(errno_of(co_await open_file(absent.c_str(), O_RDONLY)), ENOENT);
  EXPECT_EQ(errno_of(co_await open_file((data + "/below").c_str(), O_RDONLY)), ENOTDIR);
  EXPECT_EQ(errno_of(co_await open_file(folder.c_str(), O_WRONLY)), EISDIR);
  EXPECT_EQ(errno_of(co_await open_file(data.c_str(), O_RDWR | O_CREAT | O_EXCL)), EEXIST);
  Block block{};
  File itself = must(co_await open_file(folder.c_str(), O_RDONLY));
  EXPECT_EQ(errno_of(co_await itself.read_at(0, block)), EISDIR);
  File read_only = must(co_await open_file(data.c_str(), O_RDONLY));
  EXPECT_EQ(errno_of(co_await read_only.write_at(0, "x")), EBADF);
  EXPECT_EQ(co_await text_at(read_only, 0, 4), pattern(4)) << "an error of one operation is not the file's";
  File write_only = must(co_await open_file(data.c_str(), O_WRONLY));
  EXPECT_EQ(errno_of(co_await write_only.read_at(0, block)), EBADF);
}

TEST_P(Files, ErrorsAreValues) {
  const std::string data = file_of(100);
  complete(meet_errors(std::filesystem::path(data).parent_path().string(), data, path("absent")));
}

Task<bool> write_then_read(File& file, std::size_t number) {
  const Block written = block_of(number);
  const std::size_t sent = must(co_await file.write_at(number * block_bytes, std::as_bytes(std::span(written))));
  Block read{};
  const std::size_t got = must(co_await file.read_at(number * block_bytes, read));
  co_return sent == block_bytes&& got == block_bytes&& read == written;
}

Task<int> right_blocks(const std::string& path, int count) {
  File file = must(co_await open_file(path.c_str(), O_RDWR | O_CREAT));
  const bool anywhere = this_worker()->runtime->traits().tasks_migrate;
  std::vector<JoinHandle<bool>> handles;
  for (int i = 0; i < count; ++i) {
    auto task = write_then_read(file, static_cast<std::size_t>(i));
    handles.push_back(anywhere ? spawn(std::move(task)) : spawn_here(std::move(task)));
  }
  int right = 0;
  for (JoinHandle<bool>& handle : handles) right += (co_await handle).value() ? 1 : 0;
  co_return right;
}

TEST_P(Files, TwoHundredFiftySixAtOnceOnOneFileAllKeepTheirBytes) {
  EXPECT_EQ(complete(right_blocks(path("shared"), 256)), 256);
}

Task<int> wrong_reads(File& file, std::size_t blocks, std::size_t first, int count) {
  int wrong = 0;
  for (int i = 0; i < count; ++i) {
    const std::size_t number = (first + static_cast<std::size_t>(i) * 7) % blocks;
    Block read{};
    if (must(co_await file.read_at(number * block_bytes, read)) != block_bytes || read != block_of(number)) ++wrong;
  }
  co_return wrong;
}

Task<int> wrong_of_group(const std::string& path, std::size_t blocks) {
  File file = must(co_await open_file(path.c_str(), O_RDWR | O_CREAT));
  for (std::size_t i = 0; i < blocks; ++i) EXPECT_TRUE(co_await write_then_read(file, i));
  std::vector<JoinHandle<int>> lanes;
  for (std::size_t lane = 0; lane < 32; ++lane) lanes.push_back(spawn_here(wrong_reads(file, blocks, lane, 20)));
  int wrong = 0;
  for (JoinHandle<int>& lane : lanes) wrong += (co_await lane).value();
  must(co_await file.close());
  co_return wrong;
}

TEST_P(Files, EveryWorkerKeepsAFileOfItsOwnBusy) {
  std::vector<JoinHandle<int>> groups;
  std::vector<std::string> paths;
  for (std::uint16_t i = 0; i < runtime().workers(); ++i) paths.push_back(path(("of_" + std::to_string(i)).c_str()));
  for (std::uint16_t i = 0; i < runtime().workers(); ++i) {
    groups.push_back(spawn_on(runtime(), i, wrong_of_group(paths[i], 64)));
  }
  const auto join = [](JoinHandle<int>& group) -> Task<int> { co_return (co_await group).value(); };
  for (JoinHandle<int>& group : groups) EXPECT_EQ(complete(join(group)), 0);
}

Task<bool> is_pattern(File& file, std::size_t bytes, int& begun, int& ended) {
  ++begun;
  const std::string text = co_await text_at(file, 0, bytes);
  ++ended;
  co_return text == pattern(bytes);
}

Task<void> close_under_readers(const std::string& path, std::size_t bytes) {
  constexpr int readers = 40;
  File file = must(co_await open_file(path.c_str(), O_RDONLY));
  int begun = 0;
  int ended = 0;
  std::vector<JoinHandle<bool>> handles;
  for (int i = 0; i < readers; ++i) handles.push_back(spawn_here(is_pattern(file, bytes, begun, ended)));
  while (begun < readers) co_await yield();
  must(co_await file.close());
  // The operation goes with its awaiter, a moment before the reader has counted itself.
  for (JoinHandle<bool>& handle : handles) EXPECT_TRUE((co_await handle).value());
  EXPECT_EQ(ended, readers);
}

TEST_P(Files, ACloseWaitsForWhatIsUnderWayOnTheFile) {
  const std::size_t before = open_descriptors();
  complete(close_under_readers(file_of(100'000), 100'000));
  EXPECT_EQ(open_descriptors(), before);
}

/// Waits until what closes in the background has done so.
std::size_t descriptors_at_rest(Runtime& runtime, std::size_t expected) {
  for (int i = 0; i < 2'000 && open_descriptors() != expected; ++i) {
    runtime.poll_once();
    std::this_thread::sleep_for(microseconds(500));
  }
  return open_descriptors();
}

Task<void> drop_file_elsewhere(const std::string& path) {
  Runtime& runtime = *this_worker()->runtime;
  for (std::uint16_t i = 0; i < 8; ++i) {
    File file = must(co_await open_file(path.c_str(), O_RDONLY));
    const auto hold = [](File held) -> Task<void> {
      co_await yield();
      EXPECT_TRUE(held.is_open());
    };
    JoinHandle<void> holder = spawn_on(static_cast<std::uint16_t>(i % runtime.workers()), hold(std::move(file)));
    (co_await holder).value();
  }
}

TEST_P(Files, AHandleThatGoesOutOfScopeAnywhereClosesItsFile) {
  const std::size_t before = open_descriptors();
  complete(drop_file_elsewhere(file_of(100)));
  EXPECT_EQ(descriptors_at_rest(runtime(), before), before);
}

Task<bool> open_and_read(std::string path) {
  File file = must(co_await open_file(path.c_str(), O_RDONLY));
  co_return co_await text_at(file, 0, 1000) == pattern(1000);
}

Task<void> race_cancels(std::string path, int seeds) {
  for (int seed = 0; seed < seeds; ++seed) {
    JoinHandle<bool> one = spawn(open_and_read(path));
    if (seed % 3 == 0) co_await some_yields(seed % 7);
    if (seed % 3 == 1) co_await sleep_for(microseconds(seed % 90));
    one.cancel();
    const TaskResult<bool> ended = co_await one;
    EXPECT_TRUE(ended.has_value() ? *ended : ended.error().cancelled());
  }
}

TEST_P(Files, CancellingRacesWithTheEndAndLeaksNothing) {
  const std::string data = file_of(1000);
  const std::size_t before = open_descriptors();
  std::vector<JoinHandle<void>> racers;
  for (std::uint16_t i = 0; i < runtime().workers(); ++i) {
    racers.push_back(spawn_on(runtime(), i, race_cancels(data, sanitized ? 60 : 200)));
  }
  const auto join = [](JoinHandle<void>& racer) -> Task<void> { (co_await racer).value(); };
  for (JoinHandle<void>& racer : racers) complete(join(racer));
  EXPECT_EQ(descriptors_at_rest(runtime(), before), before);
}

Task<void> probe_single_operations(const std::string& path) {
  Runtime& runtime = *this_worker()->runtime;
  File file = must(co_await open_file(path.c_str(), O_RDONLY));
  for (int i = 0; i < 100; ++i) {
    Block block{};
    Probe<FileOp> read(runtime, FileOp::Action::read, file.record(), std::uint64_t{0}, std::span<std::byte>(block));
    file.record().hold();
    read.submit();
    if (!read.ended() && i % 2 == 0) read.cancel();
    if (!read.ended() && i % 4 == 0) read.cancel();
    co_await ended(read);
    file.record().let_go();
    EXPECT_TRUE(read.op.result == static_cast<int>(block_bytes) || read.op.result == -ECANCELED) << read.op.result;
    if (i % 2 == 1) {
      EXPECT_EQ(read.op.result, static_cast<int>(block_bytes));
    }
  }
}

TEST_P(Files, AnOperationCompletesOnceCancelledOrNot) {
  const auto probing = [](std::string data) -> Task<void> {
    JoinHandle<void> pinned = spawn_here(probe_single_operations(data));
    (co_await pinned).value();
  };
  complete(probing(file_of(block_bytes)));
}

Task<void> read_for_ever(std::string path, std::atomic<int>& begun, std::atomic<int>& wrong) {
  File file = must(co_await open_file(path.c_str(), O_RDONLY));
  begun.fetch_add(1);
  while (true) {
    if (co_await text_at(file, 0, 1000) != pattern(1000)) wrong.fetch_add(1);
  }
}

TEST_P(Files, ARuntimeMayEndWhileOperationsAreUnderWay) {
  const std::string data = file_of(1000);
  const std::size_t threads = live_threads();
  destroy_runtime();
  const std::size_t before = open_descriptors();
  for (int round = 0; round < (sanitized ? 4 : 12); ++round) {
    remake(RuntimeConfig{});
    std::atomic<int> begun{0};
    std::atomic<int> wrong{0};
    for (int i = 0; i < 6; ++i) spawn(runtime(), read_for_ever(data, begun, wrong)).detach();
    std::thread stopper([this, round] {
      std::this_thread::sleep_for(microseconds(300 * round));
      runtime().stop();
    });
    runtime().run();
    stopper.join();
    destroy_runtime();
    EXPECT_EQ(wrong.load(), 0);
    EXPECT_EQ(open_descriptors(), before);
  }
  // Those of libuv's own are the process's, and stay; so may a worker of the kernel's for a while.
  EXPECT_LE(live_threads(threads + 8), threads + 8);
}

TEST_P(Files, WhatIsUnderWayWhenARunEndsGoesOnInTheNext) {
  const std::string data = file_of(1000);
  std::atomic<int> begun{0};
  std::atomic<int> wrong{0};
  for (int i = 0; i < 6; ++i) spawn(runtime(), read_for_ever(data, begun, wrong)).detach();
  std::uint64_t seen = 0;
  for (int run = 0; run < 8; ++run) {
    std::thread stopper([this, seen, &begun, is_last = run == 7] {
      while (runtime().metrics().file_operations < seen + 20 || (is_last && begun.load() < 6)) {
        std::this_thread::sleep_for(microseconds(50));
      }
      runtime().stop();
    });
    runtime().run();
    stopper.join();
    seen = runtime().metrics().file_operations;
  }
  EXPECT_EQ(begun.load(), 6);
  EXPECT_EQ(wrong.load(), 0);
}

}  // namespace
}  // namespace gauntlet::conformance
