#include "runtimes/contract/runtime.hpp"

#include <algorithm>
#include <fstream>
#include <string>
#include <thread>
#include <utility>

#include "runtimes/contract/thread_placement.hpp"

namespace gauntlet {

namespace {

/// Also where the kernel was built without NUMA.
bool has_one_numa_node() {
  std::ifstream online("/sys/devices/system/node/online");
  std::string nodes;
  return !(online >> nodes) || nodes.find_first_of("-,") == std::string::npos;
}

}  // namespace

constinit thread_local Worker* detail::current_worker = nullptr;

WorkerScope::WorkerScope(Worker& worker) noexcept : outer_(detail::current_worker) { detail::current_worker = &worker; }

WorkerScope::~WorkerScope() { detail::current_worker = outer_; }

void SpinLock::lock() noexcept {
  constexpr int tries_before_yield = 64;
  for (int tries = 1; held_.exchange(true, std::memory_order_acquire); ++tries) {
    // Its holder may have been preempted.
    if (tries % tries_before_yield == 0) std::this_thread::yield();
  }
}

void Buffer::give_back() noexcept {
  Runtime* lender = std::exchange(lender_, nullptr);
  size_ = 0;
  lender->give_back(data_, token_);
}

std::uint16_t Runtime::place_among_several() noexcept {
  if (traits_.tasks_migrate) return Job::any_worker;
  const Worker* here = this_worker();
  return here != nullptr && here->runtime == this ? here->index : dispatcher_.choose();
}

Runtime::Runtime(const RuntimeConfig& config, std::uint16_t workers, RuntimeTraits traits, Dispatch dispatch)
    : config_(config),
      workers_(workers),
      traits_(traits),
      cpus_(config.enable_cpu_affinity ? allowed_cpus() : std::vector<int>{}),
      counts_tasks_(config.max_tasks != 0 || config.hooks != nullptr),
      blocking_(config_, cpus_),
      dispatcher_(dispatch, workers) {}

Result<void> Runtime::admit_task() noexcept {
  if (is_shut_down()) return std::unexpected(make_error_code(Errc::not_running));
  const std::uint32_t before = live_tasks_.fetch_add(1, std::memory_order_relaxed);
  if (config_.max_tasks == 0 || before < config_.max_tasks) return {};
  live_tasks_.fetch_sub(1, std::memory_order_relaxed);
  return std::unexpected(make_error_code(Errc::out_of_resources));
}

EffectiveConfig Runtime::effective_config() const {
  EffectiveConfig all = own_settings();
  // What only a ring can be asked for: others say so themselves.
  const std::pair<const char*, bool> of_rings[] = {{"zero_copy_io", config_.zero_copy_io},
                                                   {"sqpoll", config_.sqpoll},
                                                   {"registered_files", config_.registered_files}};
  for (const auto& [name, is_asked] : of_rings) {
    if (!is_asked || std::ranges::find(all, name, &Setting::name) != all.end()) continue;
    all.push_back({name, "false", "not_supported: of all runtimes, only io_uring offers it"});
  }
  for (Setting& setting : common_settings()) all.push_back(std::move(setting));
  all.insert(all.end(), config_.not_offered.begin(), config_.not_offered.end());
  return all;
}

EffectiveConfig Runtime::common_settings() const {
  EffectiveConfig settings = {
      {"turn_budget", std::to_string(config_.turn_budget)},
      {"listen_backlog", std::to_string(config_.listen_backlog)},
      {"blocking_threads", std::to_string(traits_.has_blocking_pool ? config_.blocking_threads : 0),
       traits_.has_blocking_pool ? "started when needed" : "not_supported: this runtime has no other threads"},
      {"max_tasks", std::to_string(config_.max_tasks), config_.max_tasks == 0 ? "no bound" : ""}};
  settings.push_back(
      {"max_connections", std::to_string(config_.max_connections), config_.max_connections == 0 ? "no bound" : ""});
  if (config_.max_connections > 0) {
    settings.push_back({"connections_beyond", config_.shed_connections ? "shed" : "wait"});
  }
  if (!config_.worker_thread_name.empty()) settings.push_back({"worker_thread_name", config_.worker_thread_name});
  settings.push_back(affinity_setting());
  if (config_.numa_aware) {
    settings.push_back({"numa_aware", "false",
                        has_one_numa_node() ? "this machine has one NUMA node, all memory is local"
                                            : "not_supported: memory stands where its worker first touches it"});
  }
  return settings;
}

Setting Runtime::affinity_setting() const {
  Setting setting{"enable_cpu_affinity", "false"};
  if (!config_.enable_cpu_affinity) return setting;
  if (cpus_.empty() || !is_bound_.load(std::memory_order_relaxed)) {
    setting.note = "the kernel did not bind a worker to its CPU";
    return setting;
  }
  setting.value = "true";
  setting.note = "in turn on CPUs";
  for (const int cpu : cpus_) setting.note += " " + std::to_string(cpu);
  return setting;
}

void Runtime::wait_for_callers() const noexcept {
  // They are a few instructions from leaving, unless preempted there.
  while (callers_.load(std::memory_order_acquire) != 0) std::this_thread::yield();
}

bool HomeBound::is_home() const noexcept {
  const Worker* here = this_worker();
  return here != nullptr && here->runtime == runtime_ && (here->index == home_ || runtime_->traits().sockets_migrate);
}

void SocketBase::close_at_home(Job& job) noexcept {
  auto& op = static_cast<CloseOp&>(job);
  op.socket->runtime().submit(op);
}

void SocketBase::abandon() noexcept {
  if (is_home()) {
    runtime().submit(abandon_);
  } else {
    abandon_.worker = home();
    runtime().schedule(abandon_);
  }
}

}  // namespace gauntlet
