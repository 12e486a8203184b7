#include <fmt/chrono.h>
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>

#include "harness/cli/commands.hpp"
#include "harness/cli/exit_code.hpp"
#include "runtimes/recovery/inspect.hpp"
#include "runtimes/recovery/trace_context.hpp"

namespace gauntlet {
namespace {

using recovery::DeadLetter;
using recovery::JournalError;
using recovery::StoredRequest;

struct JournalOptions {
  std::string path;
  std::uint64_t id = 0;
};

constexpr const char* kJournalExamples = R"(Examples:
  gauntlet journal list /var/lib/orders/journal
  gauntlet journal show /var/lib/orders/journal 4711
  gauntlet journal retry /var/lib/orders/journal 4711     # the next start of its server replays it
  gauntlet journal verify /var/lib/orders/journal

Exit codes: 0 done, 1 the journal is damaged, 2 usage, 3 it cannot be read or is in use.)";

int refuse(const JournalError& error) {
  return complain(error.text, error.kind == JournalError::Kind::corrupt ? kMustBroken : kNotMeasured);
}

std::string arrival(const StoredRequest& request) {
  return fmt::format("{:%Y-%m-%dT%H:%M:%SZ}",
                     fmt::gmtime(static_cast<std::time_t>(request.arrival_unix_ns / 1'000'000'000)));
}

void print_row(const StoredRequest& request, const std::string& state) {
  fmt::print("{:>10}  {:<10}  {:>8}  {}  {} {}{}\n", request.id, state, request.attempts, arrival(request),
             http::method_name(request.method), request.target, request.key.empty() ? "" : "  key " + request.key);
}

int list(const JournalOptions& options) {
  const auto picture = recovery::read_journal(options.path);
  if (!picture) return refuse(picture.error());
  fmt::print("{:>10}  {:<10}  {:>8}  {:<20}  request\n", "id", "state", "attempts", "arrival");
  for (const std::uint64_t id : picture->ledger->incomplete()) {
    print_row(picture->ledger->request(id).value(), "incomplete");
  }
  for (const DeadLetter& letter : picture->ledger->dead_letters()) print_row(letter.request, "dead");
  return kEveryMustHeld;
}

int show(const JournalOptions& options) {
  const auto picture = recovery::read_journal(options.path);
  if (!picture) return refuse(picture.error());
  const auto request = picture->ledger->request(options.id);
  if (!request) {
    return complain(fmt::format("the journal holds no unfinished request {}; see gauntlet journal list {}", options.id,
                                options.path),
                    kUsage);
  }
  const auto body = recovery::body_of(options.path, *request);
  if (!body) return refuse(body.error());
  fmt::print("{} {}\n", http::method_name(request->method), request->target);
  for (const auto& [name, value] : request->headers) fmt::print("{}: {}\n", name, value);
  fmt::print("\n{}\n\narrived {}, {} attempts\n", *body, arrival(*request), request->attempts);
  for (const DeadLetter& letter : picture->ledger->dead_letters()) {
    if (letter.request.id == options.id) fmt::print("dead: {}\n", letter.reason);
  }
  return kEveryMustHeld;
}

int retry(const JournalOptions& options) {
  const auto revived = recovery::revive(options.path, options.id);
  if (!revived) return refuse(revived.error());
  if (!*revived) {
    return complain(
        fmt::format("{} is no dead letter of this journal; see gauntlet journal list {}", options.id, options.path),
        kUsage);
  }
  fmt::print("request {} will be replayed when its server starts next\n", options.id);
  return kEveryMustHeld;
}

int verify(const JournalOptions& options) {
  const auto picture = recovery::read_journal(options.path);
  if (!picture) return refuse(picture.error());
  for (const recovery::SegmentFacts& segment : picture->scan.segments) {
    fmt::print("{}: {} records from {} on, up to offset {} of {}\n", recovery::segment_name(segment.header.number),
               segment.records, segment.header.first_sequence, segment.end, segment.file_bytes);
  }
  if (const auto& torn = picture->scan.torn) {
    fmt::print("unfinished write in {} at offset {}: never acknowledged, the next start cuts it\n",
               recovery::segment_name(torn->segment), torn->offset);
  }
  fmt::print("{}: {} records from {} on\n", picture->backend.empty() ? "no journal" : "backend " + picture->backend,
             picture->records, picture->first_sequence);
  fmt::print("whole: {} records, {} unfinished requests, {} dead letters, {} bodies in files of their own\n",
             picture->records, picture->ledger->incomplete().size(), picture->ledger->dead_letters().size(),
             picture->ledger->body_files().size());
  return kEveryMustHeld;
}

void add(CLI::App& journal, CommandContext& context, const char* name, const char* what, bool with_id,
         int (*run)(const JournalOptions&)) {
  CLI::App* command = journal.add_subcommand(name, what);
  command->footer(kJournalExamples);
  auto options = std::make_shared<JournalOptions>();
  command->add_option("path", options->path, "Folder of the journal, its journal_path")->required();
  if (with_id) command->add_option("id", options->id, "Number of a request, as list shows it")->required();
  command->callback([options, &context, run] { context.exit_code = run(*options); });
}

}  // namespace

void add_journal_command(CLI::App& app, CommandContext& context) {
  CLI::App* journal = app.add_subcommand("journal", "Unfinished requests and dead letters of a server");
  journal->footer(kJournalExamples);
  journal->require_subcommand(1);
  add(*journal, context, "list", "Unfinished requests and dead letters", false, &list);
  add(*journal, context, "show", "One of them, whole", true, &show);
  add(*journal, context, "retry", "Lets a dead letter be replayed", true, &retry);
  add(*journal, context, "verify", "Is the journal whole? If not: what is wrong, in which segment, at which offset",
      false, &verify);
}

}  // namespace gauntlet
