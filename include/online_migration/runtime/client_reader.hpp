// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <mutex>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <online_migration/migration/describe.hpp>
#include <online_migration/migration/migration.hpp>
#include <online_migration/postgres/concepts.hpp>
#include <online_migration/postgres/parameter.hpp>
#include <online_migration/postgres/whole_transaction.hpp>
#include <online_migration/runtime/client_range_size.hpp>
#include <online_migration/runtime/key_walk.hpp>
#include <online_migration/runtime/parity_options.hpp>
#include <online_migration/runtime/parity_pass.hpp>
#include <online_migration/runtime/session.hpp>
#include <online_migration/sql/parity_state.hpp>
#include <online_migration/sql/statements.hpp>

namespace online_migration::detail {

/// The rows of a pass in which the client computes, range by range: while one range is compared here, a thread with a
/// session of its own reads the next one, so that client and server work at the same time. It is never more than one
/// range ahead. The first range is read by the caller's session: a small table needs no second one.
///
/// Throws: what reading throws when retries did not help.
/// Thread safety: one thread at a time. Round trips: one for each range.
template <migration_like Migration, database_like Database, environment_like Environment>
class client_reader {
 public:
  using session_type = session<Database, Environment>;
  using rows_type = decltype(std::declval<typename session_type::connection_type&>().execute(
      std::declval<const statement&>(), std::declval<std::span<const parameter>>(), result_format::binary));

  /// The rows of one range.
  struct range {
    rows_type rows;
    std::chrono::microseconds time{0};  ///< that reading them took
    bool last = false;
  };

  /// Up to the key `end`.
  client_reader(const Database& source, const parity_options& options, const key_text& end, const std::stop_token& stop)
      : source_{source},
        options_{options},
        end_{end},
        stop_{stop},
        size_{options.range_rows},
        forward_{stop, giving_up{*this}} {}
  client_reader(const client_reader&) = delete;
  client_reader& operator=(const client_reader&) = delete;
  ~client_reader() { end_thread(); }

  /// The next range, of the rows behind the last one.
  template <class Connection>
  range next(Connection& on) {
    begun_at_ = next_at_;
    read_ahead found = reader_.joinable() ? wait() : read(on, next_at_);
    next_at_ = found.upper;
    if (!found.rows.last && !reader_.joinable()) begin_thread();
    return std::move(found.rows);
  }

  /// The range that `next` gave last, or tried to, is read again, with fewer rows. What was read ahead is forgotten.
  void go_back() {
    end_thread();
    next_at_ = begun_at_;
    size_.failed();
  }

 private:
  using sql = statements<Migration>;
  static constexpr std::size_t keys = describe_migration<Migration>.table.key_count();

  /// The bytes of a key in binary form, as the server sent them; empty before the first row.
  using key_bytes = std::vector<std::string>;

  struct read_ahead {
    range rows;
    key_bytes upper;
  };

  struct giving_up {
    client_reader& all;
    void operator()() const { all.give_up(); }
  };

  template <class Connection>
  read_ahead read(Connection& on, const key_bytes& after) {
    auto begin = Environment::now();
    const int most = size_.rows();
    std::string limit = std::to_string(most);
    std::vector<parameter> all;
    for (const std::string& part : after) all.push_back({0, part.data(), parameter_size(part.size()), 1});
    for (const std::string& part : end_) all.push_back(text_form_parameter(part));
    all.push_back(text_form_parameter(limit));
    whole_transaction together{on, parity_bounds()};
    together.add(state::in_key_order, {}, true);
    auto number = together.add(after.empty() ? sql::parity_read_first : sql::parity_read, std::move(all), false,
                               result_format::binary);
    auto answers = together.commit();
    read_ahead found{{std::move(answers[number])}, {}};
    const int rows = found.rows.rows.rows();
    found.rows.last = rows < most;
    if (rows > 0) {
      found.upper = read_key(found.rows.rows, rows - 1, 0, keys);
      size_.held(rows, bytes_of_all(found.rows.rows));
    }
    found.rows.time = std::chrono::duration_cast<std::chrono::microseconds>(Environment::now() - begin);
    return found;
  }

  /// How large the rows are here, by some of them.
  static std::int64_t bytes_of_all(const rows_type& rows) {
    constexpr std::int64_t of_a_value = 16;  // libpq's own, for each
    const int step = rows.rows() / 100 + 1;
    std::int64_t bytes = 0;
    int seen = 0;
    for (int row = 0; row < rows.rows(); row += step, ++seen) {
      for (int column = 0; column < rows.columns(); ++column) {
        bytes += of_a_value + static_cast<std::int64_t>(rows.text(row, column).size());
      }
    }
    return bytes * rows.rows() / seen;
  }

  void begin_thread() {
    {
      std::scoped_lock alone{one_at_a_time_};
      enough_ = std::stop_source{};
      if (stop_.stop_requested()) enough_.request_stop();
    }
    reader_ = std::thread{[this, from = next_at_, given_up = enough_.get_token()] { read_on(from, given_up); }};
  }

  void end_thread() {
    if (!reader_.joinable()) return;
    {
      std::scoped_lock alone{one_at_a_time_};
      closing_ = true;
    }
    give_up();
    changed_.notify_all();
    reader_.join();
    closing_ = false;
    ahead_.reset();
    failure_ = nullptr;
  }

  /// What is tried again and again is not any more.
  void give_up() {
    std::scoped_lock alone{one_at_a_time_};
    enough_.request_stop();
  }

  void read_on(key_bytes from, const std::stop_token& given_up) noexcept {
    try {
      session_type mine{source_, options_.retry};
      for (bool last = false; !last;) {
        bool again = false;
        read_ahead found = mine.retrying(
            [&](auto& on) {
              if (std::exchange(again, true)) size_.failed();
              return read(on, from);
            },
            given_up);
        from = found.upper;
        last = found.rows.last;
        std::unique_lock alone{one_at_a_time_};
        ahead_.emplace(std::move(found));
        changed_.notify_all();
        changed_.wait(alone, [this] { return closing_ || !ahead_.has_value(); });
        if (closing_) return;
      }
    } catch (...) {
      std::scoped_lock alone{one_at_a_time_};
      failure_ = std::current_exception();
      changed_.notify_all();
    }
  }

  read_ahead wait() {
    std::unique_lock alone{one_at_a_time_};
    changed_.wait(alone, [this] { return ahead_.has_value() || failure_; });
    if (!ahead_.has_value()) std::rethrow_exception(failure_);
    read_ahead found = std::move(*ahead_);
    ahead_.reset();
    changed_.notify_all();
    return found;
  }

  const Database& source_;
  const parity_options& options_;
  const key_text& end_;
  std::stop_token stop_;
  client_range_size size_;  ///< the thread's, while there is one
  key_bytes begun_at_;
  key_bytes next_at_;
  std::mutex one_at_a_time_;
  std::condition_variable changed_;
  std::optional<read_ahead> ahead_;
  std::exception_ptr failure_;
  bool closing_ = false;
  std::stop_source enough_;
  std::thread reader_;
  std::stop_callback<giving_up> forward_;
};

}  // namespace online_migration::detail
