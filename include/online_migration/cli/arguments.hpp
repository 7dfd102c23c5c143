// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <algorithm>
#include <charconv>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include <fmt/format.h>

namespace online_migration {

/// A command line that cannot be read. The sentence says why.
class wrong_usage : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

namespace detail {

/// The words behind a command: `--name value`, `--name=value` or `--flag`. Each taker removes what it took, and
/// `nothing_left` complains about the rest.
class arguments {
 public:
  explicit arguments(std::span<char* const> words) : words_{words.begin(), words.end()} {}

  /// Whether a flag stands there.
  bool flag(std::string_view name) {
    for (std::size_t i = 0; i < words_.size(); ++i) {
      if (words_[i] != name) continue;
      remove(i, 1);
      return true;
    }
    return false;
  }

  /// The value of an option; the last one counts.
  std::optional<std::string> value(std::string_view name) {
    std::vector<std::string> all = values(name);
    if (all.empty()) return std::nullopt;
    return std::move(all.back());
  }

  /// The values of an option that may stand there any number of times.
  std::vector<std::string> values(std::string_view name) {
    std::vector<std::string> found;
    for (std::size_t i = 0; i < words_.size();) {
      std::string_view word = words_[i];
      if (word == name) {
        if (i + 1 == words_.size()) throw wrong_usage{fmt::format("{} needs a value", name)};
        found.push_back(words_[i + 1]);
        remove(i, 2);
      } else if (word.starts_with(name) && word.substr(name.size()).starts_with('=')) {
        found.emplace_back(word.substr(name.size() + 1));
        remove(i, 1);
      } else {
        ++i;
      }
    }
    return found;
  }

  /// The value of an option as the words between its commas.
  std::optional<std::vector<std::string>> list(std::string_view name) {
    std::optional<std::string> text = value(name);
    if (!text.has_value()) return std::nullopt;
    std::vector<std::string> words;
    for (std::size_t begin = 0; begin <= text->size();) {
      std::size_t end = std::min(text->find(',', begin), text->size());
      if (end == begin) throw wrong_usage{fmt::format("{} needs words with commas between them", name)};
      words.push_back(text->substr(begin, end - begin));
      begin = end + 1;
    }
    return words;
  }

  /// A whole number within bounds.
  std::optional<int> whole_number(std::string_view name, int least, int most) {
    std::optional<std::string> text = value(name);
    if (!text.has_value()) return std::nullopt;
    int number = 0;
    if (!read(*text, number) || number < least || number > most) {
      throw wrong_usage{fmt::format("{} needs a whole number from {} to {}", name, least, most)};
    }
    return number;
  }

  /// A number above 0 and at most 1.
  std::optional<double> share(std::string_view name) {
    std::optional<std::string> text = value(name);
    if (!text.has_value()) return std::nullopt;
    double number = 0;
    if (!read(*text, number) || !(number > 0.0 && number <= 1.0)) {
      throw wrong_usage{fmt::format("{} needs a number above 0 and at most 1, as in 0.25", name)};
    }
    return number;
  }

  /// The first word, which is no option; nothing where there is none.
  std::optional<std::string> word() {
    if (words_.empty() || words_.front().starts_with("--")) return std::nullopt;
    std::string first = words_.front();
    remove(0, 1);
    return first;
  }

  void nothing_left() const {
    if (!words_.empty()) throw wrong_usage{fmt::format("this command has no \"{}\"", words_.front())};
  }

 private:
  template <class Number>
  static bool read(std::string_view text, Number& number) {
    auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), number);
    return problem == std::errc{} && end == text.data() + text.size();
  }

  void remove(std::size_t first, std::size_t count) {
    auto begin = words_.begin() + static_cast<std::ptrdiff_t>(first);
    words_.erase(begin, begin + static_cast<std::ptrdiff_t>(count));
  }

  std::vector<std::string> words_;
};

}  // namespace detail
}  // namespace online_migration
