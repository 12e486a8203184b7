// Names and CPUs of threads, where the system lets a thread have them.
#pragma once

#include <string>
#include <vector>

namespace gauntlet {

/// CPUs that the calling thread may run on; empty where the system does not tell.
std::vector<int> allowed_cpus();

/// False: the system did not obey.
bool bind_this_thread(const std::vector<int>& cpus) noexcept;

/// At most 15 letters are kept.
void name_this_thread(const char* name) noexcept;
/// Empty where threads have none.
std::string name_of_this_thread();

}  // namespace gauntlet
