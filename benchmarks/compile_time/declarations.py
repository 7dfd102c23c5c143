# SPDX-License-Identifier: BSL-1.0
"""Source files with any number of migrations, each of a table of its own with ten columns."""

# What a file asks of each migration.
USES = {
    "checked": "every rule, and the fingerprint",
    "statements": "the same, and every SQL statement as a constant",
}

HEAD = "#include <online_migration/static.hpp>\nnamespace om = online_migration;\n"

# Half of the names are a table's own, the others are those that most tables have.
MIGRATION = """
struct table_{i} : om::table<"table_{i}",
    om::column<"id", om::bigint, om::primary_key>,
    om::column<"name_{i}", om::text, om::not_null>,
    om::column<"label_{i}", om::text>,
    om::column<"country_{i}", om::varchar<2>>,
    om::column<"amount_{i}", om::integer, om::not_null>,
    om::column<"weight_{i}", om::float8>,
    om::column<"active", om::boolean, om::not_null, om::has_default>,
    om::column<"owner", om::uuid>,
    om::column<"changed_at", om::timestamptz>,
    om::column<"created_at", om::timestamptz, om::not_null, om::has_default>> {{}};

struct migration_{i} : om::migration<"table-{i}-name-canonical", table_{i},
    om::add_column<"name_{i}_canonical", om::text, om::ascii_lower(om::trim(om::col<"name_{i}">))>> {{}};

std::string_view fingerprint_{i}() {{ return om::fingerprint<migration_{i}>; }}
"""
STATEMENTS = """
om::statement statement_{i}(std::size_t at) {{ return om::statements<migration_{i}>::at(at); }}
"""


def source(count, use):
    """The text of a file with so many migrations."""
    each = MIGRATION + (STATEMENTS if use == "statements" else "")
    return HEAD + "".join(each.format(i=number) for number in range(count))
