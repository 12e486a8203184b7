#include "runtimes/recovery/storage/posix_storage.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>

#include "runtimes/files/scratch_folder.hpp"

namespace gauntlet::recovery {
namespace {

using testing::UnorderedElementsAre;

class PosixStorageTest : public testing::Test {
 protected:
  static std::unique_ptr<Storage> open(const std::filesystem::path& path) {
    auto storage = PosixStorage::open_folder(path, Folder::may_be_made);
    EXPECT_TRUE(storage.has_value());
    return std::move(*storage);
  }

  const ScratchFolder folder_;
};

TEST_F(PosixStorageTest, MakesTheFolderAndThoseAboveIt) {
  const auto storage = open(folder_.path() / "a" / "b");
  EXPECT_TRUE(storage->list()->empty());
}

TEST_F(PosixStorageTest, SaysWhenAFolderThatMustExistDoesNot) {
  const auto storage = PosixStorage::open_folder(folder_.path() / "none", Folder::must_exist);
  ASSERT_FALSE(storage.has_value());
  EXPECT_EQ(storage.error(), std::errc::no_such_file_or_directory);
}

TEST_F(PosixStorageTest, ReadsWhatItWroteAndStopsWhereTheFileEnds) {
  const auto storage = open(folder_.path());
  const auto file = storage->open("file", OpenFor::creating);
  ASSERT_TRUE(file.has_value());
  ASSERT_TRUE((*file)->allocate(4096).has_value());
  ASSERT_TRUE(write_all(**file, std::as_bytes(std::span("text", 4)), 4094).has_value());
  ASSERT_TRUE((*file)->sync_data().has_value());
  EXPECT_EQ((*file)->size(), 4098U);
  std::array<std::byte, 100> bytes{};
  EXPECT_EQ((*file)->read(bytes, 4095), 3U);
  EXPECT_EQ(bytes[0], std::byte{'e'});
  EXPECT_EQ(read_all(**file)->size(), 4098U);
}

TEST_F(PosixStorageTest, AMappedFileHoldsWhatWasStoredAndIsNeverStoredBeyondItsEnd) {
  const auto storage = PosixStorage::open_folder(folder_.path(), Folder::must_exist, Access::mapped);
  const auto text = std::as_bytes(std::span("text", 4));
  {
    const auto file = (*storage)->open("file", OpenFor::creating);
    ASSERT_TRUE(file.has_value());
    EXPECT_EQ(write_all(**file, text, 0).error(), std::errc::file_too_large) << "before space is set aside";
    ASSERT_TRUE((*file)->allocate(8192).has_value());
    ASSERT_TRUE(write_all(**file, text, 4094).has_value());
    ASSERT_TRUE((*file)->sync_data().has_value());
    EXPECT_EQ(write_all(**file, text, 8190).error(), std::errc::file_too_large);
    ASSERT_TRUE((*file)->sync_data().has_value());
  }
  const auto again = (*storage)->open("file", OpenFor::writing);
  ASSERT_TRUE(write_all(**again, text.first(1), 4098).has_value());
  ASSERT_TRUE((*again)->sync_data().has_value());
  const auto bytes = read_all(**again);
  ASSERT_EQ(bytes->size(), 8192U);
  EXPECT_EQ(std::string(reinterpret_cast<const char*>(bytes->data()) + 4094, 6), std::string("textt\0", 6));
}

TEST_F(PosixStorageTest, RenamesOverWhatIsThereAndRemoves) {
  const auto storage = open(folder_.path());
  ASSERT_TRUE(storage->open("a", OpenFor::creating).has_value());
  ASSERT_TRUE(storage->open("b", OpenFor::creating).has_value());
  EXPECT_EQ(storage->open("b", OpenFor::creating).error(), std::errc::file_exists);
  ASSERT_TRUE(storage->rename("a", "b").has_value());
  EXPECT_THAT(*storage->list(), UnorderedElementsAre("b"));
  ASSERT_TRUE(storage->remove("b").has_value());
  ASSERT_TRUE(storage->sync_directory().has_value());
  EXPECT_EQ(storage->remove("b").error(), std::errc::no_such_file_or_directory);
}

TEST_F(PosixStorageTest, IsLockedByOneAtATime) {
  const auto storage = open(folder_.path());
  const auto other = open(folder_.path());
  auto lock = storage->lock();
  ASSERT_TRUE(lock.has_value());
  EXPECT_EQ(other->lock().error(), std::errc::operation_would_block);
  lock->reset();
  EXPECT_TRUE(other->lock().has_value());
}

}  // namespace
}  // namespace gauntlet::recovery
