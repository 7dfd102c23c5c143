// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <chrono>
#include <string_view>

#include <online_migration/migration/write_kind.hpp>
#include <online_migration/runtime/observer.hpp>

namespace online_migration::detail {

/// The name of a write in its event. `assignments` are the user's own update.
constexpr write_operation operation_of(write_kind kind) {
  switch (kind) {
    case write_kind::insert:
      return write_operation::insert;
    case write_kind::upsert:
      return write_operation::upsert;
    case write_kind::erase:
      return write_operation::erase;
    default:
      return write_operation::update;
  }
}

/// Measures one dual write and tells of it at the end of the scope: as an error unless it was said to have succeeded.
/// Where nobody hears of it the clock is not read.
class timed_write {
 public:
  timed_write(const observer_ref& observer, std::string_view migration, write_operation operation)
      : observer_{observer.hears<dual_write_event>() ? &observer : nullptr},
        migration_{migration},
        operation_{operation} {
    if (observer_ != nullptr) begin_ = std::chrono::steady_clock::now();
  }
  ~timed_write() {
    if (observer_ == nullptr) return;
    (*observer_)(dual_write_event{migration_, operation_, outcome_, std::chrono::steady_clock::now() - begin_});
  }
  timed_write(const timed_write&) = delete;
  timed_write& operator=(const timed_write&) = delete;

  void succeeded() { outcome_ = write_outcome::ok; }

 private:
  const observer_ref* observer_;
  std::string_view migration_;
  write_operation operation_;
  write_outcome outcome_ = write_outcome::error;
  std::chrono::steady_clock::time_point begin_{};
};

}  // namespace online_migration::detail
