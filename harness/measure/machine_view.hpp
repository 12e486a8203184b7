// Where the facts about a machine come from: its files, and what only a system call tells.
#pragma once

#include <optional>
#include <string>
#include <vector>

namespace gauntlet {

/// What became of an attempt to set up a ring.
struct RingAnswer {
  int error = 0;  ///< errno of io_uring_setup; 0: there is one
  int operations = 0;
  std::vector<std::string> features;  ///< those that the fast paths of a server need
};

/// What became of an attempt to open counters of this process; errno, 0 where it can.
struct PerfAnswer {
  int hardware_error = 0;
  int software_error = 0;
};

/// Plain data, so that a test can make one up with a folder of files.
struct MachineView {
  std::string root;  ///< put before every path; empty for this machine
  unsigned cpus = 1;
  std::string kernel_release;  ///< "6.1.0-28-amd64"
  std::string architecture;    ///< "x86_64"
  RingAnswer ring;
  PerfAnswer perf;

  /// The whole file, or nothing when it cannot be read.
  std::optional<std::string> text(const std::string& path) const;
  /// The same without white space at its ends.
  std::optional<std::string> word(const std::string& path) const;
};

/// Sets up a ring and opens two counters, and closes them again.
MachineView machine_here();

}  // namespace gauntlet
