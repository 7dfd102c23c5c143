// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <concepts>
#include <type_traits>

#include <online_migration/migration/rules/stage_is_legacy.hpp>
#include <online_migration/migration/rules/stage_not_declared.hpp>

namespace online_migration {

/// How far a binary of the application has gone with a migration.
enum class stage : unsigned char {
  legacy,      ///< it knows only the old columns
  dual_write,  ///< it writes both, and reads by the flag
  new_only     ///< it knows only the new column
};

/// Second base of a migration whose binaries have stages:
///
///     struct wide_balance : om::migration<…>, om::staged {};
///
/// It stands in the declaration, so that no source file can know the migration without knowing that it has stages.
struct staged {};

/// A migration that has stages.
template <class Migration>
concept staged_migration = std::derived_from<Migration, staged>;

/// The stage of the binaries that are built now, in one header of the application:
///
///     template <> inline constexpr om::stage om::stage_of<wide_balance> = om::stage::dual_write;
///
/// It has no default: a source file that does not include that header does not compile (M035).
template <staged_migration Migration>
inline constexpr stage stage_of = stage_not_declared<Migration>::raise() ? stage::dual_write : stage::legacy;

/// Proves that every source file of a program was built for the same stage. What uses a staged migration refers to
/// it, and one source file of the program defines it; a file built for another stage then does not link, and the
/// linker names the migration.
///
///     template <> void om::stage_witness<wide_balance, om::stage_of<wide_balance>>::is_declared_in_this_binary() {}
template <staged_migration Migration, stage Stage>
struct stage_witness {
  static void is_declared_in_this_binary();
};

namespace detail {

/// The migration that one of its columns belongs to; any other is its own.
template <class Migration>
struct whole_of {
  using type = Migration;
};

template <class Migration>
  requires requires { typename Migration::whole; }
struct whole_of<Migration> {
  using type = typename Migration::whole;
};

template <class Migration>
using whole_of_t = typename whole_of<Migration>::type;

/// The stage that typed access obeys. A migration without stages is written to both ways, as it always was.
template <class Migration>
consteval stage find_stage() {
  if constexpr (staged_migration<Migration>) {
    return stage_of<Migration>;
  } else {
    return stage::dual_write;
  }
}

template <class Migration>
inline constexpr stage stage_in_use = find_stage<whole_of_t<Migration>>();

template <class Migration, stage Stage>
void witness_stage() {
  using whole = whole_of_t<Migration>;
  if constexpr (staged_migration<whole>) stage_witness<whole, Stage>::is_declared_in_this_binary();
}

/// The rule over what needs both columns.
template <class Migration, stage Stage>
using check_not_legacy_stage = std::conditional_t<Stage == stage::legacy, stage_is_legacy<Migration>, accepted>;

}  // namespace detail
}  // namespace online_migration
