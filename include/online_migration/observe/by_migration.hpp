// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>

namespace online_migration::detail {

/// What is made once for each migration: the series of a group. Found again without a lock and without an allocation,
/// in a list that only grows, since a process has few migrations. `Series` is made from the families and a migration's
/// name.
template <class Families, class Series>
class by_migration {
 public:
  explicit by_migration(Families families) : families_{families} {}
  ~by_migration() {
    for (node* each = first_.load(); each != nullptr;) delete std::exchange(each, each->next);
  }
  by_migration(const by_migration&) = delete;
  by_migration& operator=(const by_migration&) = delete;

  Series& of(std::string_view migration) {
    if (node* known = find(migration)) return known->series;
    std::lock_guard lock{growing_};
    if (node* known = find(migration)) return known->series;
    auto added = std::make_unique<node>(families_, migration, first_.load());
    first_.store(added.get(), std::memory_order_release);
    return added.release()->series;
  }

 private:
  struct node {
    node(const Families& families, std::string_view name, node* rest)
        : migration{name}, series{families, name}, next{rest} {}

    std::string migration;
    Series series;
    node* next;
  };

  node* find(std::string_view migration) const {
    node* each = first_.load(std::memory_order_acquire);
    while (each != nullptr && each->migration != migration) each = each->next;
    return each;
  }

  Families families_;
  std::atomic<node*> first_{nullptr};
  std::mutex growing_;
};

}  // namespace online_migration::detail
