"""Real PostgreSQL, Redis and Chromium for tests and benches.

Each server runs on a free loopback port in a temporary folder and is gone when its context ends,
when the process ends, and even when the process is killed: a guard outside it waits for that.

    python -m tools.services pg          start one, print its address, run until Ctrl-C
    python -m tools.services redis
    python -m tools.services chromium    print where the browser is
    python -m tools.services install     install what is missing (Debian, Ubuntu; as root)
"""

import contextlib
import os
import pwd
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from pathlib import Path

OLDEST_POSTGRES = 15
PATIENCE = 30.0  # seconds a server may take to answer
TRIES = 5  # another program may take the free port first
OWNER = "tramoi"

PACKAGES = {"postgres": "postgresql", "redis-server": "redis-server", "chromium": "chromium"}
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")

# Waits until its standard input closes, which happens however the parent ends; then cleans up.
GUARD = """
cat >/dev/null
for pid in $(cat "$1/pids" 2>/dev/null); do kill -QUIT "$pid" 2>/dev/null; done
rm -rf "$1"
"""


class ServiceMissing(Exception):
    """A program that the tests need is not on this machine and could not be installed."""


class ServiceFailed(Exception):
    """A server did not start; the message ends with what it wrote."""


def find(program: str) -> Path | None:
    """Where a program of `PACKAGES` is, or None."""
    return {"postgres": _find_postgres, "chromium": _find_browser}.get(program, _find_redis)()


def need(program: str) -> Path:
    """Where the program is; whatever of `PACKAGES` is missing is installed first if it is.

    Raises:
        ServiceMissing: it is missing and this is no machine where it can be installed.
    """
    if find(program) is None:
        install_missing()
    path = find(program)
    if path is None:
        raise ServiceMissing(_please_install([PACKAGES[program]]))
    return path


def install_missing() -> None:
    """Install what is missing of `PACKAGES`, all at once.

    Raises:
        ServiceMissing: this is no machine where we can install anything.
    """
    missing = [PACKAGES[program] for program in PACKAGES if find(program) is None]
    if missing:
        _install(missing)


def _find_postgres() -> Path | None:
    """The newest server that is new enough; clients that we need lie beside the real file."""
    on_path = shutil.which("postgres")
    places = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"), reverse=True)
    candidates = ([Path(on_path).resolve()] if on_path else []) + places
    return next((path for path in candidates if _postgres_version(path) >= OLDEST_POSTGRES), None)


def _postgres_version(postgres: Path) -> int:
    answer = subprocess.run([postgres, "--version"], capture_output=True, text=True, check=False)
    number = re.search(r"\d+", answer.stdout)
    return int(number[0]) if number and postgres.with_name("initdb").exists() else 0


def _find_redis() -> Path | None:
    path = shutil.which("redis-server") or shutil.which("valkey-server")
    return Path(path) if path else None


def _find_browser() -> Path | None:
    paths = [shutil.which(name) for name in BROWSERS]
    return next((Path(path) for path in paths if path), None)


def _install(packages: Sequence[str]) -> None:
    apt = shutil.which("apt-get")
    if apt is None or os.geteuid() != 0:
        raise ServiceMissing(_please_install(packages))
    print(f"Installing {', '.join(packages)} …", file=sys.stderr)
    _apt(apt, "update")
    _apt(apt, "install", "--yes", "--no-install-recommends", *packages)


