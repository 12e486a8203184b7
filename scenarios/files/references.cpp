#include "scenarios/files/references.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <memory>
#include <system_error>
#include <thread>

namespace gauntlet {

namespace {

using Clock = FileWork::Clock;

class OpenDescriptor {
 public:
  OpenDescriptor(const BlockFile& file, const FileSizes& sizes)
      : fd_(::open(file.path().c_str(), sizes.open_flags() | O_CLOEXEC)) {
    if (fd_ < 0) throw std::system_error(errno, std::system_category(), "cannot open the file again");
  }
  ~OpenDescriptor() { ::close(fd_); }
  OpenDescriptor(const OpenDescriptor&) = delete;
  OpenDescriptor& operator=(const OpenDescriptor&) = delete;
  int number() const { return fd_; }

 private:
  const int fd_;
};

std::int64_t result_of(ssize_t returned) { return returned < 0 ? -errno : returned; }

void read_in_thread(int fd, FileWork& work, LaneLog& log, std::uint64_t random) {
  const auto block = std::make_unique<FileBlock>();
  while (const auto number = work.next(random)) {
    const auto begin = Clock::now();
    const std::int64_t got =
        result_of(::pread(fd, block->bytes.data(), file_block_bytes, static_cast<off_t>(*number * file_block_bytes)));
    log.done(Clock::now() - begin);
    log.check(got, holds_block(block->bytes, *number), *number);
  }
}

void append_in_thread(int fd, FileWork& work, LaneLog& log) {
  const auto block = std::make_unique<FileBlock>();
  std::uint64_t random = 0;
  while (const auto number = work.next(random)) {
    fill_block(block->bytes, *number);
    const auto begin = Clock::now();
    const std::int64_t sent =
        result_of(::pwrite(fd, block->bytes.data(), file_block_bytes, static_cast<off_t>(*number * file_block_bytes)));
    const std::int64_t synced = result_of(::fdatasync(fd));
    log.done(Clock::now() - begin);
    log.check(synced < 0 ? synced : sent, true, *number);
  }
}

std::vector<LaneLog> work_with_threads(int fd, FileWork& work, std::uint32_t count) {
  std::vector<LaneLog> logs(count);
  const auto lane = [fd, &work, &logs](std::uint32_t index) {
    if (work.sizes().operation == FileOperation::read) return read_in_thread(fd, work, logs[index], index);
    append_in_thread(fd, work, logs[index]);
  };
  std::vector<std::jthread> threads;
  for (std::uint32_t i = 1; i < count; ++i) threads.emplace_back(lane, i);
  lane(0);
  threads.clear();
  return logs;
}

}  // namespace

FileFigures measure_file_threads(const BlockFile& file, const FileSizes& sizes, std::uint32_t threads) {
  const OpenDescriptor descriptor(file, sizes);
  FileWork work(sizes);
  work.last_until(Clock::now() + file_warm_up(sizes));
  const std::vector<LaneLog> warm_up = work_with_threads(descriptor.number(), work, threads);
  work.last_until(Clock::now() + sizes.duration);
  const FileWindow window;
  const std::vector<LaneLog> logs = work_with_threads(descriptor.number(), work, threads);
  FileFigures figures = window.figures(logs);
  figures["threads_count"] += threads - 1;  // they have ended by now
  add_content_errors(figures, warm_up, file, work);
  return figures;
}

void add_content_errors(FileFigures& figures, const std::vector<LaneLog>& warm_up, const BlockFile& file,
                        const FileWork& work) {
  const auto add = [&figures](std::uint64_t errors, int first_errno, std::uint64_t first_block) {
    if (errors == 0) return;
    if (figures[file_figure::errors] == 0) {
      figures[file_figure::first_errno] = first_errno;
      figures[file_figure::first_block] = static_cast<double>(first_block);
    }
    figures[file_figure::errors] += static_cast<double>(errors);
  };
  for (const LaneLog& lane : warm_up) add(lane.errors, lane.first_errno, lane.first_block);
  if (work.sizes().operation != FileOperation::append) return;
  std::uint64_t first = 0;
  const std::uint64_t wrong = file.wrong_blocks(work.appended(), first);
  add(wrong, 0, first);
}

}  // namespace gauntlet
