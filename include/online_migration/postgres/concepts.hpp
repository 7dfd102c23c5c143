// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <chrono>
#include <concepts>
#include <cstdint>
#include <span>
#include <string_view>

#include <online_migration/postgres/parameter.hpp>
#include <online_migration/postgres/result.hpp>
#include <online_migration/postgres/server_facts.hpp>
#include <online_migration/sql/statement.hpp>

namespace online_migration {

/// An answer that can be read like a `result`.
template <class Result>
concept result_like = requires(const Result& answer, int index) {
  { answer.rows() } -> std::convertible_to<int>;
  { answer.columns() } -> std::convertible_to<int>;
  { answer.is_null(index, index) } -> std::convertible_to<bool>;
  { answer.text(index, index) } -> std::convertible_to<std::string_view>;
  { answer.integer(index, index) } -> std::convertible_to<std::int64_t>;
  { answer.boolean(index, index) } -> std::convertible_to<bool>;
  { answer.affected() } -> std::convertible_to<std::int64_t>;
  { answer.tag() } -> std::convertible_to<std::string_view>;
};

/// What a `transaction` needs of a connection.
template <class Connection>
concept transactional =
    requires(Connection& on, const Connection& same, const statement& what, std::span<const parameter> parameters) {
      { on.execute(what, parameters) } -> result_like;
      { same.in_transaction() } -> std::convertible_to<bool>;
      { same.usable() } -> std::convertible_to<bool>;
    };

/// A connection, or something that behaves as one: a pool's, a recorder, a simulator.
template <class Connection>
concept connection_like =
    transactional<Connection> && std::movable<Connection> &&
    requires(Connection& on, const Connection& same, const statement& what, std::span<const parameter> parameters,
             result_format format, std::chrono::milliseconds time) {
      { on.execute(what, parameters, format) } -> result_like;
      { on.execute_prepared(what, parameters, format) } -> result_like;
      on.run_script(what);
      on.set_deadline(time);
      { on.facts() } -> std::convertible_to<const server_facts&>;
      { on.is_pooled() } -> std::convertible_to<bool>;
      { on.backend_pid() } -> std::convertible_to<int>;
      { same.server_encoding() } -> std::convertible_to<std::string_view>;
    };

/// Where connections come from; `connect()` may be called by several threads at once.
template <class Database>
concept database_like = requires(const Database& source) {
  { source.connect() } -> connection_like;
};

}  // namespace online_migration
