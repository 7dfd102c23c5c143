#!/usr/bin/env python3
# SPDX-License-Identifier: BSL-1.0
"""with_postgres gives each command a server of its own, passes on how the command ended, and leaves nothing behind."""
import os
import pathlib
import signal
import subprocess
import tempfile
import time
import unittest

SCRIPT = pathlib.Path(__file__).resolve().parent.parent / "support" / "with_postgres"
PSQL = "psql() { \"$ONLINE_MIGRATION_TEST_PGBIN/psql\" -XAtqc \"$1\"; };"
CONTROL = "control() { \"$ONLINE_MIGRATION_TEST_SERVER_CONTROL\" \"$1\" \"$ONLINE_MIGRATION_TEST_SERVER\"; };"


class WithPostgres(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        os.chmod(folder.name, 0o711)  # the server may run as another user
        self.folder = folder.name
        self.environment = dict(os.environ, TMPDIR=folder.name, PGHOST="somewhere.invalid", PGOPTIONS="-c nonsense=1")

    def begin(self, command, *options):
        return subprocess.Popen([SCRIPT, *options, "--", "bash", "-c", PSQL + CONTROL + command], env=self.environment,
                                stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)

    def finish(self, process, seconds=60):
        output = process.communicate(timeout=seconds)[0]
        return process.returncode, output.strip()

    def wait_until_removed(self):
        deadline = time.monotonic() + 30
        while os.listdir(self.folder) and time.monotonic() < deadline:
            time.sleep(0.1)
        self.assertEqual(os.listdir(self.folder), [])

    def test_server_is_as_promised(self):
        status, output = self.finish(self.begin(
            "psql \"select current_setting('server_encoding'), current_setting('lc_collate'), "
            "current_setting('listen_addresses'), current_setting('server_version_num')::int >= 150000\""))
        self.assertEqual((status, output), (0, "UTF8|C.UTF-8|127.0.0.1|t"))
        self.wait_until_removed()

    def test_status_of_the_command(self):
        self.assertEqual(self.finish(self.begin("exit 7"))[0], 7)
        self.assertEqual(self.finish(self.begin("kill -SEGV $$"))[0], 128 + signal.SIGSEGV)
        self.wait_until_removed()

    def test_two_at_once(self):
        both = [self.begin("psql 'create table only_mine ()'; sleep 0.5; echo $PGPORT") for _ in range(2)]
        (first, one), (second, two) = map(self.finish, both)
        self.assertEqual((first, second), (0, 0))
        self.assertNotEqual(one, two)

    def test_crash_and_restart_keep_committed_rows(self):
        status, output = self.finish(self.begin(
            "psql 'create table kept as select 42 as answer'; control crash; psql 'select 1' >/dev/null 2>&1 && echo alive;"
            "control start; psql 'table kept'; control stop; control start; psql 'table kept';"
            "kill -KILL $(head -n 1 $ONLINE_MIGRATION_TEST_PGDATA/postmaster.pid); control start; psql 'table kept'"))
        self.assertEqual((status, output), (0, "42\n42\n42"))

    def test_no_shared_memory_is_left(self):
        # Segments are told apart by the server that made them, so that servers of others do not matter here.
        segment = "sed -n 7p $ONLINE_MIGRATION_TEST_PGDATA/postmaster.pid | awk '{print $2}';"
        for command in (segment, segment + "control crash;", segment + "control crash; control start;" + segment):
            status, output = self.finish(self.begin(command))
            self.assertEqual(status, 0)
            for number in output.split():
                known = subprocess.run(["ipcs", "-m", "-i", number], capture_output=True, text=True, check=False)
                self.assertNotIn(f"shmid={number}", known.stdout)

    def test_log_is_kept(self):
        log = tempfile.NamedTemporaryFile()
        self.finish(self.begin("psql 'select * from no_such_table'", "--keep-log", log.name))
        self.assertIn("no_such_table", pathlib.Path(log.name).read_text())

    def started(self):
        process = self.begin("echo \"$ONLINE_MIGRATION_TEST_POSTMASTER_PID\"; exec sleep 600")
        return process, int(process.stdout.readline())

    def assert_gone(self, pid):
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            try:
                if pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] == "Z":
                    return
            except FileNotFoundError:
                return
            time.sleep(0.1)
        self.fail(f"the server {pid} still runs")

    def test_interrupted(self):
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            process, server = self.started()
            process.send_signal(number)
            self.assertEqual(self.finish(process)[0], 128 + number)
            self.assert_gone(server)
            self.wait_until_removed()

    def test_killed(self):
        process, server = self.started()
        children = subprocess.run(["pgrep", "-P", str(process.pid)], capture_output=True, text=True, check=True).stdout
        process.kill()
        for child in children.split():
            os.kill(int(child), signal.SIGKILL)
        self.finish(process)
        self.assert_gone(server)
        self.wait_until_removed()


if __name__ == "__main__":
    unittest.main()
