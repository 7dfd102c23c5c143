// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstddef>
#include <string_view>

namespace online_migration {

/// What can be done about an error.
enum class retry_class {
  stop,       ///< a retry gives the same error, or nobody knows: a person has to look
  retry,      ///< roll back, wait a little, run the same transaction again
  reconnect,  ///< the outcome is unknown: connect again, read the state, go on from there
  pause,  ///< the server lacks something (disk, memory, a writable primary): wait for a person, do not retry tightly
  data    ///< a value in the data is the reason: find the row; other rows are not affected
};

/// The word for a class.
constexpr std::string_view to_string(retry_class value) {
  constexpr std::string_view names[]{"stop", "retry", "reconnect", "pause", "data"};
  return names[static_cast<std::size_t>(value)];
}

/// The class of a SQLSTATE, which is empty where the server said nothing any more. Messages are never looked at: they
/// are translated. An unknown code means stop.
constexpr retry_class classify(std::string_view sqlstate) {
  auto one_of = [sqlstate](auto... codes) { return ((sqlstate == codes) || ...); };

  if (sqlstate.empty()) return retry_class::reconnect;
  if (one_of("40001", "40P01", "55P03", "53300", "57P03", "57014")) return retry_class::retry;
  if (sqlstate.starts_with("08")) return retry_class::reconnect;
  if (one_of("57P01", "57P02", "57P05", "25P03", "25P04", "40003")) return retry_class::reconnect;
  if (one_of("53100", "53200", "53400", "25006")) return retry_class::pause;
  if (sqlstate.starts_with("22") || sqlstate.starts_with("23")) return retry_class::data;
  return retry_class::stop;
}

}  // namespace online_migration
