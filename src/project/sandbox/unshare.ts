import { limited, wordsOf } from "./limits.ts";
import type { Wrapper } from "./wrapper.ts";

/**
 * Namespaces without a file system of their own: no network, no sight of other programs, and all of it ends together.
 * Capabilities are dropped, or the command could take these walls down again.
 */
export function unshare({ prlimit }: { prlimit: boolean }): Wrapper {
  return {
    kind: "unshare",
    description: "unshare: no network, sees no other programs and ends completely, but files are open to it",
    gaps: [
      "read and write files outside the project, as you can",
      "change the project's git history and its hooks",
      "talk to local programs that listen on a socket file, such as docker or an ssh agent",
    ],
    layers: 2,
    temp: (own) => own.temp,
    wrap: (command) => [
      ...["setpriv", "--pdeathsig=KILL"],
      ...["unshare", "--user", "--map-root-user", "--pid", "--fork", "--kill-child", "--mount-proc", "--ipc"],
      ...(command.network ? [] : ["--net"]),
      ...["sh", "-c", walls, "sh", ...limited(wordsOf(command.line), command, { prlimit, ownUsers: true })],
    ],
  };
}

/** The shell stays, since the first process of a namespace cannot be asked to end. */
const walls = `
(ip link set lo up || ifconfig lo up) >/dev/null 2>&1
exec setpriv --bounding-set=-all --inh-caps=-all --no-new-privs sh -c '"$@"; exit $?' sh "$@"
`;
