"""Fails where macOS would compile what only Linux has.

Of every source under Packages/*/Sources and Apps those lines are looked at that macOS would compile: branches of `#if` that
are false there, as `os(Linux)`, `canImport(Glibc)` and `__linux__`, are not; a condition that says nothing of the system counts
as true. Names that Darwin's C library lacks, or has with another meaning, must not be among them, nor paths below /proc and
/sys in texts. Nothing is compiled: what is not in the list is not found.

    check_platforms.py                 every source
    check_platforms.py --guards        every guard, with what stands in its place on macOS
    check_platforms.py --self-test     sources with faults that must be found, and some without
"""

import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SWIFT = {".swift"}
C = {".c", ".h", ".inc", ".cpp", ".hpp"}

# What is true on macOS. Of anything else nothing is known.
ON_MACOS = {
    "os(Linux)": False, "os(macOS)": True, "canImport(Glibc)": False, "canImport(Musl)": False, "canImport(Darwin)": True,
    "canImport(FoundationNetworking)": False, "canImport(FoundationXML)": False,
    "__linux__": False, "__linux": False, "__GLIBC__": False, "__APPLE__": True,
    "defined(__linux__)": False, "defined(__linux)": False, "defined(__GLIBC__)": False, "defined(__APPLE__)": True,
}  # fmt: skip

# Words of Linux or glibc alone.
WORDS = """
  accept4 copy_file_range dup3 epoll_create epoll_create1 epoll_ctl epoll_wait eventfd fallocate fdatasync getrandom gettid
  inotify_init inotify_init1 memfd_create mremap pipe2 posix_fadvise posix_fallocate ppoll prctl process_vm_readv readahead
  recvmmsg renameat2 sendfile sendmmsg signalfd splice statx sync_file_range syscall timerfd_create vmsplice
  sched_getaffinity sched_setaffinity sched_getcpu pthread_getaffinity_np pthread_setaffinity_np cpu_set_t CPU_ALLOC
  CPU_ALLOC_SIZE CPU_COUNT CPU_COUNT_S CPU_FREE CPU_ISSET CPU_SET CPU_SETSIZE CPU_ZERO get_nprocs get_nprocs_conf getauxval
  malloc_trim malloc_usable_size mallinfo mallinfo2 mallopt memalign pvalloc
  clock_nanosleep pthread_barrier_init pthread_barrier_wait pthread_condattr_setclock pthread_mutex_timedlock
  pthread_spin_init pthread_spin_lock pthread_timedjoin_np pthread_tryjoin_np sem_getvalue sem_init sem_timedwait
  canonicalize_file_name error_at_line fopencookie get_current_dir_name mempcpy memrchr program_invocation_name
  program_invocation_short_name qsort_r rawmemchr secure_getenv strchrnul strverscmp sysinfo
  exp10 exp10f pow10 sincos sincosf
  creat64 fopen64 fseeko64 fstat64 lseek64 off64_t open64 pread64 pwrite64 stat64
  st_atim st_ctim st_mtim __sigaction_handler __rlimit_resource_t __rusage_who_t
  F_OFD_GETLK F_OFD_SETLK F_OFD_SETLKW F_SETPIPE_SZ MAP_HUGETLB MAP_LOCKED MAP_POPULATE MADV_DONTDUMP MADV_HUGEPAGE
  MADV_POPULATE_READ MSG_NOSIGNAL O_DIRECT O_LARGEFILE O_NOATIME O_PATH O_TMPFILE RENAME_NOREPLACE SOCK_CLOEXEC
  SOCK_NONBLOCK
  CLOCK_BOOTTIME CLOCK_MONOTONIC_COARSE CLOCK_REALTIME_COARSE _SC_AVPHYS_PAGES
  EBADE EBADFD EBADR ECHRNG ECOMM EHWPOISON EISNAM EKEYEXPIRED ELIBACC ELNRNG EMEDIUMTYPE ENOMEDIUM ENONET ENOTNAM ENOTUNIQ
  EREMCHG EREMOTEIO ERESTART ESTRPIPE EUCLEAN EUNATCH EXFULL
  target_clones ifunc
""".split()
# What is told only by how it is written: (what it looks like, what is wrong with it).
FORMS = [
    (re.compile(r"\bimport (?:Glibc|Musl|FoundationNetworking|FoundationXML)\b"), "a module that macOS has not"),
    (re.compile(r"\bdlsym\(\s*(?:nil|NULL|0)\b"), "on Darwin RTLD_DEFAULT is -2, not nil"),
    (re.compile(r"\bUInt(?:64)?\(\s*\w+(?:\.pointee)?\.st_dev\s*\)"), "on Darwin st_dev may be negative: truncatingIfNeeded"),
    (re.compile(r"\bpthread_setname_np\([^()]*,"), "on Darwin it takes a name alone"),
    (
        re.compile(r"#\s*include\s*<(?:linux/|malloc\.h|error\.h|endian\.h|byteswap\.h|features\.h|sys/(?:auxv|epoll|eventfd"
                   r"|inotify|prctl|random|sendfile|signalfd|statfs|sysinfo|timerfd|vfs)\.h)"),
        "a header that macOS has not",
    ),
]  # fmt: skip
PATHS = re.compile(r"/(?:proc|sys)/[\w/]+")
# Functions of texts alone, which every system may run: by the end of the file's path.
ALLOWED = {"CXRParallel/Threads/ProcessorCount.swift": ["/sys/fs/cgroup"]}

