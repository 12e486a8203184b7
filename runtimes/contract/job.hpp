// The unit that a scheduler runs.
#pragma once

#include <cstdint>

namespace gauntlet {

/// Intrusive: a Job lives inside the thing it resumes, so scheduling allocates nothing.
///
/// Owner: whoever embeds it. Between `Runtime::schedule` and `run` it belongs to the runtime: the embedder neither
/// destroys nor schedules it again. `run` is called exactly once per scheduling, on a worker of that runtime, and may
/// destroy the Job.
class Job {
 public:
  using Run = void (*)(Job&) noexcept;
  static constexpr std::uint16_t any_worker = 0xffff;

  explicit Job(Run function) noexcept : run(function) {}
  Job(const Job&) = delete;
  Job& operator=(const Job&) = delete;

  Job* next = nullptr;  ///< free for whoever holds the Job: a queue, a wheel slot, an inbox
  Run run;
  std::uint16_t worker = any_worker;  ///< index of the worker that must run it, or any_worker; set by the embedder
  std::uint8_t priority = 0;
  std::uint8_t tag = 0;  ///< free for the embedder; Op keeps its kind here

 protected:
  ~Job() = default;
};

}  // namespace gauntlet
