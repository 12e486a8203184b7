// Idempotency keys that are in use between the look into the ledger and the record that puts them there.
#pragma once

#include <mutex>
#include <string>
#include <string_view>
#include <unordered_set>

namespace gauntlet::recovery {

/// Any thread.
class KeyClaims {
 public:
  /// One key, claimed as long as this lives. An empty key is never refused.
  class Hold {
   public:
    Hold(KeyClaims& claims, std::string_view key) : claims_(&claims), key_(key), held_(claims.claim(key_)) {}
    Hold(const Hold&) = delete;
    Hold& operator=(const Hold&) = delete;
    ~Hold() {
      if (held_ && !key_.empty()) claims_->release(key_);
    }
    /// Nobody else held it.
    bool held() const noexcept { return held_; }

   private:
    KeyClaims* claims_;
    std::string key_;
    bool held_;
  };

 private:
  bool claim(const std::string& key) {
    if (key.empty()) return true;
    const std::lock_guard lock(mutex_);
    return keys_.insert(key).second;
  }
  void release(const std::string& key) {
    const std::lock_guard lock(mutex_);
    keys_.erase(key);
  }

  std::mutex mutex_;
  std::unordered_set<std::string> keys_;
};

}  // namespace gauntlet::recovery
