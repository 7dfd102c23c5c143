// SPDX-License-Identifier: BSL-1.0
#include "backfill_process.hpp"

#include <cerrno>
#include <chrono>
#include <csignal>
#include <spawn.h>
#include <string>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <system_error>
#include <thread>
#include <unistd.h>

namespace {

// What the server is doing for the runner that holds the backfill.
constexpr om::statement watch{"watch", R"(
  SELECT a.state = 'active' AND a.query LIKE '%UPDATE "public"."users" AS t SET%'
  FROM public.online_migration_runs AS r JOIN public.online_migration_backfill_state AS s USING (run_id)
    JOIN pg_stat_activity AS a ON a.pid = s.holder_pid
  WHERE r.migration = 'users-display-name-canonical')"};

void rest() { std::this_thread::sleep_for(std::chrono::milliseconds{1}); }

}  // namespace

int run_backfill(const settings& chosen) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);  // it must not outlive the example
  om::backfill_options options;
  if (chosen.is_small()) {
    options.chunk = om::fixed_chunk(static_cast<int>(chosen.rows / 100) + 1);
    options.throttle.sleep = std::chrono::milliseconds{5};
  }
  om::database app{chosen.dsn};
  om::backfill_runner<canonical_display_name> backfill{app, options};
  return backfill.run().finished() ? 0 : 1;
}

backfill_process::backfill_process(const settings& chosen) {
  std::string rows = std::to_string(chosen.rows);
  const char* words[]{
      "canonical_display_name", "backfill", "--dsn", chosen.dsn.c_str(), "--rows", rows.c_str(), nullptr};
  // posix_spawn takes char* for the sake of C; it does not write to them.
  int problem = posix_spawn(&pid_, "/proc/self/exe", nullptr, nullptr, const_cast<char**>(words), environ);
  if (problem != 0) throw std::system_error{problem, std::generic_category(), "starting the backfill"};
}

bool backfill_process::running() {
  if (pid_ == 0) return false;
  int ended = 0;
  pid_t which = waitpid(pid_, &ended, WNOHANG);
  if (which == 0 || (which < 0 && errno == EINTR)) return true;
  status_ = which > 0 && WIFEXITED(ended) ? WEXITSTATUS(ended) : 1;
  pid_ = 0;
  return false;
}

bool backfill_process::kill_in_the_middle_of_a_chunk(om::connection& on) {
  // The server is changing users right now, and nobody has been told that they are committed.
  om::result now = on.execute(watch);
  if (now.rows() != 1 || !now.boolean(0, 0)) return false;
  kill();
  return true;
}

void backfill_process::kill() {
  if (pid_ == 0) return;
  ::kill(pid_, SIGKILL);
  while (waitpid(pid_, nullptr, 0) < 0 && errno == EINTR) {
  }
  pid_ = 0;
}

void wait_for_its_session(om::connection& on) {
  while (on.execute(watch).rows() > 0) rest();
}
