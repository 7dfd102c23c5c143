// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <string_view>
#include <type_traits>

#include <online_migration/base/diagnosis.hpp>
#include <online_migration/base/list.hpp>
#include <online_migration/base/optional.hpp>
#include <online_migration/migration/add_column.hpp>
#include <online_migration/migration/reversed.hpp>
#include <online_migration/migration/rules/unusable_inverse.hpp>
#include <online_migration/transform/literal.hpp>
#include <online_migration/transform/row.hpp>
#include <online_migration/transform/utf8.hpp>

namespace online_migration {

/// Reason of a diagnosis: the inverse of what the transform gives for this value is another value, or one of them
/// fails. Of several old columns these are the values of a row.
template <literal_value... Values>
struct does_not_lead_back {};

/// Reason of a diagnosis: the sample is no value of the old column.
template <literal_value Value>
struct is_no_value_of_the_old_column {};

/// Reason of a diagnosis: the number of samples is no multiple of that of the old columns.
struct is_no_whole_row {};

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
    return at_t<0, typename Change::retired>::name;
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

/// Whether the inverse gives the sample of an old column again.
template <class Old, literal_value Value, class Given>
constexpr bool is_sample(const Given& back) {
  using kept = typename Old::type::value_type;
  if constexpr (is_optional<Given>) {
    return back.has_value() && is_sample<Old, Value>(*back);
  } else {
    return static_cast<kept>(back) == static_cast<kept>(literal_node<Value>::evaluate(0));
  }
}

/// What a new column keeps of what its transform gives. Throws where that is NULL and the column is NOT NULL.
template <class Added, class Given>
constexpr auto kept_value(const Given& given) {
  using kept = typename Added::type::value_type;
  using row_value = std::conditional_t<Added::is_required, kept, std::optional<kept>>;
  if constexpr (!is_optional<Given>) {
    return assignment<Added::name, row_value>{row_value(static_cast<kept>(given))};
  } else if constexpr (Added::is_required) {
    return assignment<Added::name, row_value>{static_cast<kept>(given.value())};
  } else {
    return assignment<Added::name, row_value>{given.has_value() ? row_value{static_cast<kept>(*given)}
                                                                : row_value{std::nullopt}};
  }
}

/// Whether what the transforms make of old values leads back to them. Throws where one of them fails.
template <class Table, class... Retired, class... Added, literal_value... Values>
constexpr bool comes_back(list<Retired...>, list<Added...>, samples<Values...>) {
  auto old = row_of<Table>(assignment<Retired::name, value_of<column_at<Table, column_index<Table, Retired::name>>>>{
      sample_of<column_at<Table, column_index<Table, Retired::name>>, Values>()}...);
  auto whole = [&](const auto&... given) {
    auto kept = source_row{kept_value<Added>(given)...};
    return (is_sample<column_at<Table, column_index<Table, Retired::name>>, Values>(Retired::inverse::evaluate(kept)) &&
            ...);
  };
  return whole(Added::transform::evaluate(old)...);
}

/// Whether the compiler finds so: where a transform or inverse fails, there is nothing to find.
template <class Table, class Change, class Row>
concept sample_comes_back = requires {
  requires std::bool_constant<comes_back<Table>(typename Change::retired{}, typename Change::added{}, Row{})>::value;
};

template <class Change, literal_value... Values>
using not_coming_back = round_trip_fails<replaced_name<Change>(), Change::name, does_not_lead_back<Values...>>;

template <class Table, class Change, class Retired, literal_value Value>
using check_sample_fits = fine_or<sample_fits<column_at<Table, column_index<Table, Retired::name>>, Value>(),
                                  round_trip_fails<Retired::name, Change::name, is_no_value_of_the_old_column<Value>>>;

template <class Table, class Change, class... Retired, literal_value... Values>
constexpr auto judge_sample(list<Retired...>, samples<Values...>) {
  using fitting = typename first_failure<check_sample_fits<Table, Change, Retired, Values>...>::type;
  if constexpr (!accepts<fitting>) {
    return fitting{};
  } else if constexpr (!sample_comes_back<Table, Change, samples<Values...>>) {
    return not_coming_back<Change, Values...>{};
  } else {
    return accepted{};
  }
}

/// The samples by rows of as many as there are old columns.
template <std::size_t Width, class Row, class Rest>
struct sample_rows;

template <std::size_t Width, literal_value... Row, literal_value Next, literal_value... Rest>
  requires(sizeof...(Row) < Width)
struct sample_rows<Width, samples<Row...>, samples<Next, Rest...>>
    : sample_rows<Width, samples<Row..., Next>, samples<Rest...>> {};

template <std::size_t Width, literal_value... Row, literal_value... Rest>
  requires(sizeof...(Row) == Width)
struct sample_rows<Width, samples<Row...>, samples<Rest...>> {
  using type = concatenate_t<list<samples<Row...>>, typename sample_rows<Width, samples<>, samples<Rest...>>::type>;
};

template <std::size_t Width>
struct sample_rows<Width, samples<>, samples<>> {
  using type = list<>;
};

template <class Table, class Change, class... Rows>
constexpr auto judge_rows(list<Rows...>) {
  return typename first_failure<decltype(judge_sample<Table, Change>(typename Change::retired{}, Rows{}))...>::type{};
}

template <class... Retired>
constexpr worlds worlds_of_inverses(list<Retired...>) {
  worlds all = worlds::portable;
  ((all = all & Retired::inverse::in), ...);
  return all;
}

template <class Table, class Change, literal_value... Values>
constexpr auto judge_samples(samples<Values...> given) {
  if constexpr (sizeof...(Values) == 0) {
    return accepted{};
  } else if constexpr (!has_inverse<Change>) {
    return round_trip_fails<replaced_name<Change>(), Change::name, has_no_inverse>{};
  } else {
    using retired = typename Change::retired;
    if constexpr ((worlds_of_transforms(typename Change::added{}) & worlds_of_inverses(retired{})) !=
                  worlds::portable) {
      return round_trip_fails<replaced_name<Change>(), Change::name, only_the_server_computes>{};
    } else if constexpr (sizeof...(Values) % retired::size != 0) {
      return round_trip_fails<replaced_name<Change>(), Change::name, is_no_whole_row>{};
    } else {
      using rows = typename sample_rows<retired::size, samples<>, decltype(given)>::type;
      return judge_rows<Table, Change>(rows{});
    }
  }
}

/// The rule, over a change whose other rules are kept.
template <class Table, class Change>
using check_samples = decltype(judge_samples<Table, Change>(typename Change::sample_values{}));

}  // namespace detail
}  // namespace online_migration