WORD = re.compile(rf"(?<!\w)(?:{'|'.join(WORDS)})(?!\w)")


def blank(text):
    return re.sub(r"[^\n]", " ", text)


def swift_views(source):
    """The source as code alone and as the insides of its texts alone, the rest blank; what is interpolated is code."""
    code, texts, open_, i = [], [], [], 0  # open: (end of a text, its escape), or the depth of parentheses within one
    opening = re.compile(r'(#*)("""|")')

    def put(length, as_code=False, as_text=False):
        nonlocal i
        part = source[i : i + length]
        code.append(part if as_code else blank(part))
        texts.append(part if as_text else blank(part))
        i += length

    def until(mark, start):
        found = source.find(mark, start)
        return len(source) if found < 0 else found + len(mark)

    while i < len(source):
        if open_ and isinstance(open_[-1], tuple):
            end, escape = open_[-1]
            if source.startswith(escape + "(", i):
                open_.append(1)
                put(len(escape) + 1)
            elif source.startswith(escape, i):
                put(len(escape) + 1, as_text=True)
            elif source.startswith(end, i):
                open_.pop()
                put(len(end))
            else:
                put(1, as_text=True)
        elif source.startswith("//", i):
            found = source.find("\n", i)
            put((len(source) if found < 0 else found) - i)
        elif source.startswith("/*", i):
            put(until("*/", i + 2) - i)
        elif match := opening.match(source, i):
            open_.append((match[2] + match[1], "\\" + match[1]))
            put(len(match[0]))
        else:
            if open_:
                open_[-1] += {"(": 1, ")": -1}.get(source[i], 0)
                if open_[-1] == 0:
                    open_.pop()
            put(1, as_code=True)
    return "".join(code), "".join(texts)


def c_views(source):
    """The same of C and C++. Names of headers in angles are code."""
    tokens = re.compile(r"//[^\n]*|/\*.*?\*/|(?<!\w)'(?:\\.|[^'\\\n])*'|\"(?:\\.|[^\"\\\n])*\"", re.S)
    code = tokens.sub(lambda match: blank(match[0]), source)
    texts, end = [], 0
    for match in tokens.finditer(source):
        texts += [blank(source[end : match.start()]), match[0] if match[0][0] == '"' else blank(match[0])]
        end = match.end()
    return code, "".join(texts) + blank(source[end:])


