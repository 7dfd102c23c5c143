// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstddef>
#include <string_view>

namespace online_migration::detail {

/// The number of single-letter insertions, deletions, substitutions and swaps of neighbours that turn one name into the
/// other (optimal string alignment distance), for "did you mean". Names of over 63 bytes are cut there.
constexpr std::size_t edit_distance(std::string_view a, std::string_view b) {
  constexpr std::size_t limit = 63;
  a = a.substr(0, limit);
  b = b.substr(0, limit);
  std::size_t before[limit + 1]{};
  std::size_t last[limit + 1]{};
  std::size_t row[limit + 1]{};
  for (std::size_t j = 0; j <= b.size(); ++j) last[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      std::size_t best = last[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
      if (last[j] + 1 < best) best = last[j] + 1;
      if (row[j - 1] + 1 < best) best = row[j - 1] + 1;
      bool swapped = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
      if (swapped && before[j - 2] + 1 < best) best = before[j - 2] + 1;
      row[j] = best;
    }
    for (std::size_t j = 0; j <= b.size(); ++j) {
      before[j] = last[j];
      last[j] = row[j];
    }
  }
  return last[b.size()];
}

}  // namespace online_migration::detail
