// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <span>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>

#include <online_migration/migration/transform.hpp>
#include <online_migration/migration/write_kind.hpp>
#include <online_migration/postgres/codec.hpp>
#include <online_migration/postgres/parameter.hpp>
#include <online_migration/runtime/stored_form.hpp>

namespace online_migration {

namespace detail {

/// A value, or one that may be missing, as its column will store it.
template <class Column, class Value>
constexpr Value as_stored(const Value& value) {
  if constexpr (is_optional<Value>) {
    return value.has_value() ? Value{stored_form<typename Column::type>(*value)} : value;
  } else {
    return stored_form<typename Column::type>(value);
  }
}

/// The value of the column at a position among assignments of a table, as it will be stored; NULL where there is none.
template <class Table, std::size_t Index>
constexpr std::nullopt_t stored_value() {
  return std::nullopt;
}

template <class Table, std::size_t Index, class First, class... Rest>
constexpr auto stored_value(const First& first, const Rest&... rest) {
  if constexpr (column_index<Table, First::name> == Index) {
    using column = column_at<Table, Index>;
    return as_stored<column>(as_value_of<column>(first.value));
  } else {
    return stored_value<Table, Index>(rest...);
  }
}

/// The new value that follows from the assignments of a write, computed here.
template <class Migration, class... Assignments>
constexpr auto computed_value(const Assignments&... given) {
  return [&]<std::size_t... Numbers>(std::index_sequence<Numbers...>) {
    return transform<Migration>(stored_value<typename Migration::table, source_at<Migration>(Numbers)>(given...)...);
  }(std::make_index_sequence<source_count<Migration>>{});
}

/// The new column as one of the table's, for values on their way into it.
template <class Migration>
using target_column = column<Migration::change::name, typename Migration::change::type>;

/// The value that the client computes for a write.
template <class Migration, bool Computes, class... Assignments>
struct computed_part {
  static constexpr std::size_t count = 0;
  constexpr explicit computed_part(const Assignments&...) {}
  void put(parameter&) const {}
};

template <class Migration, class... Assignments>
struct computed_part<Migration, true, Assignments...> {
  static constexpr std::size_t count = 1;
  using type = typename Migration::change::type;

  constexpr explicit computed_part(const Assignments&... given)
      : value{computed_value<Migration>(given...)}, form{as_value_of<target_column<Migration>>(value)} {}
  void put(parameter& last) const { last = form.as_parameter(); }

  decltype(computed_value<Migration>(std::declval<const Assignments&>()...)) value;
  wire<type> form;
};

}  // namespace detail

/// The values of one write as the parameters of its statement. It stays where it is made, because the parameters refer
/// to it; texts it refers to where the caller keeps them. Does not allocate, a text that the client computes aside.
///
/// Throws: `refused` for a text of a gigabyte or more; what a user's function of a client-only transform throws.
template <class Migration, detail::write_kind Kind, class... Assignments>
class bound_values {
  using table = typename Migration::table;
  static constexpr detail::column_set key = detail::key_set(describe_table<table>);
  static constexpr detail::column_set given = detail::set_of<table>(detail::list<Assignments...>{});

 public:
  /// The columns that the statement sets.
  static constexpr detail::column_set columns = detail::adds_rows(Kind) ? given : given.without(key);

 private:
  static constexpr bool computes =
      is_client_only<Migration> && detail::writes_target(describe_migration<Migration>, Kind, columns);
  using computed = detail::computed_part<Migration, computes, Assignments...>;
  template <class Assignment>
  using column_of = detail::column_at<table, detail::column_index<table, Assignment::name>>;

 public:
  static constexpr std::size_t count = sizeof...(Assignments) + computed::count;

  explicit bound_values(const Assignments&... values)
      : wires_{wire<typename column_of<Assignments>::type>{
            detail::as_value_of<column_of<Assignments>>(values.value)}...},
        computed_{values...} {
    fill(std::index_sequence_for<Assignments...>{});
  }

  bound_values(const bound_values&) = delete;
  bound_values& operator=(const bound_values&) = delete;

  /// In the order in which the statement counts them.
  [[nodiscard]] std::span<const parameter> parameters() const { return parameters_; }

  /// The same, with more parameters of the caller's behind them.
  template <class... More>
  [[nodiscard]] std::array<parameter, count + sizeof...(More)> followed_by(const More&... more) const {
    std::array<parameter, count + sizeof...(More)> all{};
    for (std::size_t i = 0; i < count; ++i) all[i] = parameters_[i];
    std::size_t next = count;
    ((all[next++] = more), ...);
    return all;
  }

 private:
  /// Whatever the order of the call, parameters follow the order of the table, so that one statement serves all orders.
  static constexpr std::size_t position(std::size_t index) {
    return columns.has(index) ? columns.rank(index) : columns.size() + key.rank(index);
  }

  template <std::size_t... Numbers>
  void fill(std::index_sequence<Numbers...>) {
    ((parameters_[position(detail::column_index<table, Assignments::name>)] = std::get<Numbers>(wires_).as_parameter()),
     ...);
    if constexpr (computes) computed_.put(parameters_[count - 1]);
  }

  std::tuple<wire<typename column_of<Assignments>::type>...> wires_;
  [[no_unique_address]] computed computed_;
  std::array<parameter, count> parameters_{};
};

}  // namespace online_migration
