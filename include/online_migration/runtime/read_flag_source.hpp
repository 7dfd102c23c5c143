// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <concepts>
#include <memory>
#include <string_view>
#include <type_traits>

#include <online_migration/runtime/read_flag.hpp>

namespace online_migration {

/// Where a reader takes its flag from: an `om::read_flag_cache`, or an object of the user's that is called without
/// arguments and gives an `om::read_flag`, such as a lambda that asks a feature-flag system. It is called for each
/// read, by every thread that reads, so it should answer from memory. What it throws, the read throws.
///
/// `contract` looks at the flag in the database: with a system of your own, set that one to `new` as well, when every
/// reader has been there for longer than the system caches.
template <class Source>
concept read_flag_source = requires(Source& source) {
  { source() } -> std::convertible_to<read_flag>;
};

namespace detail {

/// A source that wants to know which servers rows are read from.
template <class Source>
concept meets_servers = requires(Source& source, std::string_view started) { source.meet(started); };

/// Refers to a source of any type.
class read_flag_source_ref {
 public:
  template <read_flag_source Source>
  explicit constexpr read_flag_source_ref(Source& source)
      : source_{const_cast<std::remove_const_t<Source>*>(std::addressof(source))},
        ask_{[](void* object) -> read_flag { return (*static_cast<Source*>(object))(); }} {
    if constexpr (meets_servers<Source>) {
      meet_ = [](void* object, std::string_view started) { static_cast<Source*>(object)->meet(started); };
    }
  }

  read_flag operator()() const { return ask_(source_); }

  [[nodiscard]] bool minds_servers() const { return meet_ != nullptr; }
  void meet(std::string_view started) const { meet_(source_, started); }

 private:
  void* source_;
  read_flag (*ask_)(void*);
  void (*meet_)(void*, std::string_view) = nullptr;
};

}  // namespace detail
}  // namespace online_migration
