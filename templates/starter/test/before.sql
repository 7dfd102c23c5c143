-- The table as it is before the migration, with rows that are worth a look.
CREATE SCHEMA IF NOT EXISTS "public";
CREATE TABLE "public"."users" ("id" bigint PRIMARY KEY, "display_name" text NOT NULL);
INSERT INTO "public"."users" VALUES (-1, '  Ada '), (0, ''), (1, 'Grace Hopper'), (2, ' ÄÖÜ ');
