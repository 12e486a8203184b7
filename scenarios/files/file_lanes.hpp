// The lanes of a runtime: tasks, each with one operation under way.
#pragma once

#include <vector>

#include "runtimes/task/task.hpp"
#include "scenarios/files/block_file.hpp"
#include "scenarios/files/file_work.hpp"

namespace gauntlet {

/// Does the work with as many tasks as the queue is deep, shared out among the workers, each of which opens the file
/// for itself. Yields a log for each task.
Task<std::vector<LaneLog>> work_with_tasks(const BlockFile& file, FileWork& work);

/// The metrics of a warm runtime, and what was wrong with the file.
Task<FileFigures> measure_file_tasks(const BlockFile& file, const FileSizes& sizes);

}  // namespace gauntlet
