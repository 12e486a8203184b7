#include "harness/worker/message.hpp"

#include <array>
#include <cmath>
#include <nlohmann/json.hpp>
#include <utility>

namespace gauntlet {
namespace {

using Json = nlohmann::json;
using Type = WorkerMessage::Type;

constexpr std::array<std::pair<Type, const char*>, 6> kTypes{{{Type::ready, "ready"},
                                                              {Type::report, "report"},
                                                              {Type::metrics, "metrics"},
                                                              {Type::done, "done"},
                                                              {Type::failed, "failed"},
                                                              {Type::skipped, "skipped"}}};

const char* word_of(Type type) {
  for (const auto& [known, word] : kTypes) {
    if (known == type) return word;
  }
  return "";
}

std::string dump(const Json& json) { return json.dump(-1, ' ', false, Json::error_handler_t::replace); }

WorkerMessage read_message(const Json& json) {
  const auto word = json.at("type").get<std::string>();
  for (const auto& [type, known] : kTypes) {
    if (word != known) continue;
    WorkerMessage message{.type = type, .effective_config = {}, .values = {}, .reason = {}};
    switch (type) {
      case Type::ready:
        message.port = json.at("port").get<std::uint16_t>();
        message.effective_config = json.at("effective_config").get<std::map<std::string, std::string>>();
        break;
      case Type::report:
      case Type::metrics:
        message.values = json.at("values").get<std::map<std::string, double>>();
        break;
      case Type::done:
        message.code = json.at("code").get<int>();
        break;
      case Type::failed:
      case Type::skipped:
        message.reason = json.at("reason").get<std::string>();
        break;
    }
    return message;
  }
  throw std::runtime_error("unknown message type '" + word + "'");
}

template <class Value, class Read>
std::expected<Value, std::string> decode(std::string_view line, Read read) {
  const Json json = Json::parse(line, nullptr, false);
  if (!json.is_object()) return std::unexpected("not a JSON object");
  try {
    return read(json);
  } catch (const std::exception& error) {
    return std::unexpected(std::string(error.what()));
  }
}

}  // namespace

std::string encode_message(const WorkerMessage& message) {
  Json json{{"type", word_of(message.type)}};
  switch (message.type) {
    case Type::ready:
      json["port"] = message.port;
      json["effective_config"] = message.effective_config;
      break;
    case Type::report:
    case Type::metrics:
      json["values"] = Json::object();
      for (const auto& [name, value] : message.values) {
        if (std::isfinite(value)) json["values"][name] = value;
      }
      break;
    case Type::done:
      json["code"] = message.code;
      break;
    case Type::failed:
    case Type::skipped:
      json["reason"] = message.reason;
      break;
  }
  return dump(json);
}

std::expected<WorkerMessage, std::string> decode_message(std::string_view line) {
  return decode<WorkerMessage>(line, read_message);
}

std::string encode_command(const WorkerCommand& command) {
  return dump(command.stop ? Json{{"stop", true}} : Json{{"command", command.text}});
}

std::expected<WorkerCommand, std::string> decode_command(std::string_view line) {
  return decode<WorkerCommand>(line, [](const Json& json) {
    if (json.value("stop", false)) return WorkerCommand{.stop = true, .text = {}};
    return WorkerCommand{.stop = false, .text = json.at("command").get<std::string>()};
  });
}

}  // namespace gauntlet
