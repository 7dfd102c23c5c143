// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <string>
#include <string_view>

namespace online_migration::detail {

/// What the library advises to call, and the command of a migration program that does it. Longer phrases come first.
struct advised_command {
  std::string_view call;
  std::string_view command;
};

inline constexpr advised_command advised_commands[]{
    {"run om::parity_checker::check_all, and take the step with mark_phase", "`run` it"},
    {"run om::backfill_runner", "`run` it"},
    {"om::parity_checker::check_all", "`verify`"},
    {"toolkit.set_read_flag", "`reads new`"},
    {"call om::retire", "`retire` it"},
    {"call om::rollback", "`rollback`"},
    {"drop_retired_options.least_age", "options.drop.least_age in the program"},
    {"om::prepare_structure", "`prepare`"},
    {"om::expand", "`run`"},
    {"om::contract", "`contract`"},
    {"om::retire", "`retire`"},
    {"om::revive", "`revive`"},
    {"om::rollback", "`rollback`"},
};

/// An advice of the library in the words of the program, whose user does not write C++ now.
inline std::string in_commands(std::string text) {
  auto continues = [](char letter) {
    return letter == '_' || letter == ':' || (letter >= 'a' && letter <= 'z') || (letter >= '0' && letter <= '9');
  };
  for (const advised_command& each : advised_commands) {
    for (std::size_t at = 0; (at = text.find(each.call, at)) != std::string::npos;) {
      std::size_t behind = at + each.call.size();
      bool whole = behind == text.size() || !continues(text[behind]) ||
                   (text[behind] == ':' && (behind + 1 == text.size() || text[behind + 1] != ':'));
      if (!whole) {
        at = behind;
        continue;
      }
      text.replace(at, each.call.size(), each.command);
      at += each.command.size();
    }
  }
  return text;
}

}  // namespace online_migration::detail
