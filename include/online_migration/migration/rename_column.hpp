// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <online_migration/base/fixed_string.hpp>
#include <online_migration/migration/replace_column.hpp>
#include <online_migration/schema/column_type.hpp>
#include <online_migration/transform/node.hpp>

namespace online_migration {

/// A change: a column gets another name. The new column takes the place of the old one as in every replacement, so that
/// programs that know either of them live side by side until contract, and each value leads back as it is.
///
///     om::rename_column<"mail", "email", om::text, om::not_null>
template <fixed_string Old, fixed_string New, column_type Type, derived_column_option... Options>
using rename_column = replace_column<Old, New, Type, col<Old>, col<New>, Options...>;

}  // namespace online_migration
