// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <online_migration/online_migration.hpp>

namespace om = online_migration;

/// Where an example of this folder works, in the schema `changes`, and how it looks at what came of it.
class place {
 public:
  explicit place(const std::string& dsn) : app{dsn}, on{app.connect()}, toolkit{app} {}

  om::database app;
  om::connection on;
  om::toolkit toolkit;

  /// Any SQL of yours, as programs send it that know nothing of the migration.
  void run(const std::string& sql);

  /// Prints what a query finds. The example fails if that is something else.
  void finds(std::string_view what, const std::string& sql, std::string_view expected);

  /// Prints with which SQLSTATE the server refuses some SQL; the example fails if it does not.
  void refuses(std::string_view what, const std::string& sql, std::string_view sqlstate);

  /// Runs what the library has to refuse, and prints what that is; the example fails if it does not.
  template <class Work>
  void stops(std::string_view what, Work work) {
    try {
      work();
      say(what, "not refused", "refused");
    } catch (const om::refused&) {
      say(what, "refused", "refused");
    }
  }

  /// Prints something.
  void tells(std::string_view what, std::string_view value) { say(what, value, value); }

  /// From `contract-ready` on. Outside of an example a deploy of the application comes before each of these two.
  template <class Migration>
  void contract(std::vector<om::risk> acknowledged = {}) {
    acknowledged.push_back(om::risk::legacy_instances);
    om::contract_options sure{std::move(acknowledged), std::chrono::milliseconds{0}};
    if constexpr (!om::structural_migration<Migration>) toolkit.set_read_flag<Migration>(om::read_flag::new_column);
    om::contract(toolkit, om::prove<Migration>(toolkit, sure));
  }

  /// Outside of an example a day lies before the drop, so that somebody may still miss the column.
  template <class Migration>
  void retire_and_drop() {
    om::retire<Migration>(toolkit, {.acknowledged = {om::risk::dual_writers}});
    om::drop_retired<Migration>(toolkit,
                                {.acknowledged = {om::risk::dropped_column}, .least_age = std::chrono::seconds{0}});
  }

  [[nodiscard]] bool right() const { return right_; }

 private:
  void say(std::string_view what, std::string_view found, std::string_view expected);

  bool right_ = true;
};

/// The `main` of an example, with the options of `examples/run`. Ends with 0 if all was as it has to be, 1 if not, 2 if it
/// could not come to its end.
int show(std::string_view title, int count, char** words, void (*walk)(place&));
