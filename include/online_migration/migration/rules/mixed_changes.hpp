// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstddef>

#include <online_migration/base/diagnosis.hpp>
#include <online_migration/base/fixed_string.hpp>

namespace online_migration {

/// M050: changes that cannot be one migration: one that replaces or moves columns beside others, or new columns with
/// others between or behind them than those that may stand there.
template <fixed_string Migration, std::size_t Changes>
struct mixed_changes {
  static constexpr bool raise() {
    static_assert(
        accepts<mixed_changes>,
        "M050: a migration has either om::add_column any number of times and behind it changes of indexes, constraints, "
        "defaults, NOT NULL or comments, or one om::replace_column or om::replace_columns and behind it new indexes, "
        "constraints or comments, or structural changes only; make them two migrations, one after the other. "
        "docs/errors/M050.md");
    return true;
  }
};

}  // namespace online_migration
