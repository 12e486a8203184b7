#include "harness/store/run_spec_json.hpp"

namespace gauntlet {

void add_spec(Json& object, const RunSpec& spec) {
  object["index"] = spec.index;
  object["cell"] = spec.cell;
  object["scenario"] = spec.scenario;
  object["runtime"] = spec.runtime;
  object["arm"] = spec.arm;
  object["round"] = spec.round;
  object["role"] = word_of(spec.role);
  object["params"] = spec.params;
}

RunSpec read_spec(const Json& object) {
  return {.index = field_as<std::uint64_t>(object, "index"),
          .cell = field_as<std::string>(object, "cell"),
          .scenario = field_as<std::string>(object, "scenario"),
          .runtime = field_as<std::string>(object, "runtime"),
          .arm = field_as<std::string>(object, "arm"),
          .round = field_as<int>(object, "round"),
          .role = field_enum<Role>(object, "role"),
          .params = field_as<std::map<std::string, std::string>>(object, "params")};
}

}  // namespace gauntlet
