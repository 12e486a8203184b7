// How fast records become durable: of every backend in turn, around the least code that makes a record durable.
#pragma once

#include <chrono>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "runtimes/contract/error.hpp"
#include "runtimes/recovery/journal/group_commit.hpp"
#include "runtimes/task/task.hpp"

namespace gauntlet {

inline constexpr int append_clients = 64;
inline constexpr std::size_t append_bytes = 256;

/// A file that was written in full with zeros, overwritten from the start, one fdatasync for each record. Prepared as a
/// segment is, so that both have the same extents and the same pages.
class RawAppends {
 public:
  RawAppends(const std::string& path, std::uint64_t file_bytes);
  RawAppends(const RawAppends&) = delete;
  RawAppends& operator=(const RawAppends&) = delete;
  ~RawAppends();

  bool append();

 private:
  const int fd_;
  const std::uint64_t file_bytes_;
  std::uint64_t offset_ = 0;
  bool whole_ = false;
};

/// Made inside a runtime; holds a journal of every backend for one writer, and another for many.
class AppendRates {
 public:
  using Figures = std::map<std::string, double>;

  /// `segment_bytes`: also of the raw file. Blocks.
  static recovery::JournalResult<std::unique_ptr<AppendRates>> open(const std::string& folder,
                                                                    std::uint64_t segment_bytes);

  /// Records a second: `raw`, and of each backend `BACKEND_1` (one writer, one record at a time) and `BACKEND_64` (as
  /// many tasks of this runtime, each with one record at a time). Each for `window`, one after the other. Empty: one of
  /// them failed.
  Task<Figures> round(std::chrono::milliseconds window);

 private:
  /// Everything may go at once.
  class NothingNeeded final : public recovery::CommitObserver {
   public:
    void committed(const recovery::Record& record) override { last_ = record.sequence; }
    void carry(const recovery::JournalFigures&, std::vector<recovery::OwnedRecord>&) override {}
    std::uint64_t first_needed() override { return last_; }

   private:
    std::uint64_t last_ = 0;
  };
  struct Backend {
    std::string name;
    std::unique_ptr<recovery::Journal> single;
    std::unique_ptr<NothingNeeded> observer;
    std::unique_ptr<recovery::GroupCommit> group;
  };

  AppendRates(const std::string& folder, std::uint64_t segment_bytes) : raw_(folder + "/raw", segment_bytes) {}

  RawAppends raw_;
  std::vector<Backend> backends_;
};

/// Milliseconds to read and index a journal of segments that holds so many unfinished requests of append_bytes each,
/// which is made first, in a folder that does not exist. Blocks.
recovery::JournalResult<double> index_ms(const std::string& folder, std::uint64_t segment_bytes,
                                         std::uint64_t requests);

}  // namespace gauntlet
