// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <new>
#include <span>
#include <string>
#include <vector>

#include <online_migration/base/hash.hpp>
#include <online_migration/postgres/libpq.hpp>
#include <online_migration/postgres/parameter.hpp>
#include <online_migration/sql/statement.hpp>

namespace online_migration::detail {

/// Which statements a server connection has prepared, and under which names.
class prepared_cache {
 public:
  /// Names of one cache are not those of another on the same `PGconn`.
  explicit prepared_cache(const char* prefix = "online_migration_") : prefix_{prefix} {}

  /// Names are not given to the server any more: something between us and the server does not keep them.
  bool disabled = false;

  /// That of a borrowed `PGconn`. It hangs on the `PGconn` itself, so that several `connection` objects which borrow it
  /// one after another agree. libpq then tells each result of it, which costs a tenth of a short statement.
  static prepared_cache& of(PGconn* raw) {
    auto* cache = static_cast<prepared_cache*>(PQinstanceData(raw, &on_event));
    if (cache != nullptr) return *cache;
    auto fresh = std::make_unique<prepared_cache>("online_migration_borrowed_");
    if (PQregisterEventProc(raw, &on_event, "online_migration", nullptr) == 0 ||
        PQsetInstanceData(raw, &on_event, fresh.get()) == 0) {
      throw std::bad_alloc{};
    }
    return *fresh.release();
  }

  /// The name of a prepared statement of this text and these parameter types, or nullptr. Does not allocate. The
  /// address of the text finds it; the text is compared as well, because memory can be used again.
  [[nodiscard]] const char* find(const statement& wanted, std::span<const parameter> parameters) const {
    for (const entry& each : entries_) {
      if (each.address == wanted.text && each.text == wanted.view() &&
          std::equal(each.types.begin(), each.types.end(), parameters.begin(), parameters.end(),
                     [](unsigned type, const parameter& given) { return type == given.oid; })) {
        return each.name.c_str();
      }
    }
    return nullptr;
  }

  /// Notes a statement as prepared and gives the name for it.
  const char* add(const statement& prepared, std::span<const parameter> parameters) {
    // Named after the text: behind a pooler that hides itself, a name that is there already means this statement.
    std::uint64_t hash = fnv1a(prepared.text, prepared.size);
    entry fresh{prepared.text, std::string{prepared.view()}, {}, {}};
    for (const parameter& each : parameters) {
      fresh.types.push_back(each.oid);
      hash = (hash ^ each.oid) * 0x100000001b3U;
    }
    fresh.name = prefix_ + std::to_string(hash) + "_" + std::to_string(++last_);
    entries_.push_back(std::move(fresh));
    return entries_.back().name.c_str();
  }

  /// Takes back the last `add`: the server refused.
  void forget_last() { entries_.pop_back(); }

  /// Forgets everything: the server did.
  void clear() { entries_.clear(); }

 private:
  struct entry {
    const char* address;
    std::string text;
    std::vector<unsigned> types;
    std::string name;
  };

  static int on_event(PGEventId event, void* info, void*) {
    if (event == PGEVT_CONNDESTROY) {
      delete static_cast<prepared_cache*>(PQinstanceData(static_cast<PGEventConnDestroy*>(info)->conn, &on_event));
    } else if (event == PGEVT_CONNRESET) {
      auto* cache = static_cast<prepared_cache*>(PQinstanceData(static_cast<PGEventConnReset*>(info)->conn, &on_event));
      if (cache != nullptr) cache->clear();
    }
    return 1;
  }

  std::string prefix_;
  std::vector<entry> entries_;
  int last_ = 0;
};

}  // namespace online_migration::detail
