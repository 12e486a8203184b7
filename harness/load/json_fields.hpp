// Strict reading of one JSON object: the first problem is kept as a sentence, and later reads do nothing.
#pragma once

#include <concepts>
#include <cstdint>
#include <limits>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace gauntlet {

class JsonFields {
 public:
  /// `where` is what error sentences call the object, e.g. `plan`. The object must outlive this.
  JsonFields(const nlohmann::json& object, std::string where) : object_(object), where_(std::move(where)) {
    if (!object_.is_object()) error_ = where_ + ": not a JSON object";
  }

  template <typename T>
  void read(const char* key, T& value) {
    if (const nlohmann::json* field = find(key)) convert(*field, key, value);
  }
  /// `words[i].second` is the value that the word `words[i].first` stands for.
  template <typename E>
  void read_word(const char* key, E& value, const std::vector<std::pair<std::string_view, E>>& words) {
    const nlohmann::json* field = find(key);
    if (field == nullptr) return;
    std::string allowed;
    for (const auto& [word, meaning] : words) {
      if (field->is_string() && field->get_ref<const std::string&>() == word) {
        value = meaning;
        return;
      }
      allowed += (allowed.empty() ? "" : " or ") + std::string(word);
    }
    fail(key, allowed);
  }
  /// Nothing when it is absent.
  const nlohmann::json* find(const char* key) {
    known_.insert(key);
    if (!error_.empty()) return nullptr;
    const auto field = object_.find(key);
    return field == object_.end() ? nullptr : &*field;
  }
  void require(const char* key) {
    if (error_.empty() && !object_.contains(key)) error_ = where_ + ": `" + key + "` is missing";
  }
  void fail(const char* key, const std::string& allowed) {
    if (error_.empty()) error_ = where_ + ": `" + key + "` must be " + allowed;
  }
  void adopt(const std::string& error) {
    if (error_.empty()) error_ = error;
  }
  /// The first problem; a key that nobody read is one. Empty: none.
  std::string finish() {
    if (!error_.empty()) return error_;
    for (const auto& [key, value] : object_.items()) {
      if (!known_.contains(key)) return where_ + ": unknown key `" + key + "`";
    }
    return {};
  }

 private:
  void convert(const nlohmann::json& field, const char* key, std::string& value) {
    field.is_string() ? (void)(value = field.get<std::string>()) : fail(key, "a string");
  }
  void convert(const nlohmann::json& field, const char* key, bool& value) {
    field.is_boolean() ? (void)(value = field.get<bool>()) : fail(key, "true or false");
  }
  void convert(const nlohmann::json& field, const char* key, double& value) {
    field.is_number() ? (void)(value = field.get<double>()) : fail(key, "a number");
  }
  void convert(const nlohmann::json& field, const char* key, std::optional<double>& value) {
    double number = 0;
    if (field.is_null()) return value.reset();
    convert(field, key, number);
    value = number;
  }
  // nlohmann's own get<T>() would cut a number that is too large to the bits that fit.
  template <std::integral T>
  void convert(const nlohmann::json& field, const char* key, T& value) {
    const bool fits = field.is_number_unsigned()  ? std::in_range<T>(field.get<std::uint64_t>())
                      : field.is_number_integer() ? std::in_range<T>(field.get<std::int64_t>())
                                                  : false;
    if (!fits) {
      return fail(key, "a whole number from " + std::to_string(std::numeric_limits<T>::min()) + " to " +
                           std::to_string(std::numeric_limits<T>::max()));
    }
    value = field.get<T>();
  }
  template <typename T>
  void convert(const nlohmann::json& field, const char* key, std::vector<T>& value) {
    if (!field.is_array()) return fail(key, "an array");
    value.clear();
    for (const nlohmann::json& element : field) convert(element, key, value.emplace_back());
  }

  const nlohmann::json& object_;
  std::string where_;
  std::string error_;
  std::set<std::string, std::less<>> known_;
};

}  // namespace gauntlet
