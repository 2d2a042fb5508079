"""The settings of the embedded PostgreSQL: safe first, then sized for a laptop that does other things too."""

import os
from pathlib import Path

MIB = 1024 * 1024


def total_memory() -> int:
    """Bytes of memory of this machine."""
    return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")


def render(
    *, socket_folder: Path, log_folder: Path, local_file: Path, tcp_port: int | None, memory: int
) -> str:
    """Text of postgresql.conf.

    Args:
        socket_folder: where the Unix socket is; its path needs no quoting.
        log_folder: where the logs of a week go.
        local_file: a file of the operator's own settings, read last; it need not exist.
        tcp_port: also listen there on the loopback address; None for the socket alone.
        memory: bytes of memory of the machine.
    """
    shared = min(512 * MIB, max(32 * MIB, memory // 16)) // MIB
    settings = {
        "listen_addresses": "127.0.0.1" if tcp_port else "",
        "port": str(tcp_port or 5432),
        "unix_socket_directories": str(socket_folder),
        "unix_socket_permissions": "0700",
        "max_connections": "100",
        "password_encryption": "scram-sha-256",
        # What was acknowledged to a device survives a power cut.
        "fsync": "on",
        "synchronous_commit": "on",
        "full_page_writes": "on",
        "wal_compression": "on",
        "max_wal_size": "2GB",
        "checkpoint_timeout": "15min",
        # What an archive that is away has not got yet; past it the archive has a gap, and the house goes on.
        "max_slot_wal_keep_size": "8GB",
        "shared_buffers": f"{shared}MB",
        "effective_cache_size": f"{max(128, memory // 2 // MIB)}MB",
        "work_mem": "16MB",
        "maintenance_work_mem": "128MB",
        # Many short statements: compiling them costs more than it saves.
        "jit": "off",
        "random_page_cost": "1.1",
        "track_io_timing": "on",
        "timezone": "UTC",
        "log_timezone": "UTC",
        "lc_messages": "C",
        "logging_collector": "on",
        "log_directory": str(log_folder),
        "log_filename": "postgresql-%a.log",
        "log_truncate_on_rotation": "on",
        "log_rotation_age": "1d",
        "log_rotation_size": "0",
        "log_line_prefix": "%m [%p] %a ",
        "log_min_duration_statement": "2s",
        # The details of an error hold the values of the row: personal data has no place in a log.
        "log_error_verbosity": "terse",
        "log_parameter_max_length": "0",
        "log_parameter_max_length_on_error": "0",
    }
    lines = [f"{name} = {quote(value)}" for name, value in settings.items()]
    lines.append(f"include_if_exists {quote(str(local_file))}")
    return (
        "# Written by nowalls at every start; your own settings go into local.conf.\n"
        + "\n".join(lines)
        + "\n"
    )


def quote(value: str) -> str:
    """`value` as a string of postgresql.conf."""
    return "'" + value.replace("\\", "\\\\").replace("'", "''") + "'"
