// SPDX-License-Identifier: BSL-1.0
#include "application.hpp"

#include <chrono>
#include <cstdio>
#include <span>

application::application(const om::database& shop, const version& which)
    : work_{[this, &shop, &which](const std::stop_token& stop) {
        om::connection on = shop.connect();
        while (!stop.stop_requested()) work(on, which);
      }} {}

void application::work(om::connection& on, const version& which) {
  try {
    om::transaction scope{on};
    std::string order{on.execute_prepared(which.order).text(0, 0)};
    const om::parameter number = om::text_form_parameter(order);
    for (const om::statement* next : {&which.line, &which.line}) {
      on.execute_prepared(*next, std::span<const om::parameter>{&number, 1});
    }
    bool cancels = taken_ % 4 == 3;
    if (cancels) on.execute_prepared(which.cancel, std::span<const om::parameter>{&number, 1});
    scope.commit();
    kept_ += cancels ? 0 : 1;
    ++taken_;
  } catch (const om::error& problem) {
    std::fprintf(stderr, "%s: %s\n", which.name, problem.what());
    ++failures_;
  }
}

void application::take_orders(int count) const {
  std::int64_t before = taken_;
  while (taken_ < before + count && failures_ == 0) std::this_thread::sleep_for(std::chrono::milliseconds{1});
}
