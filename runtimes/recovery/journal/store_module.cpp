#include "runtimes/recovery/journal/store_module.hpp"

#include <dlfcn.h>
#include <fmt/format.h>

#include <filesystem>

namespace gauntlet::recovery {

JournalResult<StoreOpener> load_store(std::string_view backend) {
  std::error_code error;
  const auto program = std::filesystem::read_symlink("/proc/self/exe", error);
  const std::string file = (program.parent_path() / fmt::format("gauntlet-journal-{}.so", backend)).string();
  void* const module = error ? nullptr : ::dlopen(file.c_str(), RTLD_NOW | RTLD_LOCAL);
  void* const symbol = module == nullptr ? nullptr : ::dlsym(module, "gauntlet_open_store");
  if (symbol == nullptr) {
    const char* const why = error ? nullptr : ::dlerror();
    return std::unexpected(
        JournalError{.kind = JournalError::Kind::storage,
                     .code = error,
                     .text = fmt::format("journal_backend '{}' needs {}, which cannot be loaded: {}; build the target "
                                         "gauntlet-journal-{}, or set journal_backend = \"segment\"",
                                         backend, file, why != nullptr ? why : "no such file", backend)});
  }
  const auto open = reinterpret_cast<decltype(&gauntlet_open_store)>(symbol);
  return [open](const std::string& path) {
    OpenedStore opened = std::unexpected(StoreError{});
    open(path.c_str(), &opened);
    return opened;
  };
}

}  // namespace gauntlet::recovery
