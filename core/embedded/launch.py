"""Becomes another program that dies with its parent.

Run as `python -I -S launch.py PARENT SIGNAL UID GID PROGRAM ...`; UID is -1 to stay who we are.

A launcher and not `preexec_fn`, because code between fork and exec is unsafe in a process with threads. It
stands alone (no import from nowalls) so that it starts in some 15 ms and runs from any folder.
"""

import ctypes
import os
import sys

PR_SET_PDEATHSIG = 1


def main(argv: list[str]) -> None:
    """Drop privileges, ask the kernel for a signal at the parent's death, and become the program."""
    parent, signal, uid, gid = (int(word) for word in argv[:4])
    os.umask(0o077)
    if uid >= 0:
        os.setgroups([])
        os.setgid(gid)
        os.setuid(uid)
    # After setuid: a change of user clears the setting. Other systems have no such call; there the next
    # start finds what was left over.
    if sys.platform == "linux":
        libc = ctypes.CDLL(None, use_errno=True)
        if libc.prctl(PR_SET_PDEATHSIG, signal, 0, 0, 0):
            raise OSError(ctypes.get_errno(), "prctl(PR_SET_PDEATHSIG) failed")
    # The parent may have died before we asked.
    if os.getppid() != parent:
        sys.exit(1)
    os.execv(argv[4], argv[4:])


if __name__ == "__main__":
    main(sys.argv[1:])
