import { existsSync, realpathSync } from "node:fs";
import { certificates } from "./environment.ts";
import { historyOf } from "./history.ts";
import { limited, wordsOf } from "./limits.ts";
import { systemFolders, toolchainFolders } from "./toolchains.ts";
import type { Wrapper } from "./wrapper.ts";

/**
 * How far bubblewrap gets: with namespaces forbidden inside (from 0.8 on), with a user namespace, or, where it has the
 * setuid bit or is run by root, perhaps without one.
 */
export const strengths = ["sealed", "users", "plain"] as const;

/** Bubblewrap: a file system made for the command, with namespaces of its own for processes and network. */
export function bubblewrap({ strength, prlimit }: { strength: (typeof strengths)[number]; prlimit: boolean }): Wrapper {
  return {
    kind: "bubblewrap",
    description:
      "bubblewrap: writes only to the project folder, sees no other files of yours and no other programs, has no network, and ends completely",
    gaps: [],
    layers: 2,
    temp: () => "/tmp",
    wrap: (command, { folder, own }) => {
      return [
        "bwrap",
        "--die-with-parent",
        ...["--unshare-all", "--hostname", "sandbox", "--cap-drop", "ALL"],
        ...(strength === "plain" ? [] : ["--unshare-user"]),
        ...(strength === "sealed" ? ["--disable-userns"] : []),
        ...(command.network ? ["--share-net"] : []),
        ...[...systemFolders, ...settings].flatMap(readable),
        ...(command.network ? [...networkSettings, ...certificateFiles()].flatMap(readable) : []),
        // as root one could change the kernel's settings there, with no capability at all
        ...["--proc", "/proc", "--remount-ro", "/proc"],
        ...["--dev", "/dev", "--bind", own.shared, "/dev/shm", "--remount-ro", "/dev"],
        ...["--bind", own.temp, "/tmp"],
        ...["--ro-bind", own.users, "/etc/passwd", "--ro-bind", own.groups, "/etc/group"],
        ...[...toolchainFolders(folder), ...(command.readable ?? [])].flatMap(readable),
        ...["--bind", folder, folder],
        ...historyOf(folder).flatMap(readable),
        // what it is built on is memory
        ...["--remount-ro", "/"],
        ...["--chdir", folder, "--"],
        ...limited(wordsOf(command.line), command, { prlimit, ownUsers: true }),
      ];
    },
  };
}

const readable = (path: string) => (existsSync(path) ? ["--ro-bind", path, path] : []);

const inEtc = (names: string) => names.split(" ").map((name) => `/etc/${name}`);

const settings = [
  ...inEtc("ld.so.cache ld.so.conf ld.so.conf.d alternatives localtime timezone hosts protocols services mime.types"),
  // not the private keys that stand beside them
  ...inEtc("ssl/certs ssl/openssl.cnf pki/tls/certs pki/tls/cert.pem pki/tls/openssl.cnf pki/ca-trust pki/java"),
  ...inEtc("ca-certificates fonts terminfo java-8-openjdk java-11-openjdk java-17-openjdk java-21-openjdk"),
  ...inEtc("java-25-openjdk maven php perl python3 dotnet crypto-policies chromium chromium.d"),
];

const networkSettings = inEtc("resolv.conf nsswitch.conf host.conf gai.conf npmrc pip.conf");

function certificateFiles(): string[] {
  return certificates.flatMap((name) => {
    const file = process.env[name];
    if (!file || !existsSync(file)) return [];
    return [...new Set([file, realpathSync(file)])];
  });
}
