#include "harness/gate/loaded_image.hpp"

#include <elf.h>
#include <fmt/format.h>

#include <cstring>
#include <map>
#include <string_view>
#include <vector>

#include "harness/store/durable_file.hpp"

namespace gauntlet {
namespace {

/// By name: address, size and contents.
using Image = std::map<std::string, std::string>;

template <class Value>
bool copy_out(std::string_view file, std::size_t offset, Value& value) {
  if (offset > file.size() || file.size() - offset < sizeof value) return false;
  std::memcpy(&value, file.data() + offset, sizeof value);
  return true;
}

std::vector<Elf64_Shdr> sections_of(std::string_view file) {
  Elf64_Ehdr header;
  if (!copy_out(file, 0, header) || std::memcmp(header.e_ident, ELFMAG, SELFMAG) != 0) return {};
  if (header.e_ident[EI_CLASS] != ELFCLASS64 || header.e_shentsize != sizeof(Elf64_Shdr)) return {};
  std::vector<Elf64_Shdr> sections(header.e_shnum);
  for (std::size_t i = 0; i < sections.size(); ++i) {
    if (!copy_out(file, header.e_shoff + i * sizeof(Elf64_Shdr), sections[i])) return {};
  }
  if (header.e_shstrndx < sections.size()) std::swap(sections[header.e_shstrndx], sections.back());
  return sections;
}

/// Empty when it is no such file.
Image image_of(std::string_view file) {
  const auto sections = sections_of(file);
  if (sections.empty()) return {};
  const Elf64_Shdr& names = sections.back();
  Image image;
  for (const Elf64_Shdr& section : sections) {
    if ((section.sh_flags & SHF_ALLOC) == 0) continue;
    if (names.sh_offset + section.sh_name >= file.size()) return {};
    const std::string name = file.data() + names.sh_offset + section.sh_name;
    if (name == ".note.gnu.build-id") continue;
    std::string contents = fmt::format("{:x} {:x} ", section.sh_addr, section.sh_size);
    if (section.sh_type != SHT_NOBITS) {
      if (section.sh_offset > file.size() || file.size() - section.sh_offset < section.sh_size) return {};
      contents.append(file.substr(section.sh_offset, section.sh_size));
    }
    image[name] = std::move(contents);
  }
  return image;
}

}  // namespace

std::expected<bool, std::string> same_loaded_image(const std::filesystem::path& a, const std::filesystem::path& b) {
  std::vector<Image> images;
  for (const auto& path : {a, b}) {
    const auto file = read_file(path);
    if (!file) return std::unexpected(file.error());
    images.push_back(image_of(*file));
    if (images.back().empty()) return std::unexpected(fmt::format("{} is no 64-bit ELF program", path.string()));
  }
  return images[0] == images[1];
}

}  // namespace gauntlet
