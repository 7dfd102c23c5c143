// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstddef>

#include <online_migration/migration/write_request.hpp>

namespace online_migration {

/// Part of a diagnosis: the number of values in an `om::key`.
template <std::size_t Count>
struct values_given {};

/// Part of a diagnosis: the number of columns in the key of a table.
template <std::size_t Count>
struct columns_in_key {};

/// M014: a key with more or fewer values than the table's key has columns.
template <class Table, class Given, class Declared>
struct wrong_key {
  static constexpr bool raise() {
    static_assert(accepts<wrong_key>,
                  "M014: om::key takes one value for each om::primary_key column of the table, in the order of their "
                  "declaration. docs/errors/M014.md");
    return true;
  }
};

namespace detail {

template <class Table, class Keys, std::size_t Wanted = describe_table<Table>.key_count()>
struct key_agrees;

template <class Table, std::size_t Wanted>
struct key_agrees<Table, no_key, Wanted> {
  using type = accepted;
};

template <class Table, class... Values, std::size_t Wanted>
struct key_agrees<Table, list<Values...>, Wanted> {
  using type = wrong_key<Table, values_given<sizeof...(Values)>, columns_in_key<Wanted>>;
};

template <class Table, class... Values, std::size_t Wanted>
  requires(sizeof...(Values) == Wanted)
struct key_agrees<Table, list<Values...>, Wanted> {
  using type = accepted;
};

/// The rule, over the key of a write.
template <class Request>
using check_key_count = typename key_agrees<typename Request::table, typename Request::keys>::type;

}  // namespace detail
}  // namespace online_migration