def holds(condition):
    """Whether a condition is true on macOS; None where that cannot be told."""
    tokens = re.findall(r"&&|\|\||!(?!=)|\w+\s*\([^()]*\)|\(|\)|\w+|[^\s\w]+", condition)
    place = 0

    def peek():
        return tokens[place] if place < len(tokens) else ""

    def take():
        nonlocal place
        place += 1
        return tokens[place - 1] if place <= len(tokens) else ""

    def atom():
        token = take()
        if token == "!":
            value = atom()
            return None if value is None else not value
        if token == "(":
            value = either()
            take()
        else:
            if token == "defined":
                token = f"defined({take()})"
            value = ON_MACOS.get(re.sub(r"\s", "", token))
        if peek() not in ("", "&&", "||", ")"):  # A comparison, as of a version.
            while peek() not in ("", "&&", "||", ")"):
                take()
            value = None if value is not False else False
        return value

    def both():
        value = atom()
        while peek() == "&&":
            take()
            other = atom()
            value = False if False in (value, other) else None if None in (value, other) else True
        return value

    def either():
        value = both()
        while peek() == "||":
            take()
            other = both()
            value = True if True in (value, other) else None if None in (value, other) else False
        return value

    return either()


class Chain:
    """An #if with its branches."""

    def __init__(self, line, condition):
        self.line, self.condition = line, condition
        self.decided = False  # Whether a branch before is surely the one on macOS.
        self.enter(holds(condition))
        self.tells = holds(condition) is not None
        self.seen, self.imports = self.applies, set()

    def enter(self, value):
        self.applies = not self.decided and value is not False
        self.decided = self.decided or value is True
        self.seen = getattr(self, "seen", False) or self.applies


def faults(source, is_swift, allowed=(), used=None, guards=None):
    """[(line, what)]: what macOS would compile, and must not."""
    code, texts = (swift_views if is_swift else c_views)(source)
    code_lines, text_lines = code.split("\n"), texts.split("\n")
    found, chains, i = [], [], 0
    while i < len(code_lines):
        number, line = i + 1, code_lines[i]
        while line.endswith("\\") and line.lstrip().startswith("#") and i + 1 < len(code_lines):
            i += 1
            line = line[:-1] + code_lines[i]
        directive = re.match(r"\s*#\s*(if|ifdef|ifndef|elseif|elif|else|endif)\b(.*)", line)
        if directive:
            kind, condition = directive[1], directive[2].strip()
            if kind in ("if", "ifdef", "ifndef"):
                condition = {"ifdef": f"defined({condition})", "ifndef": f"!defined({condition})"}.get(kind, condition)
                chains.append(Chain(number, condition))
            elif chains and kind in ("elseif", "elif"):
                chains[-1].enter(holds(condition))
            elif chains and kind == "else":
                chains[-1].enter(True)
            elif chains:
                chain = chains.pop()
                if "Glibc" in chain.imports and "Darwin" not in chain.imports:
                    found.append((chain.line, "import Glibc has no branch with import Darwin"))
                if chain.tells and guards is not None:
                    guards.append((chain.line, chain.condition, "a branch" if chain.seen else "nothing"))
            i += 1
            continue
        for name in re.findall(r"\bimport (Glibc|Darwin)\b", line) if chains else ():
            chains[-1].imports.add(name)
        if all(chain.applies for chain in chains):
            words = () if re.match(r"\s*#\s*include\b", line) else WORD.findall(line)
            found += [(number, f"{word} is Linux's alone") for word in words]
            found += [(number, f"{match[0].strip()}: {why}") for form, why in FORMS if (match := form.search(line))]
            text = text_lines[i]
            for fine in allowed:
                if fine in text:
                    used.add(fine)
                    text = text.replace(fine, "")
            found += [(number, f"{path} is there on Linux alone") for path in PATHS.findall(text)]
        i += 1
    return found


