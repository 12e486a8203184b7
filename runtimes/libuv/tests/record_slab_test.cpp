#include "runtimes/libuv/record_slab.hpp"

#include <gtest/gtest.h>

#include <set>

namespace gauntlet {
namespace {

struct Record {
  int value = 0;
  Record* next = nullptr;
};

TEST(RecordSlab, HandsOutTheRecordThatCameBackLast) {
  RecordSlab<Record> slab;
  Record& first = slab.take();
  Record& second = slab.take();
  EXPECT_NE(&first, &second);
  slab.give_back(first);
  slab.give_back(second);
  EXPECT_EQ(&slab.take(), &second);
  EXPECT_EQ(&slab.take(), &first);
}

TEST(RecordSlab, GrowsByABlockOnlyWhenAllAreOut) {
  RecordSlab<Record> slab;
  EXPECT_EQ(slab.capacity(), 0u);
  std::set<Record*> out;
  for (std::size_t i = 0; i < RecordSlab<Record>::records_per_block; ++i) out.insert(&slab.take());
  EXPECT_EQ(slab.capacity(), RecordSlab<Record>::records_per_block);
  out.insert(&slab.take());
  EXPECT_EQ(slab.capacity(), 2 * RecordSlab<Record>::records_per_block);
  EXPECT_EQ(out.size(), RecordSlab<Record>::records_per_block + 1) << "one record was handed out twice";
  for (Record* record : out) slab.give_back(*record);
  for (std::size_t i = 0; i < slab.capacity(); ++i) slab.take();
  EXPECT_EQ(slab.capacity(), 2 * RecordSlab<Record>::records_per_block);
}

}  // namespace
}  // namespace gauntlet
