// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

namespace online_migration {

/// Something that a migration can live with, once somebody has thought about it and said so in code:
/// `om::expand_options{.acknowledged = {om::risk::user_triggers}}`.
enum class risk {
  user_triggers,     ///< triggers of the table's own fire for every row that the backfill changes
  publications,      ///< subscribers of a publication need the new column first, or replication stops
  pooler,            ///< a transaction pooler stands between; give expand a direct connection if there is one
  existing_column,   ///< the new column is there already; what it holds will be overwritten
  legacy_instances,  ///< at contract: every live instance of the application writes both representations by now
  legacy_readers,    ///< at contract: views or functions still read the old column, whose values no longer follow
  no_way_back,       ///< at contract: there is no inverse, so there will be no way back
  left_behind,       ///< at contract: the old column has indexes, constraints or privileges that the new one lacks
  quarantined_rows,  ///< at contract: for some rows the transform has no value, and their new column is NULL
  dual_writers,      ///< at retirement: every live instance of the application knows only the new representation by now
  dropped_column,    ///< a column is dropped with its values
  dropped_table      ///< a table is dropped with its rows
};

/// The name of a risk, as it stands in `om::risk`.
constexpr std::string_view to_string(risk value) {
  constexpr std::string_view names[]{"user_triggers",    "publications",   "pooler",         "existing_column",
                                     "legacy_instances", "legacy_readers", "no_way_back",    "left_behind",
                                     "quarantined_rows", "dual_writers",   "dropped_column", "dropped_table"};
  return names[static_cast<int>(value)];
}

/// One thing that preflight found.
struct finding {
  enum class kind {
    notice,  ///< good to know
    risk,    ///< needs an acknowledgement
    refusal  ///< has to be mended first
  };
  kind is = kind::notice;
  online_migration::risk about{};  ///< of a risk
  std::string text;                ///< what it is and what to do
};

/// What preflight found, before anything is changed.
struct preflight_report {
  std::vector<finding> findings;

  void notice(std::string text) { findings.push_back({finding::kind::notice, {}, std::move(text)}); }
  void refuse(std::string text) { findings.push_back({finding::kind::refusal, {}, std::move(text)}); }
  void ask(risk about, std::string text) { findings.push_back({finding::kind::risk, about, std::move(text)}); }

  /// Whether expand may go on, given what was acknowledged.
  [[nodiscard]] bool accepted(const std::vector<risk>& acknowledged) const {
    return std::none_of(findings.begin(), findings.end(), [&](const finding& found) {
      return found.is == finding::kind::refusal ||
             (found.is == finding::kind::risk &&
              std::find(acknowledged.begin(), acknowledged.end(), found.about) == acknowledged.end());
    });
  }

  /// The report for a person, one finding a line.
  [[nodiscard]] std::string text() const {
    std::string lines;
    for (const finding& found : findings) {
      switch (found.is) {
        case finding::kind::notice:
          lines += "  notice: ";
          break;
        case finding::kind::refusal:
          lines += "  refused: ";
          break;
        case finding::kind::risk:
          lines += "  needs om::risk::";
          lines += to_string(found.about);
          lines += " acknowledged: ";
          break;
      }
      lines += found.text;
      lines += '\n';
    }
    return lines;
  }
};

}  // namespace online_migration
