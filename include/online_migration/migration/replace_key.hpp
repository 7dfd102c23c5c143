// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <online_migration/base/fixed_string.hpp>
#include <online_migration/base/list.hpp>
#include <online_migration/migration/replace_column.hpp>
#include <online_migration/schema/column_type.hpp>
#include <online_migration/schema/type_description.hpp>
#include <online_migration/schema/types/numbers.hpp>
#include <online_migration/transform/node.hpp>

namespace online_migration {

/// The migrations of the columns that refer to a key, each of which replaces one by a column of the key's new type.
template <class... Migrations>
struct referenced_by {
  using migrations = detail::list<Migrations...>;
};

/// A change: the key of a table becomes a wider whole number. A new column takes the place of the key as in every
/// replacement; contract then makes it the primary key, and hands it the default or identity with its sequence. Every
/// foreign key to the old column is named by the migration of its own column.
///
///     struct wide_order : om::migration<"lines-order-bigint", order_lines,
///         om::replace_column<"order_id", "order_id_v2", om::bigint, om::col<"order_id">>> {};
///     struct wide_id : om::migration<"orders-id-bigint", orders,
///         om::replace_key<"id", "id_v2", om::bigint, om::referenced_by<wide_order>>> {};
template <fixed_string Old, fixed_string New, column_type Type, class References = referenced_by<>>
struct replace_key : replace_column<Old, New, Type, col<Old>, derived_inverse, not_null> {
  using references = typename References::migrations;
};

/// A change that replaces the key of its table.
template <class Change>
concept replaces_key_column = replaces_column<Change> && requires { typename Change::references; };

namespace detail {

/// Bytes of a whole number; none of another type.
constexpr int width_of(const type_description& type) {
  if (type.oid == int2::description.oid) return 2;
  if (type.oid == int4::description.oid) return 4;
  return type.oid == int8::description.oid ? 8 : 0;
}

}  // namespace detail
}  // namespace online_migration
