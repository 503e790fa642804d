import { builtinModules } from "node:module";

const words = (text: string) => text.trim().split(/\s+/);

/** What a model lists as a package although Node.js, the browser or the language already has it. */
export const ofJavascript: ReadonlySet<string> = new Set([
  ...builtinModules,
  ...words("node nodejs node.js npm javascript html html5 css css3 dom browser canvas localstorage none standard"),
]);

/** The modules that come with Python 3, and words that stand for none. */
export const ofPython: ReadonlySet<string> = new Set(
  words(`
    python python3 pip none standard
    abc aifc antigravity argparse array ast asynchat asyncio asyncore atexit audioop base64 bdb binascii bisect
    builtins bz2 cprofile calendar cgi cgitb chunk cmath cmd code codecs codeop collections colorsys compileall
    concurrent configparser contextlib contextvars copy copyreg crypt csv ctypes curses dataclasses datetime dbm
    decimal difflib dis distutils doctest email encodings ensurepip enum errno faulthandler fcntl filecmp
    fileinput fnmatch fractions ftplib functools gc genericpath getopt getpass gettext glob graphlib grp gzip
    hashlib heapq hmac html http idlelib imaplib imghdr imp importlib inspect io ipaddress itertools json keyword
    lib2to3 linecache locale logging lzma mailbox mailcap marshal math mimetypes mmap modulefinder msilib msvcrt
    multiprocessing netrc nis nntplib nt ntpath nturl2path numbers opcode operator optparse os ossaudiodev pathlib
    pdb pickle pickletools pipes pkgutil platform plistlib poplib posix posixpath pprint profile pstats pty pwd
    py_compile pyclbr pydoc pydoc_data pyexpat queue quopri random re readline reprlib resource rlcompleter runpy
    sched secrets select selectors shelve shlex shutil signal site smtpd smtplib sndhdr socket socketserver spwd
    sqlite3 sre_compile sre_constants sre_parse ssl stat statistics string stringprep struct subprocess sunau
    symtable sys sysconfig syslog tabnanny tarfile telnetlib tempfile termios textwrap this threading time timeit
    tkinter token tokenize tomllib trace traceback tracemalloc tty turtle turtledemo types typing unicodedata
    unittest urllib uu uuid venv warnings wave weakref webbrowser winreg winsound wsgiref xdrlib xml xmlrpc zipapp
    zipfile zipimport zlib zoneinfo
  `),
);

/** Libraries that come with Ruby and have gems of the same name. */
export const ofRuby: ReadonlySet<string> = new Set(
  words(`
    ruby bundler none standard benchmark date delegate digest erb fileutils find forwardable io-console json logger
    monitor net-http observer open-uri open3 optparse ostruct pathname pp prettyprint psych rbconfig readline
    ripper securerandom set shellwords singleton socket stringio strscan tempfile time timeout tmpdir tsort uri
    weakref yaml zlib
  `),
);

/** Crates that come with the compiler. */
export const ofRust: ReadonlySet<string> = new Set(words("std core alloc test proc_macro none rust cargo"));

/** The first names of the packages that come with Go. */
export const ofGo: ReadonlySet<string> = new Set(
  words(`
    C archive arena bufio bytes cmp compress container context crypto database debug embed encoding errors expvar
    flag fmt go hash html image index io iter log maps math mime net os path plugin reflect regexp runtime slices
    sort strconv strings structs sync syscall testing text time unicode unique unsafe weak
  `),
);
