"""seccomp (Linux 3.5): system calls that no parser needs answer "not permitted" for ever after."""

import ctypes
import errno
import platform
import struct
from typing import Any, Final

_PR_SET_SECCOMP, _FILTER = 22, 2
_LOAD, _JUMP_EQUAL, _JUMP_FROM, _JUMP_BITS, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
_ALLOW, _REFUSE, _KILL = 0x7FFF0000, 0x00050000, 0x80000000
_NUMBER, _ARCHITECTURE, _FIRST_ARGUMENT = 0, 4, 16
_CLONE_THREAD = 0x00010000
_X32 = 0x40000000

_REFUSED: Final = {
    "socket": (41, 198), "socketpair": (53, 199), "connect": (42, 203), "accept": (43, 202),
    "accept4": (288, 242), "bind": (49, 200), "listen": (50, 201), "sendto": (44, 206),
    "recvfrom": (45, 207), "sendmsg": (46, 211), "recvmsg": (47, 212), "execve": (59, 221),
    "execveat": (322, 281), "fork": (57, None), "vfork": (58, None), "ptrace": (101, 117),
    "process_vm_readv": (310, 270), "process_vm_writev": (311, 271), "kill": (62, 129), "mount": (165, 40),
    "umount2": (166, 39), "pivot_root": (155, 41), "chroot": (161, 51), "setns": (308, 268),
    "unshare": (272, 97), "bpf": (321, 280), "perf_event_open": (298, 241), "userfaultfd": (323, 282),
    "keyctl": (250, 219), "add_key": (248, 217), "request_key": (249, 218), "init_module": (175, 105),
    "finit_module": (313, 273), "delete_module": (176, 106), "kexec_load": (246, 104),
    "open_by_handle_at": (304, 265), "io_uring_setup": (425, 425), "io_uring_enter": (426, 426),
    "io_uring_register": (427, 427), "pidfd_open": (434, 434), "pidfd_getfd": (438, 438),
    "pidfd_send_signal": (424, 424), "reboot": (169, 142), "swapon": (167, 224), "swapoff": (168, 225),
    "sethostname": (170, 161),
}  # fmt: skip
"""Their numbers on x86_64 and on aarch64 (asm/unistd.h)."""

_MACHINES: Final = {
    "x86_64": (0xC000003E, 0, 56),
    "aarch64": (0xC00000B7, 1, 220),
}
"""AUDIT_ARCH (linux/audit.h), the place in the table, and the number of clone."""

_CLONE3: Final = 435


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("instructions", ctypes.c_char_p))


def install(libc: Any) -> bool:
    """Whether the filter is in force. Needs PR_SET_NO_NEW_PRIVS; holds for this thread and all it starts."""
    machine = _MACHINES.get(platform.machine())
    if machine is None:
        return False
    code = _code(*machine)
    program = _Program(len(code) // 8, code)
    return bool(libc.prctl(_PR_SET_SECCOMP, _FILTER, ctypes.byref(program), 0, 0) == 0)


def _code(architecture: int, place: int, clone: int) -> bytes:
    """Classic BPF over `struct seccomp_data`. clone may start threads only; clone3, whose flags a filter cannot
    see, is said to be unknown, so that the C library falls back to clone."""
    code = [
        _do(_LOAD, _ARCHITECTURE), _do(_JUMP_EQUAL, architecture, 1, 0), _do(_RETURN, _KILL),
        _do(_LOAD, _NUMBER), _do(_JUMP_FROM, _X32, 0, 1), _do(_RETURN, _REFUSE | errno.EPERM),
        _do(_JUMP_EQUAL, _CLONE3, 0, 1), _do(_RETURN, _REFUSE | errno.ENOSYS),
    ]  # fmt: skip
    for number in (numbers[place] for numbers in _REFUSED.values()):
        if number is not None:
            code += [_do(_JUMP_EQUAL, number, 0, 1), _do(_RETURN, _REFUSE | errno.EPERM)]
    code += [
        _do(_JUMP_EQUAL, clone, 0, 3), _do(_LOAD, _FIRST_ARGUMENT), _do(_JUMP_BITS, _CLONE_THREAD, 1, 0),
        _do(_RETURN, _REFUSE | errno.EPERM), _do(_RETURN, _ALLOW),
    ]  # fmt: skip
    return b"".join(code)


def _do(what: int, value: int, if_true: int = 0, if_false: int = 0) -> bytes:
    return struct.pack("=HBBI", what, if_true, if_false, value)
