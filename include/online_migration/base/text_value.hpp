// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstddef>
#include <string_view>

namespace online_migration {

/// Text that owns its bytes, in constant evaluation as at run time, which `std::string` of libstdc++ 12 cannot do on
/// every supported compiler. Short texts (24 bytes) need no allocation. Converts to `std::string_view`, compares with
/// anything that does.
class text_value {
 public:
  constexpr text_value() = default;
  constexpr explicit text_value(std::string_view view) { append(view); }
  constexpr text_value(const text_value& other) { append(other.view()); }
  constexpr text_value(text_value&& other) noexcept { take(other); }
  constexpr ~text_value() { release(); }

  constexpr text_value& operator=(const text_value& other) {
    if (this != &other) {
      size_ = 0;
      append(other.view());
    }
    return *this;
  }

  constexpr text_value& operator=(text_value&& other) noexcept {
    if (this != &other) {
      release();
      take(other);
    }
    return *this;
  }

  [[nodiscard]] constexpr std::size_t size() const { return size_; }
  [[nodiscard]] constexpr bool empty() const { return size_ == 0; }
  [[nodiscard]] constexpr char* data() { return heap_ != nullptr ? heap_ : small_; }
  [[nodiscard]] constexpr const char* data() const { return heap_ != nullptr ? heap_ : small_; }
  [[nodiscard]] constexpr std::string_view view() const { return {data(), size_}; }

  // NOLINTNEXTLINE(google-explicit-constructor): a text is usable wherever its view is
  constexpr operator std::string_view() const { return view(); }

  constexpr void append(std::string_view more) {
    reserve(size_ + more.size());
    char* end = data() + size_;
    for (std::size_t i = 0; i < more.size(); ++i) end[i] = more[i];
    size_ += more.size();
  }

  constexpr void append(char letter) { append(std::string_view{&letter, 1}); }

  /// Keeps `count` bytes from `position`, in place.
  constexpr void narrow(std::size_t position, std::size_t count) {
    char* bytes = data();
    if (position != 0) {
      for (std::size_t i = 0; i < count; ++i) bytes[i] = bytes[position + i];
    }
    size_ = count;
  }

  constexpr void reserve(std::size_t wanted) {
    if (wanted <= capacity_) return;
    std::size_t grown = capacity_ * 2 > wanted ? capacity_ * 2 : wanted;
    char* bytes = new char[grown];
    const char* old = data();
    for (std::size_t i = 0; i < size_; ++i) bytes[i] = old[i];
    delete[] heap_;
    heap_ = bytes;
    capacity_ = grown;
  }

  friend constexpr bool operator==(const text_value& a, const text_value& b) { return a.view() == b.view(); }
  friend constexpr bool operator==(const text_value& a, std::string_view b) { return a.view() == b; }
  friend constexpr bool operator==(const text_value& a, const char* b) { return a.view() == b; }

 private:
  static constexpr std::size_t small_size = 24;

  constexpr void take(text_value& other) noexcept {
    heap_ = other.heap_;
    size_ = other.size_;
    capacity_ = other.capacity_;
    if (heap_ == nullptr) {
      for (std::size_t i = 0; i < size_; ++i) small_[i] = other.small_[i];
    }
    other.heap_ = nullptr;
    other.size_ = 0;
    other.capacity_ = small_size;
  }

  constexpr void release() { delete[] heap_; }

  char* heap_ = nullptr;
  std::size_t size_ = 0;
  std::size_t capacity_ = small_size;
  char small_[small_size]{};
};

}  // namespace online_migration
