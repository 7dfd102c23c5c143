// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include <fmt/format.h>

#include <online_migration/migration/phase.hpp>
#include <online_migration/postgres/error.hpp>

namespace online_migration {

/// From which representation a migration's field is read, as kept in `online_migration_runs.read_flag`:
/// `om::read_flag::legacy`, `om::read_flag::shadow`, `om::read_flag::percent(10)`, `om::read_flag::new_column`.
class read_flag {
 public:
  enum class kind : unsigned char {
    legacy,     ///< what follows from the old columns
    shadow,     ///< the same, compared with the new column for a share of the reads
    percent,    ///< the new column for a share of the keys, the same keys every time
    new_column  ///< the new column
  };

  static const read_flag legacy;
  static const read_flag shadow;
  static const read_flag new_column;

  /// A part of the keys, chosen by `om::key_bucket`: a key that reads the new column at 10 reads it at 20.
  /// Throws: `refused` below 0 and above 100; in a constant it does not compile.
  static constexpr read_flag percent(int share) {
    if (share < 0 || share > 100) throw refused{"om::read_flag::percent takes a percentage from 0 to 100."};
    return {kind::percent, share};
  }

  /// `legacy`.
  constexpr read_flag() = default;

  [[nodiscard]] constexpr kind what() const { return kind_; }

  /// The percentage of `percent`, 0 for every other kind.
  [[nodiscard]] constexpr int share() const { return share_; }

  friend constexpr bool operator==(const read_flag&, const read_flag&) = default;

 private:
  constexpr read_flag(kind what, int share) : kind_{what}, share_{share} {}

  kind kind_ = kind::legacy;
  int share_ = 0;
};

inline constexpr read_flag read_flag::legacy{};
inline constexpr read_flag read_flag::shadow{kind::shadow, 0};
inline constexpr read_flag read_flag::new_column{kind::new_column, 0};

/// The text of a kind in the state tables.
constexpr std::string_view to_string(read_flag::kind value) {
  constexpr std::string_view names[]{"legacy", "shadow", "percent", "new"};
  return names[static_cast<std::size_t>(value)];
}

/// As in `percent 10`, for people.
inline std::string to_string(const read_flag& flag) {
  if (flag.what() == read_flag::kind::percent) return fmt::format("percent {}", flag.share());
  return std::string{to_string(flag.what())};
}

namespace detail {

/// The flag with this text and percentage in the state tables; nothing where this library knows none.
constexpr std::optional<read_flag> stored_read_flag(std::string_view text, std::int64_t percent) {
  if (text == "legacy") return read_flag::legacy;
  if (text == "shadow") return read_flag::shadow;
  if (text == "new") return read_flag::new_column;
  if (text == "percent" && percent >= 0 && percent <= 100) return read_flag::percent(static_cast<int>(percent));
  return std::nullopt;
}

/// Why a run in this phase does not allow a flag; empty where it does.
constexpr std::string_view refusal_of(phase now, const read_flag& wanted) {
  bool is_legacy = wanted.what() == read_flag::kind::legacy;
  switch (now) {
    case phase::expand:
    case phase::backfill:
      if (is_legacy) return {};
      return "rows may still have no value in the new column: reads stay at legacy, and shadow is possible from "
             "validate on";
    case phase::validate:
      if (is_legacy || wanted.what() == read_flag::kind::shadow) return {};
      return "it is not yet proven that every row has its value in the new column: shadow is as far as reads can go "
             "before contract-ready";
    case phase::contract_ready:
      return {};
    case phase::contracted:
      if (wanted.what() == read_flag::kind::new_column) return {};
      return "the old columns may not be written any more: reads stay at new";
    case phase::rolled_back:
      if (is_legacy) return {};
      return "this run was undone: reads stay at legacy";
  }
  return "this version of the library does not know the phase";
}

/// The flag by which rows are read: the one that was set, as far as the phase allows it. At `validate` a `new` is what
/// `om::revive` left, with both representations kept.
constexpr read_flag flag_in_force(phase now, const read_flag& set) {
  switch (now) {
    case phase::validate:
    case phase::contract_ready:
      return set;
    case phase::contracted:
      return read_flag::new_column;
    default:
      return read_flag::legacy;
  }
}

}  // namespace detail
}  // namespace online_migration
