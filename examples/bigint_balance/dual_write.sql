-- The second version of the application: pgbench's own TPC-B, but it knows both columns. It asks the read flag which of
-- them counts, and writes both.
\set aid random(1, 100000 * :scale)
\set bid random(1, 1 * :scale)
\set tid random(1, 10 * :scale)
\set delta random(-5000, 5000)
SELECT count(*) AS reads_new FROM public.online_migration_runs
  WHERE migration = 'bigint-balance' AND read_flag = 'new' AND phase <> 'rolled-back' \gset
BEGIN;
\if :reads_new
UPDATE pgbench_accounts SET abalance = abalance_v2 + :delta, abalance_v2 = abalance_v2 + :delta WHERE aid = :aid;
SELECT abalance_v2 FROM pgbench_accounts WHERE aid = :aid;
\else
UPDATE pgbench_accounts SET abalance = abalance + :delta, abalance_v2 = abalance + :delta WHERE aid = :aid;
SELECT abalance FROM pgbench_accounts WHERE aid = :aid;
\endif
UPDATE pgbench_tellers SET tbalance = tbalance + :delta WHERE tid = :tid;
UPDATE pgbench_branches SET bbalance = bbalance + :delta WHERE bid = :bid;
INSERT INTO pgbench_history (tid, bid, aid, delta, mtime) VALUES (:tid, :bid, :aid, :delta, CURRENT_TIMESTAMP);
END;
