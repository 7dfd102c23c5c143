// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <chrono>
#include <stop_token>

#include <online_migration/runtime/ask.hpp>
#include <online_migration/runtime/lease.hpp>
#include <online_migration/sql/slices.hpp>

namespace online_migration::detail {

/// False where a stop was requested first. A runner that was killed a moment ago still has a session on the server for
/// as long as its last statement takes. Throws: `refused` where the other one stays for longer than `longest`.
template <class Environment, class Session>
bool wait_to_be_alone(Session& session, const lease& mine, std::chrono::milliseconds longest,
                      const std::stop_token& stop) {
  auto begin = Environment::now();
  while (session.retrying([&](auto& on) { return mine.has_company(on); }, stop)) {
    if (Environment::now() - begin > longest) {
      session.retrying([&](auto& on) { mine.refuse_company(on); }, stop);
    }
    if (Environment::sleep(std::chrono::milliseconds{50}, stop)) return false;
  }
  return true;
}

/// Whoever waits to change the phase could wait for ever while the chunks of several workers overlap: now and then each
/// of them looks, and waits for him, for a while. `looked` is when it looked last.
template <class Environment, class Session>
void make_way(Session& session, std::chrono::steady_clock::time_point& looked, const std::stop_token& stop) {
  if (Environment::now() - looked < std::chrono::milliseconds{200}) return;
  auto begin = Environment::now();
  auto seen = begin - std::chrono::seconds{1};
  do {
    bool waits = session.retrying([](auto& on) { return ask(on, state::phase_waits).boolean(0, 0); }, stop);
    looked = Environment::now();
    if (waits) seen = looked;
    if (looked - seen > std::chrono::milliseconds{60} || looked - begin > std::chrono::seconds{2}) return;
  } while (!Environment::sleep(std::chrono::milliseconds{20}, stop));
}

}  // namespace online_migration::detail