def _apt(apt: str, *words: str) -> None:
    """Run apt-get; it waits for another one, and what it says goes to the error output."""
    outcome = subprocess.run(
        [apt, "-q", "-o", "DPkg::Lock::Timeout=300", *words],
        env={**os.environ, "DEBIAN_FRONTEND": "noninteractive"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if outcome.returncode:
        # A service that cannot start by itself here is no harm: only the programs are needed,
        # and whoever called looks whether they are there.
        print(outcome.stdout[-2000:], file=sys.stderr)


def _please_install(packages: Sequence[str]) -> str:
    return (
        f"The tests need {', '.join(packages)} (PostgreSQL {OLDEST_POSTGRES} or newer). "
        f"On Debian or Ubuntu: sudo apt-get install {' '.join(packages)}. "
        "Elsewhere install them so that `postgres`, `redis-server` and `chromium` are on PATH."
    )


def free_port() -> int:
    """A loopback port that nobody listens on at this moment."""
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        port: int = door.getsockname()[1]
        return port


class Folder:
    """A temporary folder that does not outlive this process, nor do the servers in it."""

    def __init__(self, name: str, owner: str | None) -> None:
        # Root's own temporary folder may be closed to the user that PostgreSQL runs under.
        self.path = Path(tempfile.mkdtemp(prefix=f"tramoi-{name}-", dir="/tmp" if owner else None))  # noqa: S108
        if owner:
            shutil.chown(self.path, owner)
        self._guard = subprocess.Popen(
            ["/bin/sh", "-c", GUARD, "guard", self.path],
            stdin=subprocess.PIPE,
            start_new_session=True,
        )

    def remember(self, *pids: int) -> None:
        """Note the processes that must not stay when we are gone."""
        self.path.joinpath("pids").write_text(" ".join(map(str, pids)), encoding="utf-8")

    def close(self) -> None:
        """Let the guard clean up, and wait for it."""
        self._guard.communicate()


class Server(ABC):
    """One server process of ours: its folder, its port, and the life of its process."""

    def __init__(self, name: str, owner: str | None = None) -> None:
        self.folder = Folder(name, owner)
        self.port = free_port()
        self._owner = owner
        self._group = pwd.getpwnam(owner).pw_gid if owner else None
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def running(self) -> bool:
        """Whether the process lives."""
        return self._process is not None and self._process.poll() is None

    def open(self) -> None:
        """Start for the first time; on another port if someone was quicker to take ours."""
        for _ in range(TRIES - 1):
            try:
                return self.start()
            except ServiceFailed:
                self.port = free_port()
        return self.start()

    def start(self) -> None:
        """Start on our port and return when it answers; nothing if it runs already.

        Raises:
            ServiceFailed: it ended by itself or did not answer in `PATIENCE` seconds.
        """
        if self.running:
            return
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                self._command(),
                cwd=self.folder.path,
                user=self._owner,
                group=self._group,
                extra_groups=[] if self._owner else None,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self.folder.remember(self._process.pid)
        self._wait_until_ready()

    def stop(self) -> None:
        """Stop in good order and wait for it; nothing if it is stopped already."""
        self._end(signal.SIGINT)

    def kill(self) -> None:
        """End it as a power cut would: at once, with all the processes it started."""
        if self._process is not None:
            children = _children(self._process.pid)
            self._end(signal.SIGKILL)
            for pid in children:
                _kill(pid)

    def close(self) -> None:
        """Stop it and remove its folder."""
        self.stop()
        self.folder.close()

    def _end(self, how: signal.Signals) -> None:
        if self._process is not None:
            self._process.send_signal(how)
            self._process.wait(PATIENCE)
            self._process = None
            self.folder.remember()

    def _wait_until_ready(self) -> None:
        deadline = time.monotonic() + PATIENCE
        while not self._answers():
            if not self.running or time.monotonic() > deadline:
                self.kill()
                raise ServiceFailed(f"{type(self).__name__} did not start: {self._last_words()}")
            time.sleep(0.02)

    @property
    def _log(self) -> Path:
        return self.folder.path / "log"

    def _last_words(self) -> str:
        return self._log.read_text(encoding="utf-8", errors="replace")[-1500:]

    @abstractmethod
    def _command(self) -> list[str | Path]:
        """What to run."""

    @abstractmethod
    def _answers(self) -> bool:
        """Whether it can be used by now."""


class PostgresServer(Server):
    """A PostgreSQL of our own."""

    def __init__(self, postgres: Path, *, durable: bool = False) -> None:
        super().__init__("pg", _unprivileged())
        self._postgres = postgres
        self._durable = durable
        self._databases = 0
        words = "--no-sync --no-instructions --auth=trust --encoding=UTF8 --locale=C"
        self._client("initdb", f"--pgdata={self._data}", f"--username={OWNER}", *words.split())

    @property
    def url(self) -> str:
        """Where its first, empty database is: `postgresql://…`."""
        return self.url_of("postgres")

    def url_of(self, database: str) -> str:
        """Where one of its databases is."""
        return f"postgresql://{OWNER}@127.0.0.1:{self.port}/{database}"

    def create_database(self, template: str = "template1") -> str:
        """Make a fresh copy of the template, to which nobody may be connected; returns its URL."""
        self._databases += 1
        name = f"t{self._databases}"
        self._client("createdb", *self._address(), f"--template={template}", name)
        return self.url_of(name)

    @property
    def _data(self) -> Path:
        return self.folder.path / "data"

    def _address(self) -> list[str]:
        return ["--host=127.0.0.1", f"--port={self.port}", f"--username={OWNER}"]

    def _command(self) -> list[str | Path]:
        settings = {
            "listen_addresses": "127.0.0.1",
            "unix_socket_directories": "",
            "fsync": "on" if self._durable else "off",
            "full_page_writes": "on" if self._durable else "off",
            "max_connections": "200",
            "timezone": "UTC",
        }
        words = [f"--{name}={value}" for name, value in settings.items()]
        return [self._postgres, "-D", self._data, "-p", str(self.port), *words]

    def _answers(self) -> bool:
        ready = [str(self._postgres.with_name("pg_isready")), "-q", *self._address()]
        return subprocess.run(ready, check=False).returncode == 0

    def _client(self, program: str, *words: str) -> None:
        """Run one of the programs that come with the server.

        Raises:
            ServiceFailed: it refused; with its words.
        """
        outcome = subprocess.run(
            [self._postgres.with_name(program), *words],
            cwd=self.folder.path,
            user=self._owner,
            group=self._group,
            extra_groups=[] if self._owner else None,
            capture_output=True,
            text=True,
            check=False,
        )
        if outcome.returncode:
            raise ServiceFailed(f"{program}: {outcome.stderr}")


class RedisServer(Server):
    """A Redis of our own that keeps nothing."""

    def __init__(self, redis_server: Path) -> None:
        super().__init__("redis")
        self._redis_server = redis_server

    @property
    def url(self) -> str:
        """Where it is: `redis://…`."""
        return f"redis://127.0.0.1:{self.port}/0"

    def _command(self) -> list[str | Path]:
        words = f"--port {self.port} --bind 127.0.0.1 --appendonly no --save".split()
        return [self._redis_server, *words, "", "--dir", self.folder.path]

    def _answers(self) -> bool:
        try:
            with socket.create_connection(("127.0.0.1", self.port), timeout=1) as line:
                line.sendall(b"PING\r\n")
                return line.recv(16).startswith(b"+PONG")
        except OSError:
            return False


@contextlib.contextmanager
def postgres(*, durable: bool = False) -> Iterator[PostgresServer]:
    """Give a running PostgreSQL; `durable` makes it write to the disk as in earnest (benches)."""
    with contextlib.closing(PostgresServer(need("postgres"), durable=durable)) as server:
        server.open()
        yield server


@contextlib.contextmanager
def redis() -> Iterator[RedisServer]:
    """Give a running Redis."""
    with contextlib.closing(RedisServer(need("redis-server"))) as server:
        server.open()
        yield server


def chromium_path() -> str:
    """Where the browser is."""
    return str(need("chromium"))


def _unprivileged() -> str | None:
    """Whom PostgreSQL runs under: root may not, so its own user, or nobody."""
    if os.geteuid() != 0:
        return None
    names = {entry.pw_name for entry in pwd.getpwall()}
    return "postgres" if "postgres" in names else "nobody"


def _children(pid: int) -> list[int]:
    listing = Path(f"/proc/{pid}/task/{pid}/children")
    return [int(child) for child in listing.read_text().split()] if listing.exists() else []


def _kill(pid: int) -> None:
    """Kill a process that is not our own child, and wait until it holds nothing any more."""
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)
    while _lives(pid):
        time.sleep(0.005)


def _lives(pid: int) -> bool:
    try:
        return ") Z " not in Path(f"/proc/{pid}/stat").read_text(encoding="utf-8")
    except OSError:
        return False


def _run_until_interrupted(server: PostgresServer | RedisServer) -> None:
    print(server.url, flush=True)
    with contextlib.suppress(KeyboardInterrupt):
        signal.pause()


def main(words: list[str]) -> int:
    """Do what the command line asks; see the module's docstring."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        return _do(words)
    except (ServiceMissing, ServiceFailed) as problem:
        print(problem, file=sys.stderr)
        return 1


def _do(words: list[str]) -> int:
    match words:
        case ["pg"]:
            with postgres() as server:
                _run_until_interrupted(server)
        case ["redis"]:
            with redis() as server:
                _run_until_interrupted(server)
        case ["chromium"]:
            print(chromium_path())
        case ["install"]:
            install_missing()
        case _:
            print(__doc__)
            return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
