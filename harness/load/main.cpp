// gauntlet-load: the load generator, a process of its own.
#include <cstdio>
#include <iostream>
#include <iterator>
#include <string>
#include <string_view>

#include "harness/load/protocol.hpp"
#include "harness/load/run_load.hpp"

namespace {

constexpr std::string_view kHelp = R"(gauntlet-load: offers load to a server and measures what comes back

Reads one JSON object from standard input, and prints one to standard output.

  echo '{"port": 8080, "plan": {"pacing": "closed", "connections": 64}}' | gauntlet-load
  echo '{"port": 8080, "cpus": [1], "subject_pid": 4711,
         "plan": {"path": "/plaintext", "expect_body": "Hello, World!", "pacing": "open",
                  "rate_rps": 8000, "duration_s": 5}}' | gauntlet-load

  host         name or address (127.0.0.1)
  port         must be given
  subject_pid  whose CPU, memory and context switches are sampled over the window; 0: nobody's (0)
  cpus         CPUs that the generator stays on; none: all ([])
  threads      generator threads, which share connections and schedule (1)
  plan
    protocol       http or echo (http)
    method, path   of the request (GET, /plaintext)
    body           of the request ("")
    expect_status  every answer must have it (200)
    expect_body    every answer must have it, when it is not empty ("")
    payload_bytes  size of an echo message, 8 to 1048576 (64)
    connections    opened before warm-up (64)
    pipeline       requests outstanding per connection, closed loop only (1)
    reconnect      each connection carries one request, then it is closed and opened anew (false)
    pacing         closed: the next request when the answer is there; open: by schedule; idle: none, connections only
                   stand open (open)
    arrival        of an open loop: poisson or constant (poisson)
    rate_rps       of an open loop, in requests per second; must be given for one
    seed           same seed, same schedule (1)
    warmup_cap_s   warm-up ends when the rate is steady, or here (1)
    duration_s     the measured window (1)
    count_events   also count the subject's system calls, cycles and instructions, where the machine can (false)
    other          {"share": 0.01, "path": "/burn/5000", "expect_body": ""}: this share of an open loop's requests asks
                   for something else, by chance ({"share": 0})
    surge          {"rate_rps": 50000, "duration_s": 1}: so an open loop's window begins ({"duration_s": 0})
    counts_shed    an answer 503 is load that the subject shed, and no error (false)
    patience_s     an arrival that finds no connection free for so long is abandoned; 0: it waits (0)
    objective_us   answers within it, from the scheduled time, are good ones (0)
    interval_s     length of `intervals`, which count answers as they come; 0: none are kept (0)
    timeline_interval_s
                   length of the parts of `timeline`; 0: there is none (0)

In the answer, latencies are in microseconds: `corrected` counts from the scheduled time, `uncorrected` from the time
the request left; `apart` is what `corrected` is, for the other kind and for what was due in the surge, which are in
neither of the two. `histograms` holds both as HdrHistogram V2 in nanoseconds, compressed, base64. `timeline` holds such
histograms (one significant digit) of what `corrected` counts, by when requests were due, and what the subject consumed
meanwhile. `warnings` says why the figures may not be trusted; severity `invalid` voids them. generator_cpu_s leaves out generator_spin_s, the time that it
looped until the next request was due.

Exit codes: 0 measured, 2 the request is wrong, 3 nothing could be measured (both print {"error": "..."}).
)";

int fail(int exit_code, const std::string& sentence) {
  std::cout << gauntlet::encode_failure(sentence) << std::endl;
  return exit_code;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc == 2 && (std::string_view(argv[1]) == "--help" || std::string_view(argv[1]) == "-h")) {
    std::cout << kHelp;
    return 0;
  }
  if (argc > 1) return fail(2, std::string("unknown argument ") + argv[1] + "; see gauntlet-load --help");
  const std::string input((std::istreambuf_iterator<char>(std::cin)), std::istreambuf_iterator<char>());
  const auto request = gauntlet::decode_plan(input);
  if (!request) return fail(2, request.error());
  const auto result = gauntlet::run_load(*request);
  if (!result) return fail(3, result.error());
  std::cout << gauntlet::encode_result(*result) << std::endl;
  return 0;
}
