// runs.jsonl as text: which of its lines are whole, and what they say.
#pragma once

#include <cstddef>
#include <expected>
#include <string>
#include <string_view>
#include <vector>

#include "harness/store/plan.hpp"
#include "harness/store/run_record.hpp"

namespace gauntlet {

struct RunLog {
  std::vector<RunRecord> records;
  std::size_t whole_bytes = 0;      ///< the part that holds `records`; what follows was torn by a kill
  bool newline_is_missing = false;  ///< the last record is whole, but the kill came before its newline
  std::string notice;               ///< one sentence on the torn tail; empty when there is none
};

/// Only what follows the last newline can be torn by a kill: it is left out and told in `notice`. A bad line before
/// that was not written by us, and is an error that names the line. So is a run that `plan` does not hold, or one
/// that is recorded twice.
std::expected<RunLog, std::string> parse_run_log(std::string_view text, const Plan& plan);

}  // namespace gauntlet
