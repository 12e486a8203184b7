#include <fmt/format.h>
#include <sys/resource.h>
#include <sys/utsname.h>
#include <unistd.h>
#include <zlib.h>

#include <charconv>
#include <thread>

#include "harness/measure/facts.hpp"
#include "harness/measure/machine_sample.hpp"
#include "harness/measure/proc_text.hpp"

namespace gauntlet {
namespace {

Fact kernel() {
  utsname name{};
  uname(&name);
  return {"kernel", fmt::format("{} {} {}", name.sysname, name.release, name.machine), "", true};
}

// zlib reads plain files too, so one way serves /proc/config.gz and /boot/config-*.
std::string read_kernel_config() {
  utsname name{};
  uname(&name);
  for (const std::string& path : {std::string("/proc/config.gz"), fmt::format("/boot/config-{}", name.release)}) {
    gzFile file = gzopen(path.c_str(), "rb");
    if (file == nullptr) continue;
    std::string text;
    char chunk[16384];
    for (int size = 0; (size = gzread(file, chunk, sizeof chunk)) > 0;)
      text.append(chunk, static_cast<std::size_t>(size));
    gzclose(file);
    if (!text.empty()) return text;
  }
  return {};
}

Fact cpu_accounting() {
  const std::string config = read_kernel_config();
  if (config.empty()) return {"cpu_accounting", std::string(kUnknown), "", false};
  if (config.find("\nCONFIG_TICK_CPU_ACCOUNTING=y") == std::string::npos) {
    return {"cpu_accounting", "exact (at every entry to the kernel)", "", false};
  }
  return {"cpu_accounting", fmt::format("ticks, {} Hz", number_after(config, "CONFIG_HZ=").value_or(0)),
          "the sum of CPU time is exact, its split into user and system is sampled", false};
}

Fact load_average() {
  const auto text = read_word("/proc/loadavg");
  if (!text) return {"load_average", std::string(kUnknown), "", false};
  double one_minute = 0;
  std::from_chars(text->data(), text->data() + text->size(), one_minute);
  const bool loaded = one_minute > 0.5 * std::thread::hardware_concurrency();
  return {"load_average", text->substr(0, text->find('/')).substr(0, text->rfind(' ', text->find('/'))),
          loaded ? "something else is running; wait until the machine is quiet" : "", false};
}

Fact steal() {
  const auto sample = sample_machine();
  if (!sample || sample->busy_s + sample->steal_s <= 0) return {"steal", std::string(kUnknown), "", false};
  const double percent = 100 * sample->steal_s / (sample->busy_s + sample->steal_s);
  return {"steal", fmt::format("{:.2f} % of CPU use since boot", percent),
          percent > 1 ? "the hypervisor takes CPU away; runs that it disturbs are marked" : "", false};
}

Fact transparent_huge_pages() {
  const auto text = read_word("/sys/kernel/mm/transparent_hugepage/enabled");
  return {"transparent_huge_pages", text ? bracketed_word(*text) : std::string(kUnknown), "", false};
}

std::string describe_limit(int resource, rlim_t unit, std::string_view unit_name) {
  rlimit limit{};
  if (getrlimit(static_cast<__rlimit_resource_t>(resource), &limit) != 0) return std::string(kUnknown);
  const auto words = [&](rlim_t value) {
    return value == RLIM_INFINITY ? std::string("unlimited") : fmt::format("{}{}", value / unit, unit_name);
  };
  return fmt::format("{} (hard: {})", words(limit.rlim_cur), words(limit.rlim_max));
}

Fact descriptor_limit() {
  rlimit limit{};
  const bool low = getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur < 4096;
  return {"descriptor_limit", describe_limit(RLIMIT_NOFILE, 1, ""),
          low ? "many connections will not fit; `ulimit -n 65536`" : "", false};
}

Fact locked_memory_limit() { return {"locked_memory_limit", describe_limit(RLIMIT_MEMLOCK, 1024, " KiB"), "", false}; }

Fact io_uring_permission() {
  const auto value = read_word("/proc/sys/kernel/io_uring_disabled");
  if (!value) return {"io_uring_disabled", std::string(kUnknown), "", false};
  return {"io_uring_disabled", *value,
          *value == "0" ? "" : "io_uring may be refused here; `sysctl kernel.io_uring_disabled=0` allows it", false};
}

// A quota may stand at any level above our own cgroup; the nearest one is told.
std::string cpu_quota() {
  const std::string groups = read_text("/proc/self/cgroup").value_or("");
  std::string path = line_after(groups, "0::").value_or("/");
  for (; !path.empty(); path.erase(path.find_last_of('/'))) {
    const auto quota = read_word("/sys/fs/cgroup" + path + "/cpu.max");
    if (quota && !quota->starts_with("max")) return describe_cpu_quota(*quota);
    if (path.find('/') == std::string::npos) break;
  }
  const std::string v1 = "/sys/fs/cgroup/cpu/cpu.cfs_";
  const auto quota_us = read_word(v1 + "quota_us");
  const auto period_us = read_word(v1 + "period_us");
  if (quota_us && period_us) return describe_cpu_quota(*quota_us + " " + *period_us);
  return "unlimited";
}

Fact cgroup_cpu_quota() {
  const std::string quota = cpu_quota();
  return {"cgroup_cpu_quota", quota,
          quota == "unlimited" ? "" : "the cgroup stops us when its quota is used up; measure without one", true};
}

}  // namespace

std::string bracketed_word(std::string_view text) {
  const std::size_t open = text.find('[');
  const std::size_t close = text.find(']', open == std::string_view::npos ? 0 : open);
  if (open == std::string_view::npos || close == std::string_view::npos) return std::string(text);
  return std::string(text.substr(open + 1, close - open - 1));
}

std::string describe_cpu_quota(std::string_view quota_and_period) {
  double quota = 0;
  double period = 0;
  const char* const end = quota_and_period.data() + quota_and_period.size();
  const auto [next, error] = std::from_chars(quota_and_period.data(), end, quota);
  if (error != std::errc() || quota <= 0 || next == end) return "unlimited";
  std::from_chars(next + 1, end, period);
  return period > 0 ? fmt::format("{:.2f} CPUs", quota / period) : std::string(kUnknown);
}

void append_kernel_facts(std::vector<Fact>& facts) {
  facts.push_back(kernel());
  facts.push_back(cgroup_cpu_quota());
  facts.push_back(cpu_accounting());
  facts.push_back(load_average());
  facts.push_back(steal());
  facts.push_back(transparent_huge_pages());
  facts.push_back(descriptor_limit());
  facts.push_back(locked_memory_limit());
  facts.push_back(io_uring_permission());
}

}  // namespace gauntlet
