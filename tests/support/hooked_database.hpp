// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <functional>
#include <span>
#include <string>
#include <utility>

#include <online_migration/postgres/database.hpp>

namespace test {

using namespace online_migration;

/// What a test does right before and right after a statement of the library, on other connections: so it comes between
/// two statements of the same transaction every time, and not by chance. The library's statements are real ones.
struct hooks {
  std::function<void(const statement&)> before = [](const statement&) {};
  std::function<void(const statement&)> after = [](const statement&) {};

  /// Does something once, before the n-th statement with this name.
  void once_before(std::string name, std::function<void()> action, int nth = 1) {
    before = once(std::move(name), std::move(action), nth);
  }
  void once_after(std::string name, std::function<void()> action, int nth = 1) {
    after = once(std::move(name), std::move(action), nth);
  }

 private:
  static std::function<void(const statement&)> once(std::string name, std::function<void()> action, int nth) {
    return [name = std::move(name), action = std::move(action), nth](const statement& what) mutable {
      if (name == what.name && --nth == 0) action();
    };
  }
};

/// A connection that calls hooks around each statement. It has no pipeline.
class hooked_connection {
 public:
  hooked_connection(connection inner, hooks& around) : inner_{std::move(inner)}, hooks_{&around} {}

  result execute(const statement& what, std::span<const parameter> parameters = {},
                 result_format format = result_format::text) {
    hooks_->before(what);
    result answer = inner_.execute(what, parameters, format);
    hooks_->after(what);
    return answer;
  }
  result execute_prepared(const statement& what, std::span<const parameter> parameters = {},
                          result_format format = result_format::text) {
    return execute(what, parameters, format);
  }
  void run_script(const statement& what) { inner_.run_script(what); }
  void set_deadline(std::chrono::milliseconds limit) { inner_.set_deadline(limit); }
  const server_facts& facts() { return inner_.facts(); }
  bool is_pooled() { return inner_.is_pooled(); }
  int backend_pid() { return inner_.backend_pid(); }
  [[nodiscard]] std::string_view server_encoding() const { return inner_.server_encoding(); }
  [[nodiscard]] bool in_transaction() const { return inner_.in_transaction(); }
  [[nodiscard]] bool usable() const { return inner_.usable(); }

 private:
  connection inner_;
  hooks* hooks_;
};

class hooked_database {
 public:
  explicit hooked_database(hooks& around, const std::string& conninfo = "application_name=library")
      : inner_{conninfo}, hooks_{&around} {}
  [[nodiscard]] hooked_connection connect() const { return {inner_.connect(), *hooks_}; }

 private:
  database inner_;
  hooks* hooks_;
};

static_assert(database_like<hooked_database>);

}  // namespace test
