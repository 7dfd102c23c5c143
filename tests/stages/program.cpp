// SPDX-License-Identifier: BSL-1.0
// The program, and the one line that says its stage. Linked, it is not run.
#include "declarations.hpp"

#ifndef WITHOUT_WITNESS
template <>
void om::stage_witness<wide_balance, om::stage_of<wide_balance>>::is_declared_in_this_binary() {}
#endif

void work(om::connection& connection);

int main(int, char** words) { work(*reinterpret_cast<om::connection*>(words)); }
