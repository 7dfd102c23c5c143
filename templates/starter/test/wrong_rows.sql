-- Rows that the migration has left wrong, in SQL of your own: it has to find none.
SELECT "id" FROM "public"."users"
WHERE "display_name_canonical" IS DISTINCT FROM lower(trim("display_name") COLLATE "C");
