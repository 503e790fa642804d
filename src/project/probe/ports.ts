import { connect, createServer } from "node:net";

/** A port that was free a moment ago. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() =>
        address && typeof address === "object" ? resolve(address.port) : reject(new Error("no port")),
      );
    });
  });
}

/** Where servers listen when nobody tells them. */
export const usualPorts = [3000, 5000, 8000, 8080, 5173, 4000];

/** The ports that a server says it listens on, in the order in which it names them; ten at most. */
export function namedPorts(output: string): number[] {
  const found = [...output.matchAll(named)].map((match) => Number(match[1] ?? match[2] ?? match[3] ?? match[4]));
  return [...new Set(found)].filter((port) => port > 0 && port < 65_536).slice(0, 10);
}

const named = new RegExp(
  [
    String.raw`https?:\/\/[\w.*-]{1,100}:(\d{2,5})\b`,
    String.raw`(?:\blocalhost|\b127\.0\.0\.1|\b0\.0\.0\.0|\[::1?\]|:::?|\*):(\d{2,5})\b`,
    String.raw`(?:\bport|端口号?|ポート|\bpuerto|\bпорт\w{0,2})(?: number)?[ ]{0,3}(?:[:=：]|is|为)?[ ]{0,3}(\d{2,5})\b`,
    String.raw`(?:^|[\s(])[:：](\d{4,5})\b`,
  ].join("|"),
  "gim",
);

/** The address of this machine that takes connections on a port; undefined if none does. */
export async function listener(port: number): Promise<string | undefined> {
  for (const host of ["127.0.0.1", "::1"]) if (await connects(host, port)) return host;
  return undefined;
}

function connects(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, timeout: 500 });
    const end = (open: boolean) => {
      socket.destroy();
      resolve(open);
    };
    socket.on("connect", () => end(true));
    socket.on("timeout", () => end(false));
    socket.on("error", () => end(false));
  });
}
