// SPDX-License-Identifier: BSL-1.0
#include <cstdlib>
#include <string>

#include <doctest/doctest.h>

#include <online_migration/postgres/conninfo.hpp>
#include <online_migration/postgres/database.hpp>

using namespace online_migration;

TEST_CASE("defaults fill what the user left open, and the encoding is always ours") {
  detail::conninfo where{"dbname=app keepalives_idle=60 client_encoding=LATIN1"};
  CHECK(where.get("dbname") == "app");
  CHECK(where.get("client_encoding") == "UTF8");
  CHECK(where.get("keepalives_idle") == "60");
  CHECK(where.get("keepalives_interval") == "2");
  CHECK(where.get("keepalives_count") == "3");
  CHECK(where.get("tcp_user_timeout") == "10000");
  CHECK(where.get("fallback_application_name") == "online_migration");
  CHECK(where.get("options").empty());  // poolers refuse it
}

TEST_CASE("URIs are read as well") {
  detail::conninfo where{"postgresql://ada:se%40cret@example.org:6543/app?sslmode=verify-full"};
  CHECK(where.get("host") == "example.org");
  CHECK(where.get("port") == "6543");
  CHECK(where.get("password") == "se@cret");
  CHECK(where.get("sslmode") == "verify-full");
}

TEST_CASE("a database name with an equals sign is a name") {
  CHECK(detail::conninfo{"dbname='a host=evil'"}.get("dbname") == "a host=evil");
  CHECK(detail::conninfo{"dbname='a host=evil'"}.get("host").empty());
}

TEST_CASE("an unreadable string is refused at once, and not quoted") {
  std::string problem;
  try {
    database{"dbname=app password=my secret"};
  } catch (const refused& caught) {
    problem = caught.what();
  }
  CHECK(problem.find("connection string cannot be read") != std::string::npos);
  CHECK(problem.find("secret") == std::string::npos);
}

TEST_CASE("a password that was taken for a host is not shown") {
  std::string problem;
  try {
    database{"postgresql://ada:half@secret@example.org/app"};
  } catch (const refused& caught) {
    problem = caught.what();
  }
  CHECK(problem.find("%40") != std::string::npos);
  CHECK(problem.find("secret") == std::string::npos);
}

TEST_CASE("texts lose their secrets and their line ends") {
  detail::conninfo where{"password=hunter2"};
  CHECK(where.without_secrets("a hunter2\nb hunter2hunter2\n") == "a *** b ******");
}

TEST_CASE("each host of a list is tried by itself") {
  auto hosts = detail::conninfo{"host=a,b,c port=1,2,3 dbname=app"}.each_host();
  REQUIRE(hosts.size() == 3);
  CHECK(hosts[1].get("host") == "b");
  CHECK(hosts[1].get("port") == "2");
  CHECK(hosts[1].get("dbname") == "app");

  auto one_port = detail::conninfo{"host=a,b port=7"}.each_host();
  REQUIRE(one_port.size() == 2);
  CHECK(one_port[1].get("port") == "7");

  CHECK(detail::conninfo{"host=a"}.each_host().size() == 1);
  CHECK(detail::conninfo{""}.each_host().size() == 1);
  CHECK(detail::conninfo{"host=a,b,c port=1,2"}.each_host().size() == 1);  // libpq says what is wrong
  CHECK(detail::conninfo{"host=a,b target_session_attrs=prefer-standby"}.each_host().size() == 1);
}

TEST_CASE("a list of hosts can come from the environment, word by word") {
  ::setenv("PGHOST", "a,b", 1);
  ::setenv("PGPORT", "1,2", 1);
  auto hosts = detail::conninfo{""}.each_host();
  auto mine = detail::conninfo{"host=c,d,e port=7"}.each_host();
  ::unsetenv("PGHOST");
  ::unsetenv("PGPORT");
  REQUIRE(hosts.size() == 2);
  CHECK(hosts[1].get("host") == "b");
  CHECK(hosts[1].get("port") == "2");
  REQUIRE(mine.size() == 3);
  CHECK(mine[2].get("port") == "7");
  CHECK(detail::conninfo{""}.get("host").empty());
}

TEST_CASE("the time for a host can stand in the string") {
  using namespace std::chrono_literals;
  CHECK(detail::conninfo{"connect_timeout=3"}.connect_timeout(10ms) == 3s);
  CHECK(detail::conninfo{""}.connect_timeout(10ms) == 10ms);
  CHECK(detail::conninfo{"connect_timeout=0"}.connect_timeout(10ms) == 10ms);
}
