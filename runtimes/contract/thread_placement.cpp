#include "runtimes/contract/thread_placement.hpp"

#ifndef _WIN32
#include <pthread.h>
#endif
#ifdef __linux__
#include <sched.h>
#endif

#include <cstddef>

namespace gauntlet {

#ifdef __linux__

std::vector<int> allowed_cpus() {
  cpu_set_t set;
  CPU_ZERO(&set);
  std::vector<int> cpus;
  if (sched_getaffinity(0, sizeof set, &set) != 0) return cpus;
  for (int cpu = 0; cpu < CPU_SETSIZE; ++cpu) {
    if (CPU_ISSET(static_cast<std::size_t>(cpu), &set)) cpus.push_back(cpu);
  }
  return cpus;
}

bool bind_this_thread(const std::vector<int>& cpus) noexcept {
  cpu_set_t set;
  CPU_ZERO(&set);
  for (const int cpu : cpus) CPU_SET(static_cast<std::size_t>(cpu), &set);
  return sched_setaffinity(0, sizeof set, &set) == 0;
}

#else

// macOS has hints of affinity alone, and Windows masks of a processor group: none that could be promised.
std::vector<int> allowed_cpus() { return {}; }
bool bind_this_thread(const std::vector<int>&) noexcept { return false; }

#endif

#ifdef _WIN32

void name_this_thread(const char*) noexcept {}
std::string name_of_this_thread() { return {}; }

#else

void name_this_thread(const char* name) noexcept {
#ifdef __APPLE__
  pthread_setname_np(name);
#else
  pthread_setname_np(pthread_self(), name);
#endif
}

std::string name_of_this_thread() {
  char name[64] = "";
  return pthread_getname_np(pthread_self(), name, sizeof name) == 0 ? name : "";
}

#endif

}  // namespace gauntlet