def self_test():
    swift = r'''
    import Glibc
    #if canImport(Glibc)
      import Glibc
    #elseif canImport(Musl)
      import Musl
    #endif
    #if canImport(Glibc)
      import Glibc
    #elseif canImport(Darwin)
      import Darwin
    #endif
    #if os(Linux)
      posix_fadvise(file, 0, 0, 0)
    #else
      fallocate(file)
    #endif
    #if !os(Linux) && DEBUG
      let a = status.st_mtim // st_mtim
    #elseif os(Linux)
      let b = status.st_mtim
    #endif
    #if canImport(Darwin)
      let c = status.st_mtimespec
    #else
      let d = status.st_mtim
    #endif
    let e = "posix_fadvise \(fdatasync(3)) /proc/self" + #"\(prctl) /sys/fs/cgroup"# /* epoll_wait */
    let f = """
      /proc/meminfo
      """
    let g = dlsym(nil, "x"), h = dlsym(everywhere, "y"), k = UInt64(status.st_dev), l = my_prctl
    let m = sysconf(Int32(_SC_NPROCESSORS_ONLN))
    '''
    used = set()
    lines = [line for line, _ in faults(swift, True, ["/sys/fs/cgroup"], used)]
    assert sorted(lines) == [2, 3, 16, 19, 28, 28, 30, 32, 32], lines
    assert used == {"/sys/fs/cgroup"}, used
    c = r"""
    #include <sys/prctl.h>
    #if defined(__linux__) && \
        !__has_feature(address_sanitizer)
    #include <linux/fs.h>
    #define CLONES __attribute__((target_clones("default")))
    #elif VERSION >= 2
    #define CLONES __attribute__((ifunc))
    #else
    #define CLONES
    #endif
    #ifdef __linux__
    sched_getaffinity(0, 1, 0);
    #endif
    #ifndef __APPLE__
    pthread_setname_np(thread, "a");
    #else
    pthread_setname_np("a");
    #endif
    #if defined __GLIBC__ || VERSION > 3
    pthread_setname_np(thread, "b"); // fdatasync
    #endif
    char q = '"'; open("/proc/self/maps"); /* "/proc/x" */
    """
    guards = []
    lines = [line for line, _ in faults(c, False, guards=guards)]
    assert lines == [2, 8, 21, 23], lines
    assert [(line, there) for line, _, there in guards] == [(3, "a branch"), (12, "nothing"), (15, "a branch")], guards
    for condition, truth in [
        ("os(Linux)", False), ("!os(Linux)", True), ("os(Linux) || os(macOS)", True), ("DEBUG", None),
        ("DEBUG && os(Linux)", False), ("!(os(Linux) && DEBUG)", True), ("__GLIBC__ > 2", False), ("A > 2 || __APPLE__", True),
    ]:  # fmt: skip
        assert holds(condition) is truth, (condition, holds(condition))
    print("platforms: self test passed")


def main():
    if "--self-test" in sys.argv:
        return self_test()
    problems, count, needed, guarded = [], 0, set(), 0
    for path in sorted([*(ROOT / "Packages").glob("*/Sources/**/*"), *(ROOT / "Apps").rglob("*")]):
        if path.suffix not in SWIFT | C or not path.is_file():
            continue
        count += 1
        name = path.relative_to(ROOT).as_posix()
        allowed = [text for end, texts in ALLOWED.items() if name.endswith("/" + end) for text in texts]
        guards = []
        found = faults(path.read_text(), path.suffix in SWIFT, allowed, needed, guards)
        problems += [f"{name}:{line}: {what}; guard it, with a branch for macOS" for line, what in found]
        guarded += len(guards)
        if "--guards" in sys.argv:
            for line, condition, there in guards:
                print(f"{name}:{line}: {condition}: {there} on macOS")
    for end, texts in ALLOWED.items():
        problems += [f"{end}: no longer says {text}; take it from the list" for text in texts if text not in needed]
    for problem in problems:
        print("platforms:", problem, file=sys.stderr)
    print(f"platforms: {count} sources, {guarded} guards, {len(problems)} problems")
    sys.exit(1 if problems else 0)


main()
