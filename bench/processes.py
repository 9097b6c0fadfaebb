"""What the processes of the stack use, read from /proc."""

from __future__ import annotations

import os
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

_TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Process:
    pid: int
    parent: int
    command: str
    cpu: float  # seconds, user and system, with children it has waited for
    peak_mb: float


def all_processes() -> dict[int, Process]:
    """Every process this user may read."""
    found: dict[int, Process] = {}
    for folder in Path("/proc").iterdir():
        if not folder.name.isdigit():
            continue
        try:
            stat = (folder / "stat").read_text()
            command = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
            status = (folder / "status").read_text()
        except OSError:
            continue
        fields = stat.rsplit(")", 1)[1].split()
        peak = next((line.split()[1] for line in status.splitlines() if line.startswith("VmHWM")), "0")
        cpu = sum(int(field) for field in fields[11:15]) / _TICKS
        found[int(folder.name)] = Process(int(folder.name), int(fields[1]), command, cpu, int(peak) / 1024)
    return found


def below(root: int) -> list[Process]:
    """The process and all that it started, directly or not."""
    everything = all_processes()
    family = {root}
    while True:
        more = {p.pid for p in everything.values() if p.parent in family} - family
        if not more:
            return [everything[pid] for pid in family if pid in everything]
        family |= more


def cpu_of(root: int) -> float:
    """CPU seconds of the whole family so far: web, worker, PostgreSQL, Valkey."""
    return sum(process.cpu for process in below(root))


def cpu_in(root: int, words: Collection[str]) -> float:
    """CPU seconds so far of those of the family whose command holds one of the words."""
    return sum(p.cpu for p in below(root) if any(word in p.command for word in words))


def reset_peaks(root: int, word: str) -> None:
    """Peak memory of these processes counts from now on."""
    for process in below(root):
        if word in process.command:
            Path(f"/proc/{process.pid}/clear_refs").write_text("5")


def peak_of(root: int, word: str) -> float:
    """Largest peak memory, in MB, of a process of the family whose command holds `word`."""
    return max((process.peak_mb for process in below(root) if word in process.command), default=0.0)
