// Stands in for gauntlet-worker: behaves as the value of --runtime says, well or badly.
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <iostream>
#include <map>
#include <string>

namespace {

void say(const std::string& line) {
  const std::string text = line + "\n";
  if (::write(3, text.data(), text.size()) < 0) std::abort();
}

void say_ready(const std::string& backend) {
  say(R"({"type":"ready","port":0,"effective_config":{"backend":")" + backend + "\"}}");
}

/// Answers each command with a report until told to stop.
void obey() {
  for (std::string line; std::getline(std::cin, line);) {
    if (line.find("stop") != std::string::npos) return;
    say(R"({"type":"report","values":{"idle_cpu_percent":1.5}})");
  }
}

int behave(const std::string& how) {
  if (how == "dies_at_start") {
    std::fputs("last words\n", stderr);
    return 9;
  }
  if (how == "hangs_at_start") {
    for (;;) ::pause();
  }
  if (how == "skips") {
    say(R"({"type":"skipped","reason":"this kernel has none"})");
    return 7;
  }
  if (how == "skips_silently") return 7;
  if (how == "rubbish") {
    say("Segmentation fault, probably");
    for (;;) ::pause();
  }
  say_ready(how == "impostor" ? "another" : how);
  if (how == "crashes") {
    std::signal(SIGSEGV, SIG_DFL);  // a sanitizer would turn it into an exit
    std::raise(SIGSEGV);
  }
  if (how == "is_silent") {
    for (;;) ::pause();
  }
  if (how == "talks") {
    for (int i = 0; i < 100'000; ++i) std::fprintf(stderr, "line %d of very many\n", i);
  }
  if (how == "ends_by_itself") {
    say(R"({"type":"report","values":{"idle_cpu_percent":1.5}})");
    say(R"({"type":"done","code":0})");
    return 0;
  }
  obey();
  if (how == "will_not_stop") {
    for (;;) ::pause();
  }
  if (how == "fails_at_stop") {
    say(R"({"type":"failed","reason":"serve() ended with an exception: no"})");
    return 1;
  }
  say(R"({"type":"metrics","values":{"jobs_run":12,"turns":4}})");
  say(R"({"type":"done","code":0})");
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  std::map<std::string, std::string> options;
  for (int i = 1; i + 1 < argc; i += 2) options[argv[i]] = argv[i + 1];
  return behave(options["--runtime"]);
}
