#include "harness/load/json_fields.hpp"
#include "harness/load/protocol.hpp"

namespace gauntlet {
namespace {

using nlohmann::json;

const std::vector<std::pair<std::string_view, Warning::Severity>> kSeverities = {
    {"note", Warning::Severity::note}, {"invalid", Warning::Severity::invalid}};

json or_null(const std::optional<double>& value) { return value ? json(*value) : json(nullptr); }

json to_json(const Percentiles& p) {
  return {{"samples", p.samples},
          {"mean", p.mean},
          {"p50", p.p50},
          {"p90", p.p90},
          {"max", p.max},
          {"p99", or_null(p.p99)},
          {"p999", or_null(p.p999)},
          {"p9999", or_null(p.p9999)}};
}

json to_json(const Consumption& c) {
  return {{"window_s", c.window_s},
          {"cpu_s", c.cpu_s},
          {"voluntary_switches", c.voluntary_switches},
          {"involuntary_switches", c.involuntary_switches},
          {"rss_bytes", c.rss_bytes},
          {"rss_peak_bytes", c.rss_peak_bytes},
          {"page_faults", c.page_faults},
          {"migrations", or_null(c.migrations)},
          {"system_calls", or_null(c.system_calls)},
          {"cycles", or_null(c.cycles)},
          {"instructions", or_null(c.instructions)}};
}

json to_json(const Warning& warning) {
  const bool is_invalid = warning.severity == Warning::Severity::invalid;
  return {{"severity", is_invalid ? "invalid" : "note"}, {"code", warning.code}, {"text", warning.text}};
}

std::string read(const json& object, Percentiles& p, const char* where) {
  JsonFields fields(object, where);
  fields.read("samples", p.samples);
  fields.read("mean", p.mean);
  fields.read("p50", p.p50);
  fields.read("p90", p.p90);
  fields.read("max", p.max);
  fields.read("p99", p.p99);
  fields.read("p999", p.p999);
  fields.read("p9999", p.p9999);
  return fields.finish();
}

std::string read(const json& object, Consumption& c) {
  JsonFields fields(object, "subject");
  fields.read("window_s", c.window_s);
  fields.read("cpu_s", c.cpu_s);
  fields.read("voluntary_switches", c.voluntary_switches);
  fields.read("involuntary_switches", c.involuntary_switches);
  fields.read("rss_bytes", c.rss_bytes);
  fields.read("rss_peak_bytes", c.rss_peak_bytes);
  fields.read("page_faults", c.page_faults);
  fields.read("migrations", c.migrations);
  fields.read("system_calls", c.system_calls);
  fields.read("cycles", c.cycles);
  fields.read("instructions", c.instructions);
  return fields.finish();
}

std::string read(const json& object, std::vector<Warning>& warnings) {
  if (!object.is_array()) return "warnings: not an array";
  for (const json& element : object) {
    Warning& warning = warnings.emplace_back();
    JsonFields fields(element, "warning");
    fields.read_word("severity", warning.severity, kSeverities);
    fields.read("code", warning.code);
    fields.read("text", warning.text);
    if (std::string error = fields.finish(); !error.empty()) return error;
  }
  return {};
}

json to_json(const std::vector<LoadInterval>& intervals) {
  json array = json::array();
  for (const LoadInterval& one : intervals) array.push_back({{"completed", one.completed}, {"good", one.good}});
  return array;
}

std::string read(const json& object, std::vector<LoadInterval>& intervals) {
  if (!object.is_array()) return "intervals: not an array";
  for (const json& element : object) {
    LoadInterval& interval = intervals.emplace_back();
    JsonFields fields(element, "interval");
    fields.read("completed", interval.completed);
    fields.read("good", interval.good);
    if (std::string error = fields.finish(); !error.empty()) return error;
  }
  return {};
}

json to_json(const LoadTimeline& timeline) {
  json lanes = json::array();
  for (const ResourceInterval& one : timeline.lanes) {
    lanes.push_back({{"start_s", one.start_s},
                     {"length_s", one.length_s},
                     {"cpu_s", one.cpu_s},
                     {"rss_bytes", one.rss_bytes},
                     {"voluntary_switches", one.voluntary_switches},
                     {"involuntary_switches", one.involuntary_switches}});
  }
  return {{"latency", timeline.latency}, {"lanes", lanes}};
}

std::string read(const json& object, ResourceInterval& interval) {
  JsonFields fields(object, "lane interval");
  fields.read("start_s", interval.start_s);
  fields.read("length_s", interval.length_s);
  fields.read("cpu_s", interval.cpu_s);
  fields.read("rss_bytes", interval.rss_bytes);
  fields.read("voluntary_switches", interval.voluntary_switches);
  fields.read("involuntary_switches", interval.involuntary_switches);
  return fields.finish();
}

std::string read(const json& object, LoadTimeline& timeline) {
  JsonFields fields(object, "timeline");
  fields.read("latency", timeline.latency);
  if (const json* lanes = fields.find("lanes"); lanes != nullptr && lanes->is_array()) {
    for (const json& element : *lanes) fields.adopt(read(element, timeline.lanes.emplace_back()));
  }
  return fields.finish();
}

std::string read(const json& object, std::map<std::string, std::uint64_t>& error_kinds) {
  JsonFields fields(object, "error_kinds");
  for (const auto& [kind, count] : object.items()) fields.read(kind.c_str(), error_kinds[kind]);
  return fields.finish();
}

std::string read_histograms(const json& object, LoadResult& result) {
  JsonFields fields(object, "histograms");
  fields.read("corrected", result.corrected_histogram);
  fields.read("uncorrected", result.uncorrected_histogram);
  return fields.finish();
}

void read_figures(JsonFields& fields, LoadOutcome& outcome) {
  fields.read("duration_s", outcome.duration_s);
  fields.read("scheduled", outcome.scheduled);
  fields.read("sent", outcome.sent);
  fields.read("completed", outcome.completed);
  fields.read("errors", outcome.errors);
  fields.read("unanswered", outcome.unanswered);
  fields.read("shed", outcome.shed);
  fields.read("abandoned", outcome.abandoned);
  fields.read("first_error", outcome.first_error);
  fields.read("lag_p50_us", outcome.lag_p50_us);
  fields.read("lag_p99_us", outcome.lag_p99_us);
  fields.read("lag_max_us", outcome.lag_max_us);
  fields.read("generator_cpu_s", outcome.generator_cpu_s);
  fields.read("steady", outcome.steady);
}

}  // namespace

std::string encode_result(const LoadResult& result) {
  const LoadOutcome& outcome = result.outcome;
  json warnings = json::array();
  for (const Warning& warning : outcome.warnings) warnings.push_back(to_json(warning));
  const json object = {
      {"duration_s", outcome.duration_s},
      {"scheduled", outcome.scheduled},
      {"sent", outcome.sent},
      {"completed", outcome.completed},
      {"errors", outcome.errors},
      {"unanswered", outcome.unanswered},
      {"error_kinds", result.error_kinds},
      {"shed", outcome.shed},
      {"abandoned", outcome.abandoned},
      {"first_error", outcome.first_error},
      {"corrected", to_json(outcome.corrected)},
      {"uncorrected", to_json(outcome.uncorrected)},
      {"apart", to_json(outcome.apart)},
      {"intervals", to_json(outcome.intervals)},
      {"lag_p50_us", outcome.lag_p50_us},
      {"lag_p99_us", outcome.lag_p99_us},
      {"lag_max_us", outcome.lag_max_us},
      {"generator_cpu_s", outcome.generator_cpu_s},
      {"generator_spin_s", result.generator_spin_s},
      {"window_start_ns", result.window_start_ns},
      {"timeline", to_json(result.timeline)},
      {"steady", outcome.steady},
      {"subject", to_json(outcome.subject)},
      {"warnings", warnings},
      {"histograms", {{"corrected", result.corrected_histogram}, {"uncorrected", result.uncorrected_histogram}}}};
  return object.dump(-1, ' ', false, json::error_handler_t::replace);
}

std::string encode_failure(std::string_view sentence) {
  return json{{"error", sentence}}.dump(-1, ' ', false, json::error_handler_t::replace);
}

std::expected<LoadResult, std::string> decode_result(std::string_view text) {
  const json object = json::parse(text, nullptr, false);
  if (object.is_discarded()) return std::unexpected("load generator: its answer is not JSON");
  if (!object.is_object()) return std::unexpected("load generator: its answer is not a JSON object");
  if (const auto error = object.find("error"); error != object.end() && error->is_string()) {
    return std::unexpected(error->get<std::string>());
  }
  LoadResult result;
  JsonFields fields(object, "load generator");
  for (const char* key : {"duration_s", "completed", "errors", "corrected", "uncorrected"}) fields.require(key);
  read_figures(fields, result.outcome);
  fields.read("generator_spin_s", result.generator_spin_s);
  fields.read("window_start_ns", result.window_start_ns);
  if (const json* f = fields.find("timeline")) fields.adopt(read(*f, result.timeline));
  if (const json* f = fields.find("error_kinds")) fields.adopt(read(*f, result.error_kinds));
  if (const json* f = fields.find("corrected")) fields.adopt(read(*f, result.outcome.corrected, "corrected"));
  if (const json* f = fields.find("uncorrected")) fields.adopt(read(*f, result.outcome.uncorrected, "uncorrected"));
  if (const json* f = fields.find("apart")) fields.adopt(read(*f, result.outcome.apart, "apart"));
  if (const json* f = fields.find("intervals")) fields.adopt(read(*f, result.outcome.intervals));
  if (const json* f = fields.find("subject")) fields.adopt(read(*f, result.outcome.subject));
  if (const json* f = fields.find("warnings")) fields.adopt(read(*f, result.outcome.warnings));
  if (const json* f = fields.find("histograms")) fields.adopt(read_histograms(*f, result));
  if (std::string error = fields.finish(); !error.empty()) return std::unexpected(error);
  return result;
}

}  // namespace gauntlet
