// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <string_view>

/// Digests of bytes, in constant evaluation as at run time: MD5 as of RFC 1321 and SHA-256 as of FIPS 180-4.
namespace online_migration::detail {

/// A message as blocks of 64 bytes: its bytes, 0x80, zeros, and its length in bits as eight bytes.
template <bool BigEndian>
struct padded_message {
  std::string_view bytes;

  [[nodiscard]] constexpr std::size_t blocks() const { return (bytes.size() + 9 + 63) / 64; }

  [[nodiscard]] constexpr std::uint32_t word(std::size_t number) const {
    std::uint32_t value = 0;
    for (std::size_t i = 0; i < 4; ++i) {
      std::size_t shift = BigEndian ? 24 - 8 * i : 8 * i;
      value |= static_cast<std::uint32_t>(byte(number * 4 + i)) << shift;
    }
    return value;
  }

 private:
  [[nodiscard]] constexpr unsigned char byte(std::size_t position) const {
    if (position < bytes.size()) return static_cast<unsigned char>(bytes[position]);
    if (position == bytes.size()) return 0x80;
    std::size_t length_begin = blocks() * 64 - 8;
    if (position < length_begin) return 0;
    std::size_t shift = BigEndian ? 56 - 8 * (position - length_begin) : 8 * (position - length_begin);
    return static_cast<unsigned char>((static_cast<std::uint64_t>(bytes.size()) * 8) >> shift);
  }
};

inline constexpr std::uint32_t md5_sines[64]{
    0xd76aa478, 0xe8c7b756, 0x242070db, 0xc1bdceee, 0xf57c0faf, 0x4787c62a, 0xa8304613, 0xfd469501,
    0x698098d8, 0x8b44f7af, 0xffff5bb1, 0x895cd7be, 0x6b901122, 0xfd987193, 0xa679438e, 0x49b40821,
    0xf61e2562, 0xc040b340, 0x265e5a51, 0xe9b6c7aa, 0xd62f105d, 0x02441453, 0xd8a1e681, 0xe7d3fbc8,
    0x21e1cde6, 0xc33707d6, 0xf4d50d87, 0x455a14ed, 0xa9e3e905, 0xfcefa3f8, 0x676f02d9, 0x8d2a4c8a,
    0xfffa3942, 0x8771f681, 0x6d9d6122, 0xfde5380c, 0xa4beea44, 0x4bdecfa9, 0xf6bb4b60, 0xbebfbc70,
    0x289b7ec6, 0xeaa127fa, 0xd4ef3085, 0x04881d05, 0xd9d4d039, 0xe6db99e5, 0x1fa27cf8, 0xc4ac5665,
    0xf4292244, 0x432aff97, 0xab9423a7, 0xfc93a039, 0x655b59c3, 0x8f0ccc92, 0xffeff47d, 0x85845dd1,
    0x6fa87e4f, 0xfe2ce6e0, 0xa3014314, 0x4e0811a1, 0xf7537e82, 0xbd3af235, 0x2ad7d2bb, 0xeb86d391};
inline constexpr int md5_turns[4][4]{{7, 12, 17, 22}, {5, 9, 14, 20}, {4, 11, 16, 23}, {6, 10, 15, 21}};

constexpr std::array<unsigned char, 16> md5_of(std::string_view bytes) {
  padded_message<false> message{bytes};
  std::uint32_t state[4]{0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476};
  for (std::size_t block = 0; block < message.blocks(); ++block) {
    std::uint32_t words[16]{};
    for (std::size_t i = 0; i < 16; ++i) words[i] = message.word(block * 16 + i);
    std::uint32_t a = state[0];
    std::uint32_t b = state[1];
    std::uint32_t c = state[2];
    std::uint32_t d = state[3];
    for (std::size_t i = 0; i < 64; ++i) {
      std::size_t round = i / 16;
      std::uint32_t mixed = round == 0   ? (b & c) | (~b & d)
                            : round == 1 ? (d & b) | (~d & c)
                            : round == 2 ? b ^ c ^ d
                                         : c ^ (b | ~d);
      std::size_t place = round == 0 ? i : round == 1 ? 5 * i + 1 : round == 2 ? 3 * i + 5 : 7 * i;
      std::uint32_t sum = a + mixed + md5_sines[i] + words[place % 16];
      a = d;
      d = c;
      c = b;
      b += std::rotl(sum, md5_turns[round][i % 4]);
    }
    state[0] += a;
    state[1] += b;
    state[2] += c;
    state[3] += d;
  }
  std::array<unsigned char, 16> digest{};
  for (std::size_t i = 0; i < 16; ++i) digest[i] = static_cast<unsigned char>(state[i / 4] >> (8 * (i % 4)));
  return digest;
}

inline constexpr std::uint32_t sha256_roots[64]{
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2};

constexpr std::array<unsigned char, 32> sha256_of(std::string_view bytes) {
  padded_message<true> message{bytes};
  std::uint32_t state[8]{0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
                         0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};
  for (std::size_t block = 0; block < message.blocks(); ++block) {
    std::uint32_t words[64]{};
    for (std::size_t i = 0; i < 16; ++i) words[i] = message.word(block * 16 + i);
    for (std::size_t i = 16; i < 64; ++i) {
      std::uint32_t low = words[i - 15];
      std::uint32_t high = words[i - 2];
      words[i] = words[i - 16] + (std::rotr(low, 7) ^ std::rotr(low, 18) ^ (low >> 3)) + words[i - 7] +
                 (std::rotr(high, 17) ^ std::rotr(high, 19) ^ (high >> 10));
    }
    std::uint32_t now[8]{};
    for (std::size_t i = 0; i < 8; ++i) now[i] = state[i];
    for (std::size_t i = 0; i < 64; ++i) {
      std::uint32_t first = now[7] + (std::rotr(now[4], 6) ^ std::rotr(now[4], 11) ^ std::rotr(now[4], 25)) +
                            ((now[4] & now[5]) ^ (~now[4] & now[6])) + sha256_roots[i] + words[i];
      std::uint32_t second = (std::rotr(now[0], 2) ^ std::rotr(now[0], 13) ^ std::rotr(now[0], 22)) +
                             ((now[0] & now[1]) ^ (now[0] & now[2]) ^ (now[1] & now[2]));
      for (std::size_t place = 7; place > 0; --place) now[place] = now[place - 1];
      now[4] += first;
      now[0] = first + second;
    }
    for (std::size_t i = 0; i < 8; ++i) state[i] += now[i];
  }
  std::array<unsigned char, 32> digest{};
  for (std::size_t i = 0; i < 32; ++i) digest[i] = static_cast<unsigned char>(state[i / 4] >> (24 - 8 * (i % 4)));
  return digest;
}

}  // namespace online_migration::detail
