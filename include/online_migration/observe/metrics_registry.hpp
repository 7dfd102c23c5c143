// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <memory>

#include <prometheus/registry.h>

namespace online_migration {

/// The registry of the library's metrics where no other is named, one for each process. Give it to the exposer:
/// `exposer.RegisterCollectable(om::metrics_registry())`.
///
/// Thread safety: any thread, any time.
inline std::shared_ptr<prometheus::Registry> metrics_registry() {
  static const std::shared_ptr<prometheus::Registry> registry = std::make_shared<prometheus::Registry>();
  return registry;
}

}  // namespace online_migration
