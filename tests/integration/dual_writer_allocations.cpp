// SPDX-License-Identifier: BSL-1.0
// A dual write that has run before allocates nothing on the client, apart from what libpq does.
#include <cstddef>
#include <cstdlib>
#include <new>
#include <optional>
#include <string>
#include <string_view>

#include <doctest/doctest.h>

#include <online_migration/runtime/dual_writer.hpp>
#include <online_migration/static.hpp>

#include "postgres_support.hpp"

namespace {
std::size_t allocations = 0;
}

void* operator new(std::size_t size) {
  ++allocations;
  if (void* memory = std::malloc(size == 0 ? 1 : size)) return memory;
  throw std::bad_alloc{};
}
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }

namespace om = online_migration;
using namespace test;

namespace {

struct users : om::table<"users", om::column<"id", om::text, om::primary_key>,
                         om::column<"name", om::text, om::not_null>, om::column<"nick", om::text>> {};
struct joined_names : om::migration<"joined", users,
                                    om::add_column<"derived", om::text, om::concat(om::col<"name">, om::col<"nick">)>> {
};
constexpr std::string_view first_letter(std::string_view text) { return text.substr(0, 1); }
struct first_letters
    : om::migration<"computed", users,
                    om::add_column<"derived", om::text, om::computed<&first_letter, "f/1">(om::col<"name">)>> {};

template <class Action>
std::size_t allocations_of(Action action) {
  action();
  std::size_t before = allocations;
  action();
  return allocations - before;
}

}  // namespace

TEST_CASE_TEMPLATE("no allocation", Migration, joined_names, first_letters) {
  connection on{""};
  script(on, "DROP TABLE IF EXISTS users; CREATE TABLE users (id text PRIMARY KEY, name text NOT NULL, nick text)");
  on.run_script(om::statements<Migration>::add_column);
  om::dual_writer<Migration> write{on};
  const std::string id(100, 'i');
  const std::string name(100, 'n');
  const std::optional<std::string> nick{std::string(100, 'k')};
  CHECK(allocations_of([&] { write.upsert(om::key(id), om::set<"name">(name), om::set<"nick">(nick)); }) == 0);
  CHECK(allocations_of([&] { write.update(om::key(id), om::set<"nick">(nick), om::set<"name">(name)); }) == 0);
  CHECK(allocations_of([&] { write.erase(om::key(id)); }) == 0);
  CHECK(allocations_of([&] { std::string{name}.append(name); }) > 0);
}
