import { limited, wordsOf } from "./limits.ts";
import type { Wrapper } from "./wrapper.ts";

/** No sandbox: limits, a clean environment and an end for all that can be found again. */
export function limitsAlone({ prlimit, why }: { prlimit: boolean; why: string }): Wrapper {
  const onLinux = process.platform === "linux";
  return {
    kind: "none",
    description: `no sandbox (${why}): only limits of time, memory and output, and no keys in the environment`,
    gaps: [
      "read and write files outside the project, as you can",
      "change the project's git history and its hooks",
      "reach the network and programs that listen on this machine",
      "read the environment of your other programs, keys included, and end them",
      onLinux ? "leave programs running that hide" : "leave programs running",
      ...(onLinux ? [] : ["use up memory, disk and processes"]),
    ],
    layers: 0,
    temp: (own) => own.temp,
    wrap: (command) => {
      if (process.platform !== "win32") return limited(wordsOf(command.line), command, { prlimit, ownUsers: false });
      return typeof command.line === "string" ? ["cmd.exe", "/d", "/s", "/c", command.line] : command.line;
    },
  };
}
