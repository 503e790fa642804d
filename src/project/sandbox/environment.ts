import { realpathSync } from "node:fs";
import { homedir } from "node:os";
import { delimiter, dirname, isAbsolute, join } from "node:path";
import { isInside } from "./inside.ts";

interface Surroundings {
  /** Absolute, without links. */
  readonly folder: string;
  /** Where it finds /tmp and in it its home, as the command will see it. */
  readonly temp: string;
  readonly network?: boolean | undefined;
  readonly env?: Readonly<Record<string, string>> | undefined;
}

/**
 * The whole environment of a command: a list of what gets through, never what does not, so that no key of the user's does.
 * Caches of package managers lie in its private home.
 */
export function environmentOf({ folder, temp, network, env }: Surroundings): Record<string, string> {
  const home = join(temp, "home");
  const cache = join(home, ".cache");
  return {
    ...taken(always),
    ...(process.platform === "win32" ? taken(onWindows) : {}),
    ...(network ? Object.fromEntries(Object.entries(taken(forInstalls)).filter(([, value]) => !hasLogin(value))) : {}),
    PATH: searchPath(folder).join(delimiter),
    HOME: home,
    TMPDIR: temp,
    XDG_CACHE_HOME: cache,
    npm_config_cache: join(cache, "npm"),
    PIP_CACHE_DIR: join(cache, "pip"),
    GOCACHE: join(cache, "go-build"),
    GOPATH: join(home, "go"),
    GOMODCACHE: join(home, "go", "pkg", "mod"),
    // otherwise a read-only folder, which is hard to remove
    GOFLAGS: "-modcacherw",
    GOTOOLCHAIN: "local",
    CARGO_HOME: join(home, ".cargo"),
    RUSTUP_HOME: process.env.RUSTUP_HOME ?? join(homedir(), ".rustup"),
    CI: "1",
    NO_COLOR: "1",
    PYTHONDONTWRITEBYTECODE: "1",
    PYTHONUNBUFFERED: "1",
    PIP_DISABLE_PIP_VERSION_CHECK: "1",
    npm_config_update_notifier: "false",
    ...env,
  };
}

const always = ["LANG", "LC_ALL", "TZ", "PYENV_ROOT", "JAVA_HOME", "GOROOT"];

const onWindows = ["SystemRoot", "SystemDrive", "ComSpec", "PATHEXT", "TEMP", "TMP"];

/** Files of certificates that an install may need. */
export const certificates = [
  "NODE_EXTRA_CA_CERTS",
  "SSL_CERT_FILE",
  "SSL_CERT_DIR",
  "REQUESTS_CA_BUNDLE",
  "CURL_CA_BUNDLE",
  "PIP_CERT",
];

const forInstalls = [
  ...certificates,
  ...["HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"].flatMap((name) => [name, name.toLowerCase()]),
  "npm_config_registry",
  "PIP_INDEX_URL",
  "PIP_FIND_LINKS",
  "GOPROXY",
  "GONOSUMDB",
];

const hasLogin = (value: string) => /\/\/[^/]*@/.test(value);

function taken(names: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    names.flatMap((name) => {
      const value = process.env[name];
      return value ? [[name, value]] : [];
    }),
  );
}

/** Where programs are looked for: PATH without the project's own folders and whatever depends on where one stands. */
export function searchPath(folder?: string): string[] {
  const directories = [...(process.env.PATH ?? "").split(delimiter), dirname(process.execPath)].flatMap((directory) => {
    if (!isAbsolute(directory)) return [];
    try {
      return [realpathSync(directory)];
    } catch {
      return [];
    }
  });
  return [...new Set(directories)].filter((directory) => folder === undefined || !isInside(directory, folder));
}
