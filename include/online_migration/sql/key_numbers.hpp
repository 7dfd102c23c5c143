// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <string_view>

#include <online_migration/base/sink.hpp>
#include <online_migration/migration/replace_key.hpp>
#include <online_migration/schema/table.hpp>
#include <online_migration/sql/parts.hpp>

/// What numbers the rows of a table: the default of its key, or the key's identity, with its sequence. It goes over
/// from one column to another under the table's lock, so no number is given twice.
namespace online_migration::detail {

/// What the block below works with.
inline constexpr std::string_view number_variables =
    "  serial record;\n  fallback text;\n  identity text;\n  options text;\n  grants text[];\n  taken bigint;\n"
    "  was_called boolean;\n  step text;\n";

/// Moves default, identity and sequences from one column of the table `place` to another. A sequence is widened with its key,
/// and never narrowed: on the way back it is refused (22003) where it has come past what the old column can hold.
/// ALTER SEQUENCE locks out everybody who asks for a number, so the number that is read is the last one.
constexpr void write_move_numbers(sink& out, std::string_view from, std::string_view to, const type_description& wide,
                                  const type_description* narrow) {
  out.put(
      "  SELECT a.attidentity::text, pg_catalog.pg_get_expr(e.adbin, e.adrelid) INTO identity, fallback\n"
      "    FROM pg_catalog.pg_attribute AS a LEFT JOIN pg_catalog.pg_attrdef AS e ON e.adrelid = a.attrelid AND e.adnum = a.attnum\n"
      "    WHERE a.attrelid = place AND a.attname = ");
  out.literal(from);
  out.put(R"(;
  FOR serial IN SELECT s.seqrelid::pg_catalog.regclass::text AS name, s.seqtypid, s.seqstart, s.seqincrement, s.seqcache,
      COALESCE(pg_catalog.bool_or(d.deptype = 'a' AND d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass), false) AS is_owned, c.relacl
    FROM pg_catalog.pg_attribute AS a
      JOIN pg_catalog.pg_depend AS d ON d.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass
        AND d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass AND d.refobjid = a.attrelid AND d.refobjsubid = a.attnum AND d.deptype IN ('a', 'i')
        OR d.classid = 'pg_catalog.pg_attrdef'::pg_catalog.regclass AND d.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass
        AND d.objid = (SELECT e.oid FROM pg_catalog.pg_attrdef AS e WHERE e.adrelid = a.attrelid AND e.adnum = a.attnum)
      JOIN pg_catalog.pg_sequence AS s ON s.seqrelid = CASE WHEN d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass THEN d.objid ELSE d.refobjid END
      JOIN pg_catalog.pg_class AS c ON c.oid = s.seqrelid
    WHERE a.attrelid = place AND a.attname = )");
  out.literal(from);
  out.put(R"( GROUP BY s.seqrelid, c.relacl
  LOOP
)");
  if (narrow != nullptr) {
    // Locks it, and leaves it as it is.
    out.put("    EXECUTE pg_catalog.format('ALTER SEQUENCE %s CACHE %s', serial.name, serial.seqcache);\n");
  } else {
    out.put(
        "    IF serial.seqtypid <> 'bigint'::pg_catalog.regtype THEN\n      EXECUTE pg_catalog.format('ALTER SEQUENCE %s AS ");
    wide.write(out);
    out.put(
        "', serial.name);\n    ELSE\n      EXECUTE pg_catalog.format('ALTER SEQUENCE %s CACHE %s', serial.name, serial.seqcache);\n    END IF;\n");
  }
  out.put(
      "    EXECUTE pg_catalog.format('SELECT last_value, is_called FROM %s', serial.name) INTO taken, was_called;\n");
  if (narrow != nullptr) {
    out.put(width_of(*narrow) == 2 ? "    IF taken NOT BETWEEN -32768 AND 32767 THEN\n"
                                   : "    IF taken NOT BETWEEN -2147483648 AND 2147483647 THEN\n");
    out.put(
        "      RAISE EXCEPTION USING ERRCODE = 'numeric_value_out_of_range', MESSAGE = 'the sequence of the key has come past what the old column can hold';\n    END IF;\n");
  }
  out.put(
      "    IF serial.is_owned THEN\n      EXECUTE pg_catalog.format('ALTER SEQUENCE %s OWNED BY %s.%I', serial.name, place::pg_catalog.regclass::text, ");
  out.literal(to);
  out.put(");\n    END IF;\n    IF identity <> '' THEN\n");
  out.put(
      "      SELECT pg_catalog.format('SEQUENCE NAME %s INCREMENT BY %s MINVALUE %s MAXVALUE %s START WITH %s CACHE %s %s', serial.name, s.seqincrement,\n          ");
  if (narrow == nullptr) {
    out.put("s.seqmin, s.seqmax, s.seqstart");
  } else {
    std::string_view least = width_of(*narrow) == 2 ? "-32768" : "-2147483648";
    std::string_view greatest = width_of(*narrow) == 2 ? "32767" : "2147483647";
    out.all("GREATEST(s.seqmin, ", least, "), LEAST(s.seqmax, ", greatest, "), LEAST(GREATEST(s.seqstart, ", least,
            "), ", greatest, ")");
  }
  out.put(R"(, s.seqcache, CASE WHEN s.seqcycle THEN 'CYCLE' ELSE 'NO CYCLE' END) INTO options
        FROM pg_catalog.pg_sequence AS s WHERE s.seqrelid = serial.name::pg_catalog.regclass;
      SELECT pg_catalog.array_agg(pg_catalog.format('GRANT %s ON SEQUENCE %s TO %s%s', g.privilege_type, serial.name,
          CASE WHEN g.grantee = 0 THEN 'PUBLIC' ELSE pg_catalog.quote_ident(pg_catalog.pg_get_userbyid(g.grantee)) END,
          CASE WHEN g.is_grantable THEN ' WITH GRANT OPTION' ELSE '' END)) INTO grants FROM pg_catalog.aclexplode(serial.relacl) AS g;
      EXECUTE pg_catalog.format('ALTER TABLE %s ALTER COLUMN %I DROP IDENTITY', place::pg_catalog.regclass::text, )");
  out.literal(from);
  out.put(
      ");\n      EXECUTE pg_catalog.format('ALTER TABLE %s ALTER COLUMN %I ADD GENERATED %s AS IDENTITY (%s)', place::pg_catalog.regclass::text, ");
  out.literal(to);
  out.put(R"(,
        CASE identity WHEN 'a' THEN 'ALWAYS' ELSE 'BY DEFAULT' END, options);
      PERFORM pg_catalog.setval(serial.name::pg_catalog.regclass, taken, was_called);
      FOREACH step IN ARRAY COALESCE(grants, ARRAY[]::text[])
      LOOP
        EXECUTE step;
      END LOOP;
    END IF;
  END LOOP;
  IF fallback IS NOT NULL THEN
    EXECUTE pg_catalog.format('ALTER TABLE %s ALTER COLUMN %I SET DEFAULT %s, ALTER COLUMN %I DROP DEFAULT',
      place::pg_catalog.regclass::text, )");
  out.literal(to);
  out.put(", fallback, ");
  out.literal(from);
  out.put(");\n  END IF;\n");
}

}  // namespace online_migration::detail
