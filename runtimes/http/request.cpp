#include "runtimes/http/request.hpp"

#include <algorithm>
#include <cassert>
#include <utility>

namespace gauntlet::http {

namespace {

constexpr char lowered(char letter) { return letter >= 'A' && letter <= 'Z' ? static_cast<char>(letter + 32) : letter; }

void move_view(std::string_view& view, const char* from, const char* to) noexcept {
  if (view.data() != nullptr) view = {to + (view.data() - from), view.size()};
}

}  // namespace

bool equal_without_case(std::string_view left, std::string_view right) noexcept {
  return left.size() == right.size() && std::equal(left.begin(), left.end(), right.begin(),
                                                   [](char one, char two) { return lowered(one) == lowered(two); });
}

std::optional<std::string_view> Request::header(std::string_view name) const {
  for (const Field& field : headers) {
    if (equal_without_case(field.name, name)) return field.value;
  }
  return std::nullopt;
}

void Request::set_header(std::string_view name, std::string value) {
  std::erase_if(headers, [name](const Field& field) { return equal_without_case(field.name, name); });
  owned_.push_front(std::move(value));
  headers.push_back({name, owned_.front()});
}

std::string_view Request::parameter(std::string_view name) const {
  for (std::size_t i = 0; i < parameter_count_; ++i) {
    if (parameters_[i].name == name) return parameters_[i].value;
  }
  return {};
}

void Request::add_parameter(std::string_view name, std::string_view value) {
  assert(parameter_count_ < parameters_max);
  parameters_[parameter_count_++] = {name, value};
}

void Request::clear() noexcept {
  target = path = query = body = {};
  headers.clear();
  parameter_count_ = 0;
  if (!owned_.empty()) owned_.clear();
}

void Request::rebase(const char* from, const char* to) noexcept {
  move_view(target, from, to);
  move_view(path, from, to);
  move_view(query, from, to);
  for (Field& field : headers) {
    move_view(field.name, from, to);
    move_view(field.value, from, to);
  }
}

}  // namespace gauntlet::http
