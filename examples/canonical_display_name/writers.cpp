// SPDX-License-Identifier: BSL-1.0
#include "writers.hpp"

#include <chrono>
#include <exception>
#include <random>
#include <stdexcept>
#include <stop_token>
#include <utility>

#include "migration.hpp"
#include "old_application.hpp"

struct writers::writer {
  writers& crowd;
  int number;
  writer_kind kind;
  std::vector<std::int64_t> alive{};
  acknowledged done{};
  writes times{};
  std::exception_ptr failure{};

  /// Lives through one run of the example.
  void live(const std::stop_token& stop) {
    using clock = std::chrono::steady_clock;
    auto pace = kind == writer_kind::deleter ? std::chrono::milliseconds{20} : std::chrono::milliseconds{8};
    old_application old{crowd.chosen_.dsn};
    om::database app{crowd.chosen_.dsn};
    std::optional<om::connection> connection;
    std::mt19937_64 chance{static_cast<std::uint64_t>(number)};
    bool is_replaced = kind == writer_kind::dual || (kind == writer_kind::deleter && number % 2 == 0);

    auto due = clock::now() + pace * number / count;
    while (!stop.stop_requested() && !alive.empty()) {
      if (is_replaced && !connection.has_value() && crowd.deployed_) {
        connection.emplace(app.connect());
        due = clock::now();
      }
      std::this_thread::sleep_until(due);
      if (connection.has_value()) {
        om::dual_writer<canonical_display_name> write{*connection};
        write_with_library(write, chance);
      } else {
        write_by_hand(old, chance);
      }
      if (crowd.time_ == period::baseline) times.before.add(clock::now() - due);
      if (crowd.time_ == period::migration) times.during.add(clock::now() - due);
      due += pace;
    }
  }

  void write_by_hand(old_application& old, std::mt19937_64& chance) {
    if (kind == writer_kind::deleter) return erase(chance, [&](std::int64_t id) { return old.erase(id); });
    std::string name = crowd.names_.with_number(chance());
    if (chance() % 8 == 0) {
      std::int64_t id = crowd.next_id_++;
      return note(id, name, old.insert(id, name), true);
    }
    std::int64_t id = one_of_mine(chance);
    note(id, name, old.update(id, name), false);
  }

  // The new version of the application. Each call is one statement that writes both columns; om::set names a column of
  // the declaration, and a name or a type that is not there does not compile.
  void write_with_library(om::dual_writer<canonical_display_name>& write, std::mt19937_64& chance) {
    if (kind == writer_kind::deleter) return erase(chance, [&](std::int64_t id) { return write.erase(om::key(id)); });
    std::string name = crowd.names_.with_number(chance());
    std::uint64_t dice = chance() % 16;
    if (dice == 0) {
      std::int64_t id = crowd.next_id_++;
      return note(id, name, write.insert(om::key(id), om::set<"display_name">(name)), true);
    }
    if (dice == 1) {
      std::int64_t id = crowd.next_id_++;
      return note(id, name, write.upsert(om::key(id), om::set<"display_name">(name)), true);
    }
    std::int64_t id = one_of_mine(chance);
    if (dice < 4) return note(id, name, write.upsert(om::key(id), om::set<"display_name">(name)), false);
    note(id, name, write.update(om::key(id), om::set<"display_name">(name)), false);
  }

  template <class Erase>
  void erase(std::mt19937_64& chance, Erase erase_row) {
    std::swap(alive[chance() % alive.size()], alive.back());
    std::int64_t id = alive.back();
    note(id, std::nullopt, erase_row(id), false);
    alive.pop_back();
  }

  [[nodiscard]] std::int64_t one_of_mine(std::mt19937_64& chance) const { return alive[chance() % alive.size()]; }

  /// Remembers a write that the server has acknowledged.
  void note(std::int64_t id, std::optional<std::string> name, std::int64_t rows, bool is_new) {
    if (rows != 1) throw std::runtime_error{"A write to one user wrote " + std::to_string(rows) + "."};
    done[id] = std::move(name);
    if (is_new) alive.push_back(id);
  }
};

writers::writers(const settings& chosen, const display_names& names)
    : chosen_{chosen}, names_{names}, next_id_{chosen.rows + 1} {
  for (int number = 0; number < count; ++number) {
    bool is_old = number < old_style;
    writer_kind kind = is_old                      ? writer_kind::old_style
                       : number < old_style + dual ? writer_kind::dual
                                                   : writer_kind::deleter;
    all_.push_back(writer{*this, number, kind});
    for (std::int64_t id = 1 + number; id <= chosen.rows; id += count) all_.back().alive.push_back(id);
  }
  for (writer& each : all_) {
    threads_.emplace_back([&each](const std::stop_token& stop) {
      try {
        each.live(stop);
      } catch (...) {
        each.failure = std::current_exception();
      }
    });
  }
}

writers::~writers() = default;

void writers::stop() {
  for (std::jthread& each : threads_) each.request_stop();
  threads_.clear();
  for (const writer& each : all_) {
    if (each.failure) std::rethrow_exception(each.failure);
  }
}

writes writers::of(writer_kind kind) const {
  writes sum;
  for (const writer& each : all_) {
    if (each.kind != kind) continue;
    sum.before.add(each.times.before);
    sum.during.add(each.times.during);
  }
  return sum;
}

acknowledged writers::all() const {
  acknowledged sum;
  for (const writer& each : all_) sum.insert(each.done.begin(), each.done.end());
  return sum;
}
