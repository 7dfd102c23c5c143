// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstddef>
#include <string_view>

/// Whether a text has another one in it. Letter by letter: under sanitizers g++ 12 finds no constant in what
/// `std::string_view::find` compares.
constexpr bool contains(std::string_view text, std::string_view part) {
  for (std::size_t at = 0; at + part.size() <= text.size(); ++at) {
    std::size_t same = 0;
    while (same < part.size() && text[at + same] == part[same]) ++same;
    if (same == part.size()) return true;
  }
  return false;
}
