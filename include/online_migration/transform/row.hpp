// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <concepts>
#include <cstddef>
#include <optional>
#include <string_view>
#include <type_traits>
#include <utility>

#include <online_migration/base/fixed_string.hpp>
#include <online_migration/base/optional.hpp>
#include <online_migration/schema/table.hpp>
#include <online_migration/schema/values/range_view.hpp>

namespace online_migration {

/// A value for a column, made by `om::set<"column">(value)`. It refers to texts that it is given, and copies no bytes.
template <fixed_string Name, class Value>
struct assignment {
  static constexpr auto name = Name;
  Value value;
};

namespace detail {

/// A text: anything that can be viewed as one. (`nullptr` would convert, and crash.)
template <class Value>
concept viewable = std::convertible_to<const Value&, std::string_view> && !std::same_as<Value, std::nullptr_t>;

/// The C++ value of a column: `std::optional` where the column is nullable.
template <class Column>
using value_of = std::conditional_t<Column::is_required, typename Column::type::value_type,
                                    std::optional<typename Column::type::value_type>>;

/// Whether a C++ value can go into a column without losing anything: texts from anything that is viewable as text,
/// whole numbers from whole numbers that cannot be larger, NULL only where the column takes it.
template <class Value, class Column>
constexpr bool fits() {
  using plain = std::remove_cvref_t<Value>;
  using wanted = typename Column::type::value_type;
  if constexpr (std::same_as<plain, std::nullopt_t>) {
    return !Column::is_required;
  } else if constexpr (is_optional<plain>) {
    return !Column::is_required && fits<plain_t<plain>, Column>();
  } else if constexpr (std::same_as<wanted, std::string_view>) {
    return viewable<plain>;
  } else if constexpr (std::same_as<wanted, bool>) {
    return std::same_as<plain, bool>;
  } else if constexpr (std::integral<wanted>) {
    if constexpr (std::integral<plain> && !std::same_as<plain, bool> && !std::same_as<plain, char>) {
      return sizeof(plain) < sizeof(wanted) || (sizeof(plain) == sizeof(wanted) && std::signed_integral<plain>);
    } else {
      return false;
    }
  } else if constexpr (std::floating_point<wanted>) {
    return std::floating_point<plain> && sizeof(plain) <= sizeof(wanted);
  } else {
    return std::convertible_to<const plain&, wanted>;
  }
}

/// A value as the column's C++ type.
template <class Column, class Value>
constexpr value_of<Column> as_value_of(const Value& value) {
  using plain = typename Column::type::value_type;
  if constexpr (std::same_as<Value, std::nullopt_t>) {
    return std::nullopt;
  } else if constexpr (is_optional<Value>) {
    return value.has_value() ? value_of<Column>{static_cast<plain>(*value)} : value_of<Column>{};
  } else {
    return value_of<Column>{static_cast<plain>(value)};
  }
}

template <class Value>
struct held_as {
  using type = std::decay_t<Value>;
};
template <viewable Value>
struct held_as<Value> {
  using type = std::string_view;
};
template <viewable Value>
struct held_as<std::optional<Value>> {
  using type = std::optional<std::string_view>;
};
template <contiguous Value>
struct held_as<Value> {
  using type = range_view<element_of<Value>>;
};
template <contiguous Value>
struct held_as<std::optional<Value>> {
  using type = std::optional<range_view<element_of<Value>>>;
};

/// How a value is kept until its statement is done: texts, bytes and arrays by reference, so that none is copied.
template <class Value>
using held = typename held_as<Value>::type;

template <class Value>
constexpr held<Value> hold(const Value& value) {
  if constexpr (is_optional<Value>) {
    return value.has_value() ? held<Value>{hold(*value)} : held<Value>{};
  } else if constexpr (contiguous<Value>) {
    return held<Value>{value.data(), value.size()};
  } else {
    return held<Value>(value);
  }
}

/// The old values that a transform reads, by name.
template <class... Assignments>
struct source_row : Assignments... {
  template <fixed_string Name>
  [[nodiscard]] constexpr auto get() const {
    return pick<Name>(*this);
  }

 private:
  template <fixed_string Name, class Value>
  static constexpr Value pick(const assignment<Name, Value>& found) {
    return found.value;
  }
};

template <class... Assignments>
source_row(Assignments...) -> source_row<Assignments...>;

/// The old values of a known table, for what depends on the types of its columns and not on their C++ values alone.
template <class Table, class... Assignments>
struct table_row : source_row<Assignments...> {
  using table = Table;
};

template <class Table, class... Assignments>
constexpr auto row_of(const Assignments&... values) {
  return table_row<Table, Assignments...>{{values...}};
}

}  // namespace detail

/// A value for a column: `om::set<"display_name">("Ada")`, `om::set<"seen_at">(std::nullopt)`.
/// A text, bytes or array argument has to live until the statement is done.
template <fixed_string Name, class Value>
constexpr auto set(const Value& value) {
  return assignment<Name, detail::held<Value>>{detail::hold(value)};
}

}  // namespace online_migration
