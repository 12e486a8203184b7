// The fields of a RunSpec, which plan.json and runs.jsonl share. Only for sources that read or write them.
#pragma once

#include "harness/store/json_fields.hpp"
#include "harness/store/run_record.hpp"

namespace gauntlet {

void add_spec(Json& object, const RunSpec& spec);
/// Throws FieldError.
RunSpec read_spec(const Json& object);

}  // namespace gauntlet
