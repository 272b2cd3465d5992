"""Watching from outside what processes of ours give to the system: `strace`, read back."""

import os
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tests.support import oracle, skip_without

CALLS: Final = (
    "write,pwrite64,writev,pwritev,pwritev2,sendto,sendmsg,sendmmsg,sendfile,splice,vmsplice,"
    "copy_file_range,open,openat,openat2,creat,mkdir,mkdirat,mknod,mknodat,rename,renameat,"
    "renameat2,link,linkat,symlink,symlinkat,memfd_create,setxattr,fsetxattr,lsetxattr,"
    "prctl,socket,connect,bind,execve,execveat"
)
_LINE: Final = re.compile(rb"^(\d+) +(\w+)\((.*)$", re.DOTALL)
_HEX: Final = re.compile(rb"(?:\\x[0-9a-f]{2})+")
_DESCRIPTOR: Final = re.compile(rb"^(\d+)<([^>]*)>")
_FAMILY: Final = re.compile(rb"^(?:AF|PF)_(\w+)")
_TEXT: Final = re.compile(rb'"((?:\\x[0-9a-f]{2})*)"')
_IS_WRITING: Final = re.compile(rb"O_(?:WRONLY|RDWR|CREAT|TRUNC|APPEND)")


def root_only() -> None:
    """Processes of ours are protected: only root may look into them."""
    if os.geteuid() != 0:
        skip_without("root, who alone may look into a protected process,")


def prefix(trace: Path) -> list[str]:
    """What stands before a command to have it and all its children watched."""
    root_only()
    watcher = [oracle("strace"), "-f", "-q", "-y", "-v", "-xx", "-s", "100000000"]
    # Not every processor has every call.
    wanted = ",".join(f"?{call}" for call in CALLS.split(","))
    return [*watcher, "-e", f"trace={wanted}", "-e", "signal=none", "-o", str(trace), "--"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One call of the system: what was given to it."""

    pid: int
    name: str
    arguments: bytes
    """As strace prints them, in hexadecimal escapes."""

    @property
    def descriptor(self) -> tuple[int, str]:
        """The first argument as an open file: its number and what it is."""
        match = _DESCRIPTOR.match(self.arguments)
        return (int(match[1]), _plain(match[2]).decode("utf-8", "replace")) if match else (-1, "")

    @property
    def given(self) -> bytes:
        """All texts and bytes that were given, joined as the system joins them."""
        return b"".join(_plain(text) for text in _TEXT.findall(self.arguments))

    @property
    def is_leaving(self) -> bool:
        """Whether what is given is written, sent, or becomes a name somewhere."""
        if self.name in ("open", "openat", "openat2"):
            return _IS_WRITING.search(self.arguments) is not None
        return self.name not in ("socket", "connect", "bind", "execve", "execveat")

    @property
    def family(self) -> str:
        """Of `socket`: the family of addresses."""
        match = _FAMILY.match(self.arguments)
        return match[1].decode() if match else self.arguments.decode("ascii", "replace")


def calls(trace: Path) -> Iterator[Call]:
    """Every call in a trace, those that were interrupted by another thread put together."""
    pending: dict[bytes, bytes] = {}
    with trace.open("rb") as lines:
        for line in lines:
            pid, _space, rest = line.partition(b" ")
            rest = rest.lstrip()
            if rest.rstrip().endswith(b"<unfinished ...>"):
                pending[pid] = rest.rstrip().removesuffix(b"<unfinished ...>")
                continue
            if rest.startswith(b"<... "):
                rest = pending.pop(pid, b"") + rest.partition(b"resumed>")[2]
            if match := _LINE.match(pid + b" " + rest):
                yield Call(pid=int(match[1]), name=match[2].decode(), arguments=match[3])
    # A process that ends in the middle of a call has given what it gave all the same.
    for pid, rest in pending.items():
        if match := _LINE.match(pid + b" " + rest):
            yield Call(pid=int(match[1]), name=match[2].decode(), arguments=match[3])


def foreign_sockets(traces: Iterable[Path]) -> set[str]:
    """Families of the sockets that are not of this machine alone."""
    made = {call.family for trace in traces for call in calls(trace) if call.name == "socket"}
    return made - {"UNIX", "LOCAL"}


def _plain(escaped: bytes) -> bytes:
    return _HEX.sub(lambda match: bytes.fromhex(match[0].replace(b"\\x", b"").decode()), escaped)
