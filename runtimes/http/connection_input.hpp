// What has arrived on a connection and is not consumed yet.
#pragma once

#include <string>
#include <string_view>

#include "runtimes/contract/buffer.hpp"

namespace gauntlet::http {

/// As long as every input is consumed whole, nothing is copied. Holds a lent buffer between join() and keep() only.
class ConnectionInput {
 public:
  /// What was kept, followed by what has just arrived. Valid until keep().
  std::string_view join(Buffer arrived);
  /// Keeps `rest`, a tail of what join() gave, and gives the buffer back.
  void keep(std::string_view rest);
  bool empty() const noexcept { return kept_.empty(); }

 private:
  Buffer lent_;
  std::string kept_;
};

}  // namespace gauntlet::http
