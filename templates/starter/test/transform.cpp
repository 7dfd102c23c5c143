// What the transform means. The compiler checks it.
#include "../migration.hpp"

static_assert(om::transform<users_display_name_canonical_migration>("  Ada ") == "ada");
static_assert(om::transform<users_display_name_canonical_migration>("") == "");
