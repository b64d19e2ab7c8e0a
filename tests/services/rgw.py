"""A Ceph RGW, a real S3: one monitor, one disk in memory, one gateway. It checks signatures, which fakes do not."""

import http.client
import shutil
import subprocess
import tempfile
import time
import uuid
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from tests.services import Missing
from tests.services.processes import free_ports, start, stop

PROGRAMS = ("radosgw", "ceph-mon", "ceph-osd", "ceph", "ceph-authtool", "monmaptool", "radosgw-admin")
START_SECONDS = 60
CONFIG = """
[global]
fsid = {fsid}
mon_host = [v2:127.0.0.1:{mon_port}]
auth_allow_insecure_global_id_reclaim = false
mon_data_avail_warn = 1
mon_data_avail_crit = 0
run_dir = {folder}/run
log_file = {folder}/log/$name.log
admin_socket = {folder}/run/$name.asok
mon_data = {folder}/mon
osd_data = {folder}/osd
keyring = {folder}/keyring
public_network = 127.0.0.0/8
osd_objectstore = memstore
memstore_device_bytes = 8589934592
osd_pool_default_size = 1
osd_pool_default_min_size = 1
osd_pool_default_pg_num = 4
osd_pool_default_pg_autoscale_mode = off
osd_crush_chooseleaf_type = 0
mon_allow_pool_size_one = true
mon_max_pg_per_osd = 1000
mon_warn_on_pool_no_redundancy = false
rgw_rados_pool_pg_num_min = 1
paxos_propose_interval = 0.02
paxos_min_wait = 0.01
[client.rgw]
rgw_frontends = beast endpoint=127.0.0.1:{port}
rgw_enable_gc_threads = false
rgw_enable_lc_threads = false
rgw_thread_pool_size = 32
"""
CAPS = {
    "mon.": {"mon": "allow *"},
    "client.admin": {"mon": "allow *", "osd": "allow *", "mgr": "allow *"},
    "client.rgw": {"mon": "allow rw", "osd": "allow rwx"},
    "osd.0": {"mon": "allow profile osd", "osd": "allow *"},
}


@dataclass(frozen=True)
class Rgw:
    """Where it answers and who may ask."""

    endpoint: str
    access_key_id: str = "AKAKAKAK"
    secret_access_key: str = "SKSKSKSK"
    region: str = "us-east-1"


@contextmanager
def ceph_rgw():
    """A gateway of one's own, ready to answer; 1 to 2 seconds to start. Raises Missing."""
    absent = [program for program in PROGRAMS if not shutil.which(program)]
    if absent:
        raise Missing(f"{', '.join(absent)}: install radosgw, ceph-mon, ceph-osd and ceph-common")
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="rgw-", ignore_cleanup_errors=True)))
        yield _started(folder, stack)


def _started(folder, stack):
    mon_port, port = free_ports(2)
    cluster = _Cluster(folder, stack)
    cluster.configure(mon_port, port)
    cluster.make_keys()
    cluster.start_monitor(mon_port)
    cluster.start_disk()
    gateway = cluster.start("radosgw", "-n", "client.rgw")
    rgw = Rgw(f"http://127.0.0.1:{port}")
    _await_answer(port, gateway, folder / "log")
    cluster.run(
        "radosgw-admin", "user", "create", "--uid=tests", "--display-name=tests",
        f"--access-key={rgw.access_key_id}", f"--secret-key={rgw.secret_access_key}",
    )
    return rgw


class _Cluster:
    def __init__(self, folder, stack):
        self.folder, self.stack, self.fsid = folder, stack, str(uuid.uuid4())
        for name in ("mon", "osd", "run", "log"):
            (folder / name).mkdir()

    def configure(self, mon_port, port):
        words = CONFIG.format(fsid=self.fsid, folder=self.folder, mon_port=mon_port, port=port)
        (self.folder / "ceph.conf").write_text(words)

    def run(self, program, *words):
        """Run to the end; what it says on failure is in the exception."""
        command = [program, "-c", self.folder / "ceph.conf", *words]
        done = subprocess.run([str(word) for word in command], capture_output=True, text=True, timeout=START_SECONDS)
        if done.returncode:
            raise RuntimeError(f"{program}: {done.stderr[-2000:]}")

    def start(self, program, *words):
        process = start([program, "-c", self.folder / "ceph.conf", *words, "-f"], self.folder / "log" / f"{program}.out")
        self.stack.callback(stop, process)
        return process

    def make_keys(self):
        ring = self.folder / "keyring"
        for name, caps in CAPS.items():
            granted = [word for room, cap in caps.items() for word in ("--cap", room, cap)]
            made = [] if ring.exists() else ["--create-keyring"]
            self.run("ceph-authtool", ring, *made, "--gen-key", "-n", name, *granted)

    def start_monitor(self, mon_port):
        map_, ring = self.folder / "monmap", self.folder / "keyring"
        self.run("monmaptool", "--create", "--fsid", self.fsid, "--addv", "a", f"[v2:127.0.0.1:{mon_port}]", map_)
        self.run("ceph-mon", "-i", "a", "--mkfs", "--monmap", map_, "--keyring", ring)
        self.start("ceph-mon", "-i", "a")

    def start_disk(self):
        disk = str(uuid.uuid4())
        self.run("ceph", "osd", "new", disk)
        self.run("ceph", "auth", "import", "-i", self.folder / "keyring")
        self.run("ceph-osd", "-i", "0", "--mkfs", "--osd-uuid", disk)
        self.start("ceph-osd", "-i", "0")


def _await_answer(port, gateway, log):
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and gateway.poll() is None:
        try:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=1)
            connection.request("GET", "/")
            connection.getresponse()
            return
        except OSError:
            with suppress(subprocess.TimeoutExpired):
                gateway.wait(0.05)
    words = (log / "radosgw.out").read_text()[-2000:]
    raise RuntimeError(f"radosgw does not answer: {words}")
