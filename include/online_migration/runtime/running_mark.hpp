// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <string_view>

#include <online_migration/runtime/events.hpp>
#include <online_migration/runtime/observer.hpp>

namespace online_migration::detail {

/// Tells that a runner is at work, until the end of the scope.
class running_mark {
 public:
  running_mark(observer_ref observer, std::string_view migration) : observer_{observer}, migration_{migration} {
    tell(true);
  }
  ~running_mark() { tell(false); }
  running_mark(const running_mark&) = delete;
  running_mark& operator=(const running_mark&) = delete;

 private:
  void tell(bool running) const { observer_(running_event{migration_, running}); }

  observer_ref observer_;
  std::string_view migration_;
};

}  // namespace online_migration::detail
