// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <exception>

namespace online_migration {

/// A transform has no value for its arguments, in C++: what PostgreSQL says with an error of class 22.
class value_error : public std::exception {
 public:
  explicit value_error(const char* sqlstate, const char* what) : sqlstate_{sqlstate}, what_{what} {}
  [[nodiscard]] const char* what() const noexcept override { return what_; }
  [[nodiscard]] const char* sqlstate() const noexcept { return sqlstate_; }

 private:
  const char* sqlstate_;
  const char* what_;
};

}  // namespace online_migration
