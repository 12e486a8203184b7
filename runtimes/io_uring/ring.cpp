#include "runtimes/io_uring/ring.hpp"

#include <sys/syscall.h>
#include <unistd.h>

#include <atomic>
#include <cassert>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <system_error>

namespace gauntlet {

namespace {

/// Thread ids of the system are used again after a thread has ended; these are not.
std::uint64_t this_thread_number() noexcept {
  static std::atomic<std::uint64_t> numbers{0};
  thread_local const std::uint64_t mine = numbers.fetch_add(1, std::memory_order_relaxed) + 1;
  return mine;
}

std::string describe(int error) { return std::system_category().message(error); }

std::string disabled_setting() {
  std::ifstream file("/proc/sys/kernel/io_uring_disabled");
  std::string value;
  file >> value;
  return value;
}

/// What this runtime asks of the kernel, beyond flags that setup refuses by itself.
std::string missing_in(const io_uring& ring, const io_uring_probe* probe) {
  constexpr unsigned needed_features = IORING_FEAT_NODROP | IORING_FEAT_SUBMIT_STABLE | IORING_FEAT_EXT_ARG;
  if ((ring.features & needed_features) != needed_features) return "features of Linux 5.11";
  if (probe == nullptr) return "the operation probe";
  constexpr std::pair<int, const char*> needed[] = {
      {IORING_OP_ACCEPT, "accept"},     {IORING_OP_CONNECT, "connect"},           {IORING_OP_RECV, "recv"},
      {IORING_OP_SEND, "send"},         {IORING_OP_SENDMSG, "sendmsg"},           {IORING_OP_CLOSE, "close"},
      {IORING_OP_POLL_ADD, "poll_add"}, {IORING_OP_ASYNC_CANCEL, "async_cancel"},
  };
  for (const auto& [opcode, name] : needed) {
    if (io_uring_opcode_supported(probe, opcode) == 0) return std::string("the operation ") + name;
  }
  return {};
}

/// How long a thread that polls finds nothing before it sleeps. Waking it costs a system call; its polling, a CPU.
constexpr unsigned polls_for_ms = 10;

int set_up(io_uring& ring, unsigned flags) {
  io_uring_params parameters{};
  parameters.flags = flags;
  parameters.sq_thread_idle = polls_for_ms;
  parameters.cq_entries = Ring::completion_entries;
  return io_uring_queue_init_params(Ring::submission_entries, &ring, &parameters);
}

}  // namespace

std::string setup_refusal(int error) {
  switch (error) {
    case EPERM:
    case EACCES: {
      const std::string disabled = disabled_setting();
      if (disabled == "1" || disabled == "2") {
        return "io_uring is disabled: set /proc/sys/kernel/io_uring_disabled from " + disabled + " to 0";
      }
      return "io_uring_setup is forbidden, probably by a seccomp filter: allow it in the container's profile";
    }
    case ENOSYS:
      return "io_uring_setup does not exist here: the kernel, or the sandbox around it, lacks io_uring";
    case EINVAL:
      return "the kernel is too old: io_uring with a single issuer and multishot receive came with Linux 6.0";
    case ENOMEM:
      return "no memory for the ring: raise the locked-memory limit (ulimit -l)";
    case EMFILE:
      return "no descriptor left for the ring: raise the limit of open files (ulimit -n)";
    case ENFILE:
      return "no descriptor left for the ring in the whole system: raise /proc/sys/fs/file-max";
    default:
      return "io_uring_setup failed: " + describe(error);
  }
}

std::expected<std::unique_ptr<Ring>, std::string> Ring::open(const RingOptions& options) {
  std::unique_ptr<Ring> ring(new Ring);
  // SINGLE_ISSUER and multishot receive came with the same kernel, 6.0: its refusal is the probe for both.
  constexpr unsigned needed =
      IORING_SETUP_R_DISABLED | IORING_SETUP_SINGLE_ISSUER | IORING_SETUP_SUBMIT_ALL | IORING_SETUP_CQSIZE;
  // TASKRUN_FLAG lets a turn see without a system call that the kernel has deferred work.
  constexpr unsigned by_task = needed | IORING_SETUP_COOP_TASKRUN | IORING_SETUP_TASKRUN_FLAG;
  int result = 0;
  if (options.polls) {
    result = set_up(ring->ring_, needed | IORING_SETUP_SQPOLL);
  } else {
    result = set_up(ring->ring_, by_task | IORING_SETUP_DEFER_TASKRUN);
    if (result == -EINVAL) result = set_up(ring->ring_, by_task);  // 6.0 has all but DEFER_TASKRUN
  }
  if (result < 0) {
    ring->ring_.ring_fd = -1;
    return std::unexpected(setup_refusal(-result));
  }
  const std::unique_ptr<io_uring_probe, void (*)(io_uring_probe*)> probe(io_uring_get_probe_ring(&ring->ring_),
                                                                         &io_uring_free_probe);
  const std::string missing = missing_in(ring->ring_, probe.get());
  if (!missing.empty()) return std::unexpected("the kernel's io_uring lacks " + missing);
  ring->has_messages_ = io_uring_opcode_supported(probe.get(), IORING_OP_MSG_RING) != 0 &&
                        (ring->ring_.features & IORING_FEAT_CQE_SKIP) != 0;
  // No feature tells of the report of what was copied, which came with 6.2; the next one that there is came with 6.3.
  ring->can_send_zero_copy_ = io_uring_opcode_supported(probe.get(), IORING_OP_SENDMSG_ZC) != 0 &&
                              (ring->ring_.features & kernel::feature_reg_reg_ring) != 0;
  if (options.files > 0 && io_uring_register_files_sparse(&ring->ring_, options.files) == 0) {
    ring->file_slots_ = options.files;
  }
  return ring;
}

Ring::~Ring() {
  if (ring_.ring_fd >= 0) io_uring_queue_exit(&ring_);
}

int Ring::enable() noexcept {
  assert(owner_ == 0 && "a ring is enabled once");
  // liburing 2.3 declares io_uring_enable_rings and, in Debian's build, does not export it.
  if (syscall(__NR_io_uring_register, ring_.ring_fd, IORING_REGISTER_ENABLE_RINGS, nullptr, 0) < 0) return -errno;
  owner_ = this_thread_number();
  return 0;
}

bool Ring::belongs_to_this_thread() const noexcept { return owner_ == this_thread_number(); }

void Ring::register_descriptor() noexcept { registered_ = io_uring_register_ring_fd(&ring_) == 1; }

void Ring::unregister_descriptor() noexcept {
  if (std::exchange(registered_, false)) io_uring_unregister_ring_fd(&ring_);
}

io_uring_sqe& Ring::next_entry() noexcept {
  io_uring_sqe* entry = io_uring_get_sqe(&ring_);
  while (entry == nullptr) {
    if (polls()) {
      enter_with(IORING_ENTER_SQ_WAKEUP | IORING_ENTER_SQ_WAIT, flush(), 0, std::nullopt);
    } else {
      enter(0, std::nullopt);
    }
    entry = io_uring_get_sqe(&ring_);
  }
  std::memset(entry, 0, sizeof *entry);
  return *entry;
}

void Ring::queue_message(const Ring& to, std::uint64_t told, std::uint64_t if_failed) noexcept {
  io_uring_sqe& entry = next_entry();
  io_uring_prep_msg_ring(&entry, to.ring_.ring_fd, 0, told, 0);
  entry.flags |= IOSQE_CQE_SKIP_SUCCESS;
  entry.user_data = if_failed;
  holds_message_ = true;
}

unsigned Ring::flush() noexcept {
  io_uring_sq& queue = ring_.sq;
  unsigned tail = *queue.ktail;
  for (; queue.sqe_head != queue.sqe_tail; ++queue.sqe_head, ++tail) {
    queue.array[tail & queue.ring_mask] = queue.sqe_head & queue.ring_mask;
  }
  // With a thread that polls, not later than the look at its flag: it sets that before it looks at the tail a last
  // time.
  __atomic_store_n(queue.ktail, tail, polls() ? __ATOMIC_SEQ_CST : __ATOMIC_RELEASE);
  holds_message_ = false;
  return tail - io_uring_smp_load_acquire(queue.khead);
}

bool Ring::poller_needs_call() const noexcept {
  return (__atomic_load_n(ring_.sq.kflags, __ATOMIC_SEQ_CST) & (IORING_SQ_NEED_WAKEUP | IORING_SQ_CQ_OVERFLOW)) != 0;
}

void Ring::enter(unsigned wait_for, std::optional<std::chrono::nanoseconds> timeout) noexcept {
  const unsigned submitted = flush();
  if (!polls()) return enter_with(0, submitted, wait_for, timeout);
  if (wait_for > 0 || poller_needs_call()) enter_with(IORING_ENTER_SQ_WAKEUP, submitted, wait_for, timeout);
}

void Ring::enter_with(unsigned more_flags, unsigned submitted, unsigned wait_for,
                      std::optional<std::chrono::nanoseconds> timeout) noexcept {
  ++enters_;
  __kernel_timespec limit{};
  io_uring_getevents_arg argument{};
  if (timeout) {
    limit.tv_sec = timeout->count() / 1'000'000'000;
    limit.tv_nsec = timeout->count() % 1'000'000'000;
    argument.ts = reinterpret_cast<std::uintptr_t>(&limit);
  }
  // Not io_uring_submit_and_wait_timeout: it enters again when a timeout or signal ends the wait.
  const unsigned flags = IORING_ENTER_GETEVENTS | IORING_ENTER_EXT_ARG | more_flags |
                         (registered_ ? unsigned{IORING_ENTER_REGISTERED_RING} : 0U);
  const int result = io_uring_enter2(static_cast<unsigned>(ring_.enter_ring_fd), submitted, wait_for, flags,
                                     reinterpret_cast<sigset_t*>(&argument), sizeof argument);
  switch (-result) {
    case ETIME:   // the timeout
    case EINTR:   // a signal: the caller's loop looks at its state and comes again
    case EAGAIN:  // no memory for requests: what was not submitted stays queued for the next enter
    case ENOMEM:
    case EBUSY:  // completions overflowed and must be taken first
      break;
    case EBADR:
      assert(false && "the kernel had no memory to keep a completion: its operation would never end");
      break;
    default:
      assert(result >= 0 && "the ring is entered by its owner, with valid arguments");
  }
}

bool Ring::kernel_holds_completions() const noexcept {
  return (io_uring_smp_load_acquire(ring_.sq.kflags) & (IORING_SQ_TASKRUN | IORING_SQ_CQ_OVERFLOW)) != 0;
}

}  // namespace gauntlet
