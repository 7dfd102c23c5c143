// SPDX-License-Identifier: BSL-1.0
// Counting a write or a read, once its series are there, allocates nothing.
#include <atomic>
#include <cstddef>
#include <cstdlib>
#include <memory>
#include <new>
#include <string>

#include <doctest/doctest.h>

#include <online_migration/prometheus.hpp>
#include <online_migration/runtime/observer.hpp>

namespace {
std::atomic<std::size_t> allocations = 0;
}

void* operator new(std::size_t size) {
  ++allocations;
  if (void* memory = std::malloc(size == 0 ? 1 : size)) return memory;
  throw std::bad_alloc{};
}
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }

namespace om = online_migration;

TEST_CASE("no allocation for what an application does often") {
  om::prometheus_observer metrics{std::make_shared<prometheus::Registry>()};
  om::observer_ref observer = metrics;
  const std::string names[]{std::string(40, 'a'), std::string(40, 'b')};
  auto count_all = [&] {
    for (const std::string& name : names) {
      for (auto outcome : {om::write_outcome::ok, om::write_outcome::error}) {
        observer(om::dual_write_event{name, om::write_operation::upsert, outcome, std::chrono::milliseconds{1}});
      }
      observer(om::shadow_read_event{name, om::shadow_outcome::different});
    }
  };
  std::size_t first = allocations;
  count_all();
  std::size_t before = allocations;
  CHECK(before > first);
  for (int i = 0; i < 10; ++i) count_all();
  CHECK(allocations == before);
}
