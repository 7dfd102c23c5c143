// SPDX-License-Identifier: BSL-1.0
#pragma once

namespace online_migration::detail {

/// A pointer to a function, or none. It knows which without a comparison with a null pointer: with -fsanitize=undefined
/// g++ 12 does not compare the address of a function with one while compiling.
template <class... Arguments>
class maybe_function {
 public:
  constexpr maybe_function() = default;
  // NOLINTNEXTLINE(google-explicit-constructor)
  constexpr maybe_function(decltype(nullptr)) {}
  // NOLINTNEXTLINE(google-explicit-constructor)
  constexpr maybe_function(void (*function)(Arguments...)) : function_{function}, given_{true} {}

  constexpr explicit operator bool() const { return given_; }
  constexpr void operator()(Arguments... arguments) const { function_(arguments...); }

 private:
  void (*function_)(Arguments...) = nullptr;
  bool given_ = false;
};

}  // namespace online_migration::detail
