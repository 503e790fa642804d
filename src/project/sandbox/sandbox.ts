/** What the user wants: the best there is, nothing, a refusal where files cannot be kept apart, or Docker and nothing else. */
export type SandboxChoice = "auto" | "off" | "require" | "docker";

/** A way to run what a model wrote. Found once by a trial run, used for every command of a run. */
export interface Sandbox {
  readonly kind: "bubblewrap" | "docker" | "unshare" | "none";
  /** One line for people: which one, and what it holds. */
  readonly description: string;
  /** What generated code could still do here, in words for people; empty with bubblewrap. */
  readonly gaps: readonly string[];
  /** Never fails because of what the command is or does; nothing of it is alive when this resolves, but for `gaps`. */
  run(command: Command): Promise<Ran>;
}

/** One command and what it may use. */
export interface Command {
  /** A line for `sh -c`, or the words of one program. */
  readonly line: string | readonly string[];
  /** The project folder: the only place it can write to besides a private home and /tmp. Its .git can only be read. */
  readonly folder: string;
  /** Whether it may reach the network, and with it the servers of this machine: installs only. Brings proxies and certificates. */
  readonly network?: boolean;
  /** How long it may take; 60 if not said. */
  readonly seconds?: number;
  /** MB of data for each process, and four times that for all; 1024 if not said, 0 for no such limit. */
  readonly memory?: number;
  /** MB that one file may grow to; 64 if not said. */
  readonly fileSize?: number;
  /** MB that it may write in all; 1024 if not said, which an install of large packages exceeds. */
  readonly disk?: number;
  readonly env?: Readonly<Record<string, string>>;
  /** More places that can be read, such as a browser or a program of ours. */
  readonly readable?: readonly string[];
  /** Its standard input, which is empty if not said. */
  readonly input?: string;
  readonly signal?: AbortSignal;
}

/** What came of a command. */
export interface Ran {
  /** As a shell gives it: 128 and the number of the signal that ended it, 127 for a program that does not exist; null where we ended it. */
  readonly code: number | null;
  /** `output`: it wrote without end. `stopped`: by the caller's signal or for what it used; `reason` tells. */
  readonly ended: "exit" | "timeout" | "output" | "stopped" | "missing";
  /** Why we ended it, for people. */
  readonly reason?: string;
  /** The signal that it died of, unless it was ours. */
  readonly signal?: string;
  /** As written, its first and last 32,000 characters. */
  readonly stdout: string;
  readonly stderr: string;
  /** Both in order of arrival, for people: head and tail, 16,000 characters at most, no control characters. */
  readonly output: string;
  readonly seconds: number;
}
