#include "harness/load/echo_exchange.hpp"

#include <fmt/format.h>

#include <cassert>
#include <cstring>

namespace gauntlet {
namespace {

constexpr std::size_t kIdSize = sizeof(std::uint64_t);

std::uint64_t id_of(std::string_view message) {
  std::uint64_t id = 0;
  std::memcpy(&id, message.data(), kIdSize);
  return id;
}

}  // namespace

EchoExchange::EchoExchange(std::uint32_t payload_bytes, std::uint32_t pipeline) : size_(payload_bytes) {
  assert(payload_bytes >= kIdSize);
  std::string message(payload_bytes, '\0');
  // A period that is prime: a message that comes back shifted by any power of two differs.
  for (std::size_t i = kIdSize; i < message.size(); ++i) message[i] = static_cast<char>('!' + i % 89);
  for (std::uint32_t i = 0; i < pipeline; ++i) messages_ += message;
}

std::string_view EchoExchange::requests(std::uint64_t first_id, std::uint32_t count) {
  assert(count * size_ <= messages_.size());
  for (std::size_t i = 0; i < count; ++i) {
    const std::uint64_t id = first_id + i;
    std::memcpy(messages_.data() + i * size_, &id, kIdSize);
  }
  return std::string_view(messages_).substr(0, count * size_);
}

Answer EchoExchange::examine(std::string_view received, std::uint64_t id) {
  Answer answer;
  answer.size = size_;
  if (received.size() < size_) return answer;
  const bool is_right =
      id_of(received) == id && std::memcmp(received.data() + kIdSize, messages_.data() + kIdSize, size_ - kIdSize) == 0;
  if (is_right) {
    answer.state = Answer::State::right;
    return answer;
  }
  // Where one echo is wrong, nobody can say where the next begins.
  answer.state = Answer::State::malformed;
  answer.error = ErrorKind::wrong_body;
  wrong_ = received.substr(0, size_);
  expected_id_ = id;
  return answer;
}

std::string EchoExchange::explain() const {
  if (id_of(wrong_) != expected_id_) {
    return fmt::format("the echo of message {} and not of {}: {}", id_of(wrong_), expected_id_,
                       printable_excerpt(wrong_));
  }
  const auto difference = std::mismatch(wrong_.begin() + kIdSize, wrong_.end(), messages_.begin() + kIdSize).first;
  const auto at = static_cast<std::size_t>(difference - wrong_.begin());
  return fmt::format("the echo of message {} differs from byte {} on: {} and not {}", expected_id_, at,
                     printable_excerpt(wrong_.substr(at), 16),
                     printable_excerpt(std::string_view(messages_).substr(at, size_ - at), 16));
}

}  // namespace gauntlet
