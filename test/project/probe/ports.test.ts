import { createServer } from "node:net";
import { expect, it } from "vitest";
import { freePort, listener, namedPorts } from "../../../src/project/probe/ports.ts";

it.each([
  ["Server running at http://localhost:3000/", [3000]],
  ["  ➜  Local:   http://localhost:5173/\n  ➜  Network: use --host", [5173]],
  [" * Running on http://127.0.0.1:5000\n * Running on http://172.17.0.2:5000", [5000]],
  ["Serving HTTP on 0.0.0.0 port 8000 (http://0.0.0.0:8000/) ...", [8000]],
  ["Serving on [::]:9000", [9000]],
  ["Listening on port 4321", [4321]],
  ["listening on :8080", [8080]],
  ["PORT=7001", [7001]],
  ["服务器已启动，端口：3001", [3001]],
  ["服务已启动，端口号为 3002", [3002]],
  ["Tomcat initialized with port(s): 8080; Started on port 8080 (http)", [8080]],
  ["API http://localhost:3001, site http://localhost:3000", [3001, 3000]],
  ["it took 3000 ms at 12:30:45, version 5000", []],
  ["http://localhost:99999/", []],
])("the ports named in %j", (output, ports) => {
  expect(namedPorts(output)).toEqual(ports);
});

it("names ten at most, and soon, however long the output", () => {
  expect(namedPorts(Array.from({ length: 40_000 }, (_, index) => `port ${1000 + index}`).join("\n"))).toHaveLength(10);
  expect(namedPorts("port ".repeat(200_000))).toEqual([]);
});

it("finds who listens on either address of this machine", async () => {
  const port = await freePort();
  expect(await listener(port)).toBeUndefined();
  for (const host of ["127.0.0.1", "::1"]) {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(port, host, resolve));
    expect(await listener(port)).toBe(host);
    await new Promise((resolve) => server.close(resolve));
  }
});
