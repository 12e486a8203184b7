// What a database has to offer, so that a journal can be kept in it.
#pragma once

#include <expected>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace gauntlet::recovery {

struct StoreError {
  bool corrupt = false;  ///< it holds what it never wrote; else it could not be read or written
  std::string text;      ///< the database's own words
};
template <typename T>
using StoreResult = std::expected<T, StoreError>;

/// One thread at a time; every call blocks. Destroying closes.
class KeyValueStore {
 public:
  struct Change {
    std::string_view key;
    std::string_view value;
    bool removes = false;  ///< the key; else the value is put there
  };
  using Visitor = std::function<void(std::string_view key, std::string_view value)>;

  virtual ~KeyValueStore() = default;
  KeyValueStore(const KeyValueStore&) = delete;
  KeyValueStore& operator=(const KeyValueStore&) = delete;

  /// All or none, and behind every change before. `durable`: survives a loss of power when it returns. After a failure
  /// nobody knows what it did: close the store, and look.
  virtual StoreResult<void> write(std::span<const Change> changes, bool durable) = 0;
  /// Everything, keys in the order of their bytes.
  virtual StoreResult<void> visit(const Visitor& visitor) = 0;

 protected:
  KeyValueStore() = default;
};

using OpenedStore = StoreResult<std::unique_ptr<KeyValueStore>>;
/// Opens the database in a folder that exists, and makes it if it is not there.
using StoreOpener = std::function<OpenedStore(const std::string& path)>;

}  // namespace gauntlet::recovery
