#include "harness/measure/machine_view.hpp"

#include <liburing.h>
#include <linux/perf_event.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <cerrno>
#include <memory>
#include <thread>

#include "harness/measure/proc_text.hpp"

namespace gauntlet {
namespace {

int set_up(io_uring& ring, unsigned flags) {
  io_uring_params parameters{};
  parameters.flags = flags;
  constexpr unsigned entries = 4;
  return io_uring_queue_init_params(entries, &ring, &parameters);
}

RingAnswer ask_for_ring() {
  RingAnswer answer;
  io_uring ring{};
  // SINGLE_ISSUER came with Linux 6.0, DEFER_TASKRUN with 6.1; an older kernel refuses the flag with EINVAL.
  int result = set_up(ring, IORING_SETUP_SINGLE_ISSUER | IORING_SETUP_DEFER_TASKRUN);
  if (result == 0) {
    answer.features = {"single_issuer", "defer_taskrun"};
  } else if (result == -EINVAL && (result = set_up(ring, IORING_SETUP_SINGLE_ISSUER)) == 0) {
    answer.features = {"single_issuer"};
  } else if (result == -EINVAL) {
    result = set_up(ring, 0);
  }
  if (result < 0) {
    answer.error = -result;
    return answer;
  }
  const std::unique_ptr<io_uring_probe, void (*)(io_uring_probe*)> probe(io_uring_get_probe_ring(&ring),
                                                                         &io_uring_free_probe);
  if (probe) {
    answer.operations = probe->last_op + 1;
    if (io_uring_opcode_supported(probe.get(), IORING_OP_MSG_RING) != 0) answer.features.push_back("msg_ring");
    if (io_uring_opcode_supported(probe.get(), IORING_OP_SEND_ZC) != 0) answer.features.push_back("send_zc");
  }
  io_uring_queue_exit(&ring);
  return answer;
}

/// errno, or 0 when the counter of this process could be opened.
int try_counter(unsigned type, unsigned long long config) {
  perf_event_attr attributes{};
  attributes.size = sizeof attributes;
  attributes.type = type;
  attributes.config = config;
  attributes.exclude_kernel = 1;
  attributes.disabled = 1;
  const long fd = syscall(SYS_perf_event_open, &attributes, 0, -1, -1, PERF_FLAG_FD_CLOEXEC);
  if (fd < 0) return errno;
  close(static_cast<int>(fd));
  return 0;
}

}  // namespace

std::optional<std::string> MachineView::text(const std::string& path) const { return read_text(root + path); }

std::optional<std::string> MachineView::word(const std::string& path) const { return read_word(root + path); }

MachineView machine_here() {
  utsname name{};
  uname(&name);
  return {.root = "",
          .cpus = std::thread::hardware_concurrency(),
          .kernel_release = name.release,
          .architecture = name.machine,
          .ring = ask_for_ring(),
          .perf = {.hardware_error = try_counter(PERF_TYPE_HARDWARE, PERF_COUNT_HW_INSTRUCTIONS),
                   .software_error = try_counter(PERF_TYPE_SOFTWARE, PERF_COUNT_SW_TASK_CLOCK)}};
}

}  // namespace gauntlet
