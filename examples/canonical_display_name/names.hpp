// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

/// Display names as people type them: real place names, many with blanks around them or in capital letters, so that the
/// canonical form differs from most of them.
class display_names {
 public:
  /// Reads lines of name, tab, country. Throws: `std::runtime_error`.
  explicit display_names(const std::string& file);

  /// The name with a number; the same number always gives the same name.
  [[nodiscard]] std::string with_number(std::uint64_t number) const;

  /// The name that a user has when the table is loaded.
  [[nodiscard]] std::string at_load(std::int64_t id) const { return with_number(static_cast<std::uint64_t>(id)); }

 private:
  std::vector<std::string> names_;
};
