// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <unistd.h>

#include <fmt/format.h>

#include <online_migration/postgres/concepts.hpp>
#include <online_migration/postgres/error.hpp>
#include <online_migration/runtime/ask.hpp>
#include <online_migration/runtime/declared.hpp>
#include <online_migration/sql/slices.hpp>
#include <online_migration/sql/state.hpp>
#include <online_migration/sql/throttle.hpp>

namespace online_migration::detail {

/// `host:process:number`, unlike every other runner's.
inline std::string make_holder(std::int64_t number) {
  std::array<char, 256> host{};
  if (gethostname(host.data(), host.size() - 1) != 0) host[0] = '?';
  return fmt::format("{}:{}:{:08x}", host.data(), getpid(), static_cast<std::uint32_t>(number));
}

/// A runner's hold on one slice of a run. The epoch is what every chunk checks; the lease only says when somebody else
/// may raise it.
struct lease {
  std::string run;
  std::string slice = "0";
  std::string epoch{};
  std::string holder;
  std::chrono::milliseconds length;

  /// Takes a slice that nobody has; of a walk that is at its end slice 0, for the queue of keys, where that is asked
  /// for. The rows that a chunk of its last runner had, 0 where there was none; nothing where no slice is free.
  template <connection_like Connection>
  std::optional<int> claim(Connection& on, bool for_the_queue = false) {
    std::string pid = std::to_string(on.backend_pid());
    std::string time = std::to_string(length.count());
    std::string queue = for_the_queue ? "true" : "false";
    return take(ask_alone(on, state::claim_slice,
                          {text_form_parameter(run), text_of(holder), pid_parameter(on, pid), text_form_parameter(time),
                           text_form_parameter(queue)}));
  }

  /// Takes the part of another slice behind a key, in a transaction that has locked that slice. As `claim`.
  template <transactional Connection>
  std::optional<int> split(Connection& on, const std::string& other, const parameter& key) {
    std::string pid = std::to_string(on.backend_pid());
    std::string time = std::to_string(length.count());
    return take(ask(on, state::split_slice,
                    {text_form_parameter(run), text_form_parameter(other), key, text_of(holder), pid_parameter(on, pid),
                     text_form_parameter(time)}));
  }

  template <connection_like Connection>
  [[nodiscard]] bool has_company(Connection& on) const {
    return ask_alone(on, state::slice_holder, {text_form_parameter(run)}).rows() > 0;
  }

  /// Throws: `refused` with the name of a runner that is at work, if there is one.
  template <connection_like Connection>
  void refuse_company(Connection& on) const {
    auto other = ask_alone(on, state::slice_holder, {text_form_parameter(run)});
    if (other.rows() == 0) return;
    throw refused{fmt::format(
        "Another runner is at work on this backfill: {}, whose lease lasts {} ms more unless it is renewed, "
        "and backfill_options::alone is set. Nothing was changed.",
        other.text(0, 0), other.integer(0, 1))};
  }

  /// Goes on holding it, on a new connection or after a long sleep. Throws: `lost_lease` if somebody else took it.
  template <connection_like Connection>
  void renew(Connection& on) const {
    std::string pid = std::to_string(on.backend_pid());
    std::string time = std::to_string(length.count());
    auto changed = ask_alone(on, state::renew_lease,
                             {text_form_parameter(run), text_form_parameter(slice), text_form_parameter(epoch),
                              pid_parameter(on, pid), text_form_parameter(time)});
    if (changed.affected() != 1)
      throw lost_lease{"Another runner has taken over this backfill. This one stops; nothing it did is lost."};
  }

  template <connection_like Connection>
  void release(Connection& on) const {
    ask_alone(on, state::release_lease,
              {text_form_parameter(run), text_form_parameter(slice), text_form_parameter(epoch)});
  }

  /// Why this runner is slow; an empty text where nothing brakes it.
  template <connection_like Connection>
  void note_throttle(Connection& on, const std::string& why) const {
    ask_alone(on, state::note_throttle,
              {text_form_parameter(run), text_form_parameter(slice), text_form_parameter(epoch),
               why.empty() ? null_parameter() : text_of(why)});
  }

  template <connection_like Connection>
  void record_error(Connection& on, const std::string& what) const {
    ask_alone(on, state::record_error,
              {text_form_parameter(run), text_form_parameter(slice), text_form_parameter(epoch), text_of(what)});
  }

 private:
  template <class Result>
  std::optional<int> take(const Result& row) {
    if (row.rows() != 1) return std::nullopt;
    slice = row.text(0, 0);
    epoch = row.text(0, 1);
    return row.is_null(0, 2) ? 0 : static_cast<int>(row.integer(0, 2));
  }

  /// Behind a pooler the process that answers is not ours, so its end means nothing.
  template <connection_like Connection>
  static parameter pid_parameter(Connection& on, const std::string& pid) {
    return on.is_pooled() ? null_parameter() : text_form_parameter(pid);
  }
};

}  // namespace online_migration::detail
