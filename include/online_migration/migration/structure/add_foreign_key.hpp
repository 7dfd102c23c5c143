// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <concepts>

#include <online_migration/migration/structure/structure.hpp>
#include <online_migration/schema/table.hpp>

namespace online_migration {

/// What a foreign key refers to: a declared table, and its columns.
template <table_like Table, fixed_string... Columns>
  requires(sizeof...(Columns) > 0)
struct references {
  using table = Table;
  using nodes = detail::list<column_node<Columns>...>;
};

/// Options of a foreign key: what happens to rows whose row there is deleted. Without one the delete fails.
struct on_delete_cascade {
  static constexpr std::string_view text = " ON DELETE CASCADE";
};
struct on_delete_set_null {
  static constexpr std::string_view text = " ON DELETE SET NULL";
};

template <class Option>
concept foreign_key_option = std::same_as<Option, on_delete_cascade> || std::same_as<Option, on_delete_set_null>;

/// A change: a FOREIGN KEY. Rows that refer to nothing are counted first; contract then adds it for new rows, and
/// validates it beside readers and writers.
///
///     om::add_foreign_key<"orders_user_fkey", om::columns<"user_id">, om::references<users, "id">>
template <fixed_string Name, class Columns, class References, foreign_key_option... Option>
  requires(sizeof...(Option) <= 1) && requires {
    typename Columns::nodes;
    typename References::table;
  }
struct add_foreign_key {
  static constexpr auto name = Name;
  using target = References;
  static constexpr structure_description structure{.is = online_migration::structure::add_foreign_key,
                                                   .name = Name.view(),
                                                   .columns = detail::names_of<typename Columns::nodes>::all,
                                                   .option =
                                                       [] {
                                                         std::string_view text;
                                                         ((text = Option::text), ...);
                                                         return text;
                                                       }(),
                                                   .other = describe_table<typename References::table>,
                                                   .referenced = detail::names_of<typename References::nodes>::all};
  using reads = typename Columns::nodes;
};

}  // namespace online_migration
