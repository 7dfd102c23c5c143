// SPDX-License-Identifier: BSL-1.0
#pragma once

/// The version of the library as constants; the build reads the numbers from this file, so they stand only here.
namespace online_migration::version {

inline constexpr int major = 0;
inline constexpr int minor = 1;
inline constexpr int patch = 0;

/// The version as one number that grows with every release, for comparisons: 1.2.3 is 10203.
inline constexpr int number = major * 10000 + minor * 100 + patch;

}  // namespace online_migration::version
