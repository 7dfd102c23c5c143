// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <bit>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>

#include <online_migration/base/optional.hpp>
#include <online_migration/migration/transform.hpp>
#include <online_migration/postgres/array.hpp>
#include <online_migration/postgres/codec.hpp>
#include <online_migration/postgres/error.hpp>
#include <online_migration/runtime/key_walk.hpp>
#include <online_migration/sql/statements.hpp>

namespace online_migration::detail {

/// Rows whose new value the client computes: key, sources and new column, in binary, as `client_read` orders them.
template <migration_like Migration>
struct client_rows {
  using table = typename Migration::table;
  using change = typename Migration::change;
  static constexpr std::size_t keys = describe_table<table>.key_count();
  static constexpr std::size_t sources = source_count<Migration>;

  template <std::size_t Number>
  using key_column = column_at<table, describe_table<table>.key_at(Number)>;

  /// A value of a result as the column's C++ value, empty for NULL.
  template <class Type, class Result>
  static std::optional<typename Type::value_type> value(const Result& rows, int row, std::size_t column) {
    int index = static_cast<int>(column);
    if (rows.is_null(row, index)) return std::nullopt;
    return decode<Type>(rows.text(row, index));
  }

  /// What the new column of a row has to be.
  template <class Result>
  static auto computed(const Result& rows, int row) {
    return [&]<std::size_t... Numbers>(std::index_sequence<Numbers...>) {
      return transform<Migration>(source<Numbers>(rows, row)...);
    }(std::make_index_sequence<sources>{});
  }

  /// Whether two values of the new column are the same, bit by bit for floating-point numbers.
  template <class Computed>
  static bool same(const Computed& computed, const std::optional<typename change::type::value_type>& stored) {
    if constexpr (is_optional<Computed>) {
      if (!computed.has_value() || !stored.has_value()) return computed.has_value() == stored.has_value();
      return same_value(as_type(*computed), *stored);
    } else {
      return stored.has_value() && same_value(as_type(computed), *stored);
    }
  }

  /// A computed value in the type of the new column, which may be wider.
  template <class Computed>
  static typename change::type::value_type as_type(const Computed& computed) {
    return static_cast<typename change::type::value_type>(computed);
  }

 private:
  template <std::size_t Number, class Result>
  static auto source(const Result& rows, int row) {
    using column = source_column<Migration, Number>;
    auto found = value<typename column::type>(rows, row, keys + Number);
    if constexpr (column::is_required) {
      if (!found.has_value()) throw refused{"A column that is declared om::not_null holds NULL: declare it as it is."};
      return *found;
    } else {
      return found;
    }
  }

  template <class Value>
  static bool same_value(const Value& a, const Value& b) {
    if constexpr (std::is_same_v<Value, double>) {
      return std::bit_cast<std::uint64_t>(a) == std::bit_cast<std::uint64_t>(b);
    } else {
      return a == b;
    }
  }
};

/// The arrays of one write-back.
template <migration_like Migration, class Keys, class Sources>
struct write_back;

template <migration_like Migration, std::size_t... Keys, std::size_t... Sources>
struct write_back<Migration, std::index_sequence<Keys...>, std::index_sequence<Sources...>> {
  using rows = client_rows<Migration>;
  std::tuple<array_builder<typename rows::template key_column<Keys>::type>...> keys;
  std::tuple<array_builder<typename source_column<Migration, Sources>::type>...> sources;
  array_builder<typename Migration::change::type> computed;

  template <class Result, class Computed>
  void add(const Result& from, int row, const Computed& value) {
    (std::get<Keys>(keys).push_optional(
         rows::template value<typename rows::template key_column<Keys>::type>(from, row, Keys)),
     ...);
    (std::get<Sources>(sources).push_optional(
         rows::template value<typename source_column<Migration, Sources>::type>(from, row, sizeof...(Keys) + Sources)),
     ...);
    if constexpr (is_optional<Computed>) {
      if (value.has_value()) {
        computed.push(rows::as_type(*value));
      } else {
        computed.push_null();
      }
    } else {
      computed.push(rows::as_type(value));
    }
  }

  template <class Connection>
  std::int64_t send(Connection& on) const {
    return ask(on, statements<Migration>::client_write_back,
               {std::get<Keys>(keys).as_parameter()..., std::get<Sources>(sources).as_parameter()...,
                computed.as_parameter()})
        .affected();
  }
};

/// One chunk on the client: read, compute, write back what differs to rows whose sources are still what they were. A
/// row
/// that changed meanwhile is read again, never guessed. Rows stay locked for `longest` at most: then it is a chunk to try
/// again. The number of rows written.
template <migration_like Migration, class Environment, class Connection>
std::int64_t run_client_chunk(Connection& on, const key_range& range, std::chrono::milliseconds longest) {
  using sql = statements<Migration>;
  using rows = client_rows<Migration>;
  std::vector<parameter> bounds = range.parameters();
  std::int64_t written = 0;
  std::optional<std::chrono::steady_clock::time_point> locked_since;
  for (;;) {
    auto found = on.execute(range.choose(sql::client_read_first, sql::client_read), bounds, result_format::binary);
    write_back<Migration, std::make_index_sequence<rows::keys>, std::make_index_sequence<rows::sources>> batch;
    for (int row = 0; row < found.rows(); ++row) {
      auto value = rows::computed(found, row);
      auto stored = rows::template value<typename Migration::change::type>(found, row, rows::keys + rows::sources);
      if (!rows::same(value, stored)) batch.add(found, row, value);
    }
    if (batch.computed.size() == 0) return written;
    if (!locked_since.has_value()) {
      locked_since = Environment::now();
    } else if (Environment::now() - *locked_since > longest / 4) {
      throw statement_error{sql::client_write_back.name, "40001"};
    }
    std::int64_t count = batch.send(on);
    written += count;
    if (count == static_cast<std::int64_t>(batch.computed.size())) return written;
  }
}

}  // namespace online_migration::detail
