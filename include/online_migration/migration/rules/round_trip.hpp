// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <string_view>
#include <type_traits>

#include <online_migration/base/diagnosis.hpp>
#include <online_migration/base/optional.hpp>
#include <online_migration/migration/reversed.hpp>
#include <online_migration/transform/literal.hpp>
#include <online_migration/transform/row.hpp>
#include <online_migration/transform/utf8.hpp>

namespace online_migration {

/// Reason of a diagnosis: the inverse of what the transform gives for this value is another value, or one of them
/// fails.
template <literal_value Value>
struct does_not_lead_back {};

/// Reason of a diagnosis: the sample is no value of the old column.
template <literal_value Value>
struct is_no_value_of_the_old_column {};

/// Reason of a diagnosis: the change has no inverse that samples could try.
struct has_no_inverse {};

/// Reason of a diagnosis: the transform or the inverse has no meaning in C++.
struct only_the_server_computes {};

/// M025: samples of which one does not come back.
template <fixed_string Old, fixed_string New, class Reason>
struct round_trip_fails {
  static constexpr bool raise() {
    static_assert(accepts<round_trip_fails>,
                  "M025: a value named by om::samples does not come back by transform and inverse, or cannot be tried; "
                  "mend the inverse or the sample, or say om::lossy. docs/errors/M025.md");
    return true;
  }
};

namespace detail {

template <class Change>
constexpr auto replaced_name() {
  if constexpr (replaces_column<Change>) {
    return Change::replaced;
  } else {
    return fixed_string{""};
  }
}

/// A sample as a value of its column, which `fits` has found possible.
template <class Column, literal_value Value>
constexpr value_of<Column> sample_of() {
  return as_value_of<Column>(literal_node<Value>::evaluate(0));
}

template <class Column, literal_value Value>
constexpr bool sample_fits() {
  using node = literal_node<Value>;
  using wanted = typename Column::type::value_type;
  if constexpr (std::is_same_v<wanted, std::string_view>) {
    constexpr std::int32_t longest = Column::type::description.length;
    return node::is_text && (longest == 0 || character_count(node::view) <= static_cast<std::size_t>(longest));
  } else if constexpr (std::is_same_v<wanted, bool>) {
    return !node::is_text && !node::is_number;
  } else if constexpr (std::is_integral_v<wanted>) {
    return node::is_number && Value.number >= std::numeric_limits<wanted>::min() &&
           Value.number <= std::numeric_limits<wanted>::max();
  } else {
    return false;
  }
}

/// Whether what the transform makes of an old value leads back to it. Throws where one of them fails.
template <class Old, class Change, literal_value Value>
constexpr bool comes_back() {
  auto given = Change::transform::evaluate(source_row{assignment<Old::name, value_of<Old>>{sample_of<Old, Value>()}});
  using kept = typename Change::type::value_type;
  auto back = [](const auto& value) {
    using row_value = std::conditional_t<Change::is_required, kept, std::optional<kept>>;
    return Change::inverse::evaluate(
        source_row{assignment<Change::name, row_value>{row_value(static_cast<kept>(value))}});
  };
  auto equals = [](const auto& value) {
    if constexpr (is_optional<std::remove_cvref_t<decltype(value)>>) {
      return value.has_value() && static_cast<typename Old::type::value_type>(*value) ==
                                      static_cast<typename Old::type::value_type>(literal_node<Value>::evaluate(0));
    } else {
      return static_cast<typename Old::type::value_type>(value) ==
             static_cast<typename Old::type::value_type>(literal_node<Value>::evaluate(0));
    }
  };
  if constexpr (is_optional<decltype(given)>) {
    return given.has_value() && equals(back(*given));
  } else {
    return equals(back(given));
  }
}

/// Whether the compiler finds so: where transform or inverse fails, there is nothing to find.
template <class Old, class Change, literal_value Value>
concept sample_comes_back = requires { requires std::bool_constant<comes_back<Old, Change, Value>()>::value; };

template <class Table, class Change, literal_value Value>
constexpr auto judge_sample() {
  using old = column_at<Table, column_index<Table, Change::replaced>>;
  if constexpr (!sample_fits<old, Value>()) {
    return round_trip_fails<Change::replaced, Change::name, is_no_value_of_the_old_column<Value>>{};
  } else if constexpr (!sample_comes_back<old, Change, Value>) {
    return round_trip_fails<Change::replaced, Change::name, does_not_lead_back<Value>>{};
  } else {
    return accepted{};
  }
}

template <class Table, class Change, literal_value... Values>
constexpr auto judge_samples(samples<Values...>) {
  if constexpr (sizeof...(Values) == 0) {
    return accepted{};
  } else if constexpr (!has_inverse<Change>) {
    return round_trip_fails<replaced_name<Change>(), Change::name, has_no_inverse>{};
  } else if constexpr ((Change::transform::in & Change::inverse::in) != worlds::portable) {
    return round_trip_fails<Change::replaced, Change::name, only_the_server_computes>{};
  } else {
    return typename first_failure<decltype(judge_sample<Table, Change, Values>())...>::type{};
  }
}

/// The rule, over a change whose other rules are kept.
template <class Table, class Change>
using check_samples = decltype(judge_samples<Table, Change>(typename Change::sample_values{}));

}  // namespace detail
}  // namespace online_migration
