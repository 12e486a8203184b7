#include "harness/gate/loaded_image.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "harness/store/durable_file.hpp"
#include "runtimes/files/scratch_folder.hpp"

namespace gauntlet {
namespace {

namespace fs = std::filesystem;

/// Stands in the read-only data of this program, for a test to change a copy of it.
constexpr std::string_view kMarker = "a text that only this test holds, 5180341";

class LoadedImage : public testing::Test {
 protected:
  LoadedImage() {
    std::error_code error;
    own_ = fs::read_symlink("/proc/self/exe", error);
    text_ = read_file(own_).value_or("");
  }

  std::expected<bool, std::string> is_same_as(const std::string& text) {
    std::ofstream(copy_, std::ios::binary) << text;
    return same_loaded_image(own_, copy_);
  }

  const ScratchFolder folder_;
  const fs::path copy_ = folder_.path() / "image";
  fs::path own_;
  std::string text_;
};

TEST_F(LoadedImage, IsTheSameInACopy) { EXPECT_TRUE(is_same_as(text_).value()); }

TEST_F(LoadedImage, DiffersInOneByteOfData) {
  std::string changed = text_;
  const auto place = changed.find(kMarker);
  ASSERT_NE(place, std::string::npos);
  changed[place] = 'b';
  EXPECT_FALSE(is_same_as(changed).value());
}

TEST_F(LoadedImage, IsTheSameWhateverStandsBehindTheProgram) { EXPECT_TRUE(is_same_as(text_ + "notes").value()); }

TEST_F(LoadedImage, IsThatOfAProgramOrAnError) {
  EXPECT_THAT(is_same_as("#!/bin/sh\n").error(), testing::HasSubstr("is no 64-bit ELF program"));
  EXPECT_THAT(is_same_as(text_.substr(0, 1000)).error(), testing::HasSubstr("is no 64-bit ELF program"));
  EXPECT_THAT(same_loaded_image(own_, "/nowhere/x").error(), testing::HasSubstr("/nowhere/x"));
}

}  // namespace
}  // namespace gauntlet
