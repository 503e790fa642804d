import { writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { freePort, listener } from "../../../src/project/probe/ports.ts";
import { probeServer } from "../../../src/project/probe/server.ts";
import { chromiumPath } from "../../helpers/browser.ts";
import { tempFolder } from "../../helpers/temp.ts";

/** A server in Node.js that handles requests by the code given; `port` is what it listens on. */
function nodeServer(handler: string, port = "process.env.PORT"): string {
  const file = join(tempFolder(), "server.cjs");
  writeFileSync(
    file,
    `const server = require("http").createServer((request, response) => { ${handler} });
     server.listen(${port}, () => console.log("ready on http://localhost:" + server.address().port));`,
  );
  return `${JSON.stringify(process.execPath)} ${file}`;
}

const hello = `response.setHeader("content-type", "application/json"); response.end('{"hello":"wörld"}');`;
const asked = { seconds: 10, paths: ["/"] };

describe("a server", () => {
  it("that heeds PORT is asked every path, and is gone afterwards", async () => {
    const line = nodeServer(`if (request.url === "/b") response.statusCode = 404; ${hello}`);
    const answer = await probeServer({ line, seconds: 10, paths: ["/", "/b?c=d"] });
    const told = { type: "application/json", text: '{"hello":"wörld"}', problem: "" };
    expect(answer).toMatchObject({ works: "yes", code: null });
    expect(answer.answers).toEqual([
      { path: "/", status: 200, ...told },
      { path: "/b?c=d", status: 200, ...told },
    ]);
    expect(await listener(answer.listening ?? 0)).toBeUndefined();
  });

  it("with a port of its own is found by what it says", async () => {
    const port = await freePort();
    const answer = await probeServer({ line: nodeServer(hello, String(port)), ...asked });
    expect(answer).toMatchObject({ works: "yes", listening: port });
  });

  it("in Python that keeps its output to itself is found too", async () => {
    const port = await freePort();
    const folder = tempFolder();
    writeFileSync(join(folder, "index.html"), "<h1>Hallo</h1>");
    const answer = await probeServer({ line: `cd ${folder} && python3 -m http.server ${port}`, ...asked });
    expect(answer).toMatchObject({ works: "yes", listening: port });
    expect(answer.answers).toMatchObject([{ status: 200, type: "text/html", text: "<h1>Hallo</h1>" }]);
  });

  it("that crashes at start", async () => {
    const answer = await probeServer({ line: nodeServer("", "missing.port"), ...asked });
    expect(answer).toMatchObject({ works: "no", listening: null, answers: [], code: 1 });
    expect(answer.why).toBe(
      "It ended with exit code 1 before it listened on a port: ReferenceError: missing is not defined",
    );
  });

  it("that never listens is not waited for longer than its time", async () => {
    const line = `${JSON.stringify(process.execPath)} -e "console.log('warming up'); setInterval(() => {}, 1000)"`;
    const answer = await probeServer({ line, seconds: 1, paths: ["/"] });
    expect(answer).toMatchObject({ works: "no", listening: null, code: null });
    expect(answer.why).toBe("It listened on no port within 1 s: warming up");
  });

  it("that fails when it is asked", async () => {
    const line = nodeServer(`response.statusCode = 500; response.end("TypeError: no table")`);
    const answer = await probeServer({ line, ...asked });
    expect(answer).toMatchObject({ works: "no", why: "/ answers 500: TypeError: no table" });
  });

  it("that an answer ends", async () => {
    const answer = await probeServer({ line: nodeServer("null.x"), ...asked });
    expect(answer).toMatchObject({ works: "no", code: 1, answers: [{ status: null }] });
    expect(answer.why).toMatch(/^It ended while it was asked: TypeError: /);
  });

  it("that speaks no HTTP", async () => {
    const file = join(tempFolder(), "echo.cjs");
    writeFileSync(
      file,
      `require("net").createServer((socket) => socket.end("220 hello\\r\\n")).listen(process.env.PORT)`,
    );
    const answer = await probeServer({ line: `${JSON.stringify(process.execPath)} ${file}`, ...asked });
    expect(answer).toMatchObject({ works: "no", answers: [{ status: null, text: "" }] });
  });

  it("whose answer goes on for ever is read at its beginning, and redirects are followed within it", async () => {
    const line = nodeServer(
      `if (request.url === "/") { response.writeHead(302, { location: "/stream" }); return response.end(); }
       response.writeHead(200, { "content-type": "text/event-stream" }); setInterval(() => response.write("data: tick\\n".repeat(20)), 10);`,
    );
    const { answers } = await probeServer({ line, ...asked });
    expect(answers).toMatchObject([{ path: "/", status: 200, type: "text/event-stream" }]);
    expect(answers[0]?.text).toHaveLength(300);
  });

  it("is not taken for another that listened before it", async () => {
    const other = createServer((socket) => void socket.on("error", () => {}).destroy());
    onTestFinished(() => void other.close());
    const port = await new Promise<number | undefined>((resolve) => {
      other.on("error", () => resolve(undefined));
      other.listen(8080, "127.0.0.1", () => resolve(8080));
    });
    const answer = await probeServer({ line: nodeServer(hello), ...asked });
    expect(answer.works).toBe("yes");
    expect(answer.listening).not.toBe(port ?? 8080);
  });

  it.skipIf(!chromiumPath)("that serves a page has it opened in the browser", { timeout: 60_000 }, async () => {
    const line = nodeServer(
      `if (request.url === "/more") return response.end("one more");
       if (request.url !== "/") { response.statusCode = 404; return response.end(); }
       response.setHeader("content-type", "text/html");
       response.end("<title>Board</title><button onclick='fetch(\`/more\`).then(async (more) => document.body.append(await more.text()))'>More</button>");`,
    );
    const answer = await probeServer({ line, ...asked, chromium: chromiumPath });
    expect(answer).toMatchObject({ works: "yes", page: { title: "Board", errors: [], reaction: 'click on "More"' } });
  });
});
