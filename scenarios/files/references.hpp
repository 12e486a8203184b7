// The same work without a runtime: plain calls, on one thread or on one for each operation under way.
#pragma once

#include <cstdint>
#include <vector>

#include "scenarios/files/block_file.hpp"
#include "scenarios/files/file_work.hpp"

namespace gauntlet {

/// Metrics of `threads` threads that call pread, or pwrite and fdatasync. Throws std::system_error when the file cannot
/// be opened or a thread not be had.
FileFigures measure_file_threads(const BlockFile& file, const FileSizes& sizes, std::uint32_t threads);

/// Adds what went wrong outside the window: in the warm-up, and with what was appended, all of which is read back.
void add_content_errors(FileFigures& figures, const std::vector<LaneLog>& warm_up, const BlockFile& file,
                        const FileWork& work);

}  // namespace gauntlet
