// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <concepts>
#include <type_traits>

#include <online_migration/base/diagnosis.hpp>
#include <online_migration/migration/replace_key.hpp>

namespace online_migration {

/// M065: something in `om::referenced_by` that does not replace a column by one of the key's new type, as it is.
template <class Key, class Reference>
struct key_reference_misfit {
  static constexpr bool raise() {
    static_assert(accepts<key_reference_misfit>,
                  "M065: om::referenced_by takes migrations that replace a referring column by one of the key's new "
                  "type, its value as it is: om::replace_column<\"order_id\", \"order_id_v2\", om::bigint, "
                  "om::col<\"order_id\">>. docs/errors/M065.md");
    return true;
  }
};

namespace detail {

/// A key that refers to another one is itself replaced by `om::replace_key`.
template <class Key, class Reference>
concept refers_to_key = requires {
  Reference::name.view();
  typename Reference::table::columns;
  requires replaces_column<typename Reference::change>;
  requires std::same_as<typename Reference::change::transform,
                        std::remove_const_t<decltype(col<Reference::change::replaced>)>>;
  requires Reference::change::type::description.oid == Key::type::description.oid;
  typename Reference::change::inverse::columns;
};

template <class Key, class List>
struct first_misfit {
  using type = accepted;
};

template <class Key, class First, class... Rest>
struct first_misfit<Key, list<First, Rest...>> {
  using type = key_reference_misfit<Key, First>;
};

template <class Key, class First, class... Rest>
  requires refers_to_key<Key, First>
struct first_misfit<Key, list<First, Rest...>> : first_misfit<Key, list<Rest...>> {};

/// The rule, over a change that replaces a key.
template <class Change>
using check_references = typename first_misfit<Change, typename Change::references>::type;

}  // namespace detail
}  // namespace online_migration
