// What the scenario files declares, and what its figures mean.
#pragma once

#include <string>

#include "scenarios/files/file_work.hpp"
#include "scenarios/info.hpp"

namespace gauntlet {

const ScenarioInfo& files_info();
Observations observe_files(const FileFigures& reported, const std::string& folder);
/// Skipped where the folder has no way past the cache.
Judgement judge_files(const Observations& observations);

}  // namespace gauntlet
