// SPDX-License-Identifier: BSL-1.0
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <memory>
#include <pwd.h>
#include <string>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

#include <online_migration/postgres/codec.hpp>
#include <online_migration/postgres/transaction.hpp>

#include "postgres_support.hpp"

using namespace test;
using namespace std::chrono_literals;

namespace {

std::string pgbouncer_program() {
  for (const char* path : {"/usr/sbin/pgbouncer", "/usr/bin/pgbouncer", "/usr/local/bin/pgbouncer"}) {
    if (access(path, X_OK) == 0) return path;
  }
  return "";
}

/// A pgbouncer in transaction mode with a single server connection, beside the test's server.
class pooler {
 public:
  pooler() {
    port_ = port{false}.number();  // free a moment ago
    directory_ = std::filesystem::temp_directory_path() / ("online_migration_pooler_" + std::to_string(getpid()));
    std::filesystem::create_directory(directory_);
    std::filesystem::permissions(directory_, std::filesystem::perms::others_all, std::filesystem::perm_options::add);
    std::string config = directory_ / "pgbouncer.ini";
    std::ofstream{config} << "[databases]\npostgres = host=127.0.0.1 port=" << environment("PGPORT")
                          << " user=postgres dbname=postgres\n"
                             "[pgbouncer]\nlisten_addr = 127.0.0.1\nlisten_port = "
                          << port_ << "\nunix_socket_dir =\nauth_type = any\npool_mode = transaction\n"
                          << "default_pool_size = 1\nlogfile = " << (directory_ / "log").string() << "\n";
    pid_ = fork();
    REQUIRE(pid_ >= 0);
    if (pid_ == 0) {
      if (getuid() == 0) {  // it refuses to run as root
        const passwd* nobody = getpwnam("nobody");
        if (nobody == nullptr || setgid(nobody->pw_gid) != 0 || setuid(nobody->pw_uid) != 0) _exit(126);
      }
      prctl(PR_SET_PDEATHSIG, SIGKILL);
      if (std::freopen("/dev/null", "w", stderr) == nullptr) _exit(126);
      std::string program = pgbouncer_program();
      execl(program.c_str(), program.c_str(), "-q", config.c_str(), nullptr);
      _exit(127);
    }
  }
  ~pooler() {
    kill(pid_, SIGKILL);
    waitpid(pid_, nullptr, 0);
    std::error_code ignored;
    std::filesystem::remove_all(directory_, ignored);
  }
  pooler(const pooler&) = delete;
  pooler& operator=(const pooler&) = delete;

  /// Waits until it accepts.
  connection connect(connection_options options = {}) const {
    for (int tries = 0;; ++tries) {
      try {
        return connection{"port=" + port_, options};
      } catch (const connection_error&) {
        if (tries == 200) throw;
        std::this_thread::sleep_for(50ms);
      }
    }
  }

 private:
  std::string port_;
  std::filesystem::path directory_;
  pid_t pid_ = 0;
};

std::unique_ptr<pooler> start_pooler() {
  if (pgbouncer_program().empty()) {
    FAIL("pgbouncer is not installed (Debian: pgbouncer); tests/run installs it");
  }
  return std::make_unique<pooler>();
}

constexpr statement plus_one{"plus_one", "SELECT $1 + 1"};
constexpr const char* count_prepared = "SELECT count(*) FROM pg_prepared_statements";

}  // namespace

TEST_CASE("a pooler is noticed, and nothing is prepared behind it") {
  auto pool = start_pooler();
  connection on = pool->connect();
  CHECK(on.is_pooled());
  CHECK(std::to_string(on.backend_pid()) == ask(on, "SELECT pg_backend_pid()"));
  CHECK(on.backend_pid() != PQbackendPID(on.native()));
  for (std::int64_t i = 0; i < 3; ++i) {
    CHECK(on.execute_prepared(plus_one, {wire<bigint>{i}.as_parameter()}).integer(0, 0) == i + 1);
  }
  CHECK(ask(on, count_prepared) == "0");
}

TEST_CASE("transactions leave no settings behind for the next client of the pooler") {
  auto pool = start_pooler();
  connection first = pool->connect();
  connection second = pool->connect();
  std::string before =
      ask(second, "SELECT concat_ws('|', current_setting('lock_timeout'), current_setting('row_security'))");
  {
    transaction work{first, {.lock_timeout = 77ms}};
    CHECK(ask(first, "SHOW lock_timeout") == "77ms");
    work.commit();
  }
  CHECK(first.backend_pid() == second.backend_pid());  // one server connection for both
  CHECK(ask(second, "SELECT concat_ws('|', current_setting('lock_timeout'), current_setting('row_security'))") ==
        before);
}

TEST_CASE("statements go together through a pooler") {
  auto pool = start_pooler();
  connection on = pool->connect();
  auto answers = on.execute_together({call{{"one", "SELECT 1"}}, call{{"two", "SELECT 2"}}});
  CHECK(answers[1].integer(0, 0) == 2);
}

TEST_CASE("a server connection that dies behind the pooler is a lost connection") {
  auto pool = start_pooler();
  connection on = pool->connect();
  script(on, "BEGIN");
  std::string pid = ask(on, "SELECT pg_backend_pid()");
  connection admin{""};
  REQUIRE(ask(admin, "SELECT pg_terminate_backend(" + pid + ", 5000)") == "t");
  auto problem = caught<connection_error>([&] {
    for (int i = 0; i < 2; ++i) ask(on, "SELECT 1");
  });
  CHECK(problem.retry() == retry_class::reconnect);
  CHECK(!on.usable());
}
