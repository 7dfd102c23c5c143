// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "pgbench/settings.hpp"

/// What an example with pgbench says about itself.
struct pgbench_example {
  const char* name;
  const char* about;     ///< for --help: what it does
  const char* sabotage;  ///< for --help: what the option of that name does
  /// Walks from the first version of the application to the last, and checks everything; whether all of it is right.
  bool (*walk)(const pgbench_settings& chosen);
  void (*clean)(const pgbench_settings& chosen);  ///< removes what an earlier run has left
};

/// The `main` of such an example: reads the options, and gives the exit status.
int run_example(const pgbench_example& example, pgbench_settings chosen, int count, char** words);
