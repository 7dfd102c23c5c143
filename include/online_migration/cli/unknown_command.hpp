// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>

#include <fmt/format.h>

#include <online_migration/base/edit_distance.hpp>

namespace online_migration::detail {

/// The command of a help text that a mistyped word is nearest to; empty where none is near.
inline std::string_view nearest_command(std::string_view word, std::string_view help) {
  std::string_view nearest;
  std::size_t least = 3;
  while (!help.empty()) {
    std::string_view line = help.substr(0, help.find('\n'));
    help.remove_prefix(std::min(line.size() + 1, help.size()));
    if (line.size() < 3 || !line.starts_with("  ") || line[2] == ' ') continue;  // commands stand two blanks in
    line.remove_prefix(2);
    std::string_view command = line.substr(0, line.find(' '));
    if (std::size_t distance = edit_distance(word, command); distance < least) {
      least = distance;
      nearest = command;
    }
  }
  return nearest;
}

/// What to say where a command was to be.
inline std::string unknown_command(std::string_view word, std::string_view help) {
  if (word.empty()) return "a command is missing";
  if (word.starts_with('-')) {
    return fmt::format("the command comes first, and {} behind it, as in `status {} …`", word, word);
  }
  for (std::string_view phase : {"expand", "backfill", "validate"}) {
    if (word == phase)
      return fmt::format("there is no command \"{}\": `run` goes through expand, backfill and validate", word);
  }
  std::string_view nearest = nearest_command(word, help);
  if (nearest.empty()) return fmt::format("there is no command \"{}\"", word);
  return fmt::format("there is no command \"{}\"; is it `{}`?", word, nearest);
}

}  // namespace online_migration::detail
