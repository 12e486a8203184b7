// A disk and the page cache above it, in memory: what a loss of power leaves can be chosen.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "fault-injection/storage/storage_faults.hpp"
#include "runtimes/recovery/storage/storage.hpp"

namespace gauntlet {

/// One folder. Programs see the page cache. The disk has what was synchronised; what was written since is pending, in
/// units that reach the disk whole or not at all, in any order: blocks of `block_bytes`, and changes of the directory.
/// A synchronisation that fails loses the file's pending blocks and leaves them in the cache, as Linux does: a second
/// one succeeds, and writes nothing. One thread at a time.
class SimulatedDisk {
 public:
  struct Options {
    std::size_t block_bytes = 512;
    std::uint64_t capacity_bytes = std::uint64_t{1} << 40;  ///< beyond: ENOSPC
  };

  SimulatedDisk();
  explicit SimulatedDisk(const Options& options);

  /// The folder as a program sees it; the disk outlives it. Unmounting is what the end of a process does: nothing is
  /// lost, nothing is synchronised.
  std::unique_ptr<recovery::Storage> mount(StorageFaults* faults = nullptr);

  /// Called behind each call that changed something.
  std::function<void()> on_change;

  /// Units that a loss of power now may lose.
  std::size_t pending() const { return pending_.size(); }
  /// What a loss of power now leaves, when of the pending units those reach the disk for which `reaches` is true, in
  /// the order in which they came to be. Nothing is pending on it. Files that stand as they were are lent by this disk,
  /// which must not change as long as what is left is looked at, or until that has been made independent.
  SimulatedDisk after_power_loss(const std::function<bool(std::size_t)>& reaches) const;

  void make_independent();

  void set_capacity(std::uint64_t bytes) { options_.capacity_bytes = bytes; }
  /// For damage: the bytes of a file as cache and disk have them; null without such a file.
  std::string* contents(const std::string& name);
  std::vector<std::string> names() const;

 private:
  friend class SimulatedStorage;
  friend class SimulatedFile;

  struct File {
    std::string disk;
    std::string cache;
    std::uint64_t allocated = 0;
  };
  using Directory = std::map<std::string, std::shared_ptr<File>>;
  struct Unit {
    // A block, if there is a file and `name` is empty; else an entry of the directory: made, or removed without a file.
    std::shared_ptr<File> file;
    std::uint64_t offset = 0;
    std::string block;
    std::string name;
    std::string removed;  ///< the other name of a renaming, which is one unit
  };

  static void reach_disk(const Unit& unit, File& file);
  static void change(Directory& directory, const Unit& unit, const std::shared_ptr<File>& file);
  std::uint64_t used() const;
  /// A file that is lent becomes one of its own, before it is written to.
  std::shared_ptr<File> own(const std::shared_ptr<File>& file);
  void changed() const {
    if (on_change) on_change();
  }

  Options options_;
  Directory on_disk_;
  Directory in_cache_;
  std::vector<Unit> pending_;
  std::vector<const File*> lent_;  ///< files of another disk
  bool locked_ = false;
};

}  // namespace gauntlet
