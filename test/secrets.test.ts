import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { redactor, secretsIn } from "../src/llm/secrets.ts";
import { anthropicServer } from "./helpers/anthropic-server.ts";
import { answerToAll, idea } from "./helpers/greeter.ts";
import { openaiServer } from "./helpers/openai-server.ts";
import { metagpt } from "./helpers/program.ts";
import { filesIn, tempFolder } from "./helpers/temp.ts";

it.each([
  [{ api_key: "a", model: "m", max_token: 100, keep_alive: "5m" }, ["a"]],
  [{ app_id: "1", api_secret: "b", secret_key: "c", access_key: "d", session_token: "e" }, ["b", "c", "d", "e"]],
  [{ headers: { "x-team": "games", authorization: "Bearer f" } }, ["games", "Bearer f"]],
  [undefined, []],
])("of the settings %j, these are secret: %j", (settings, secrets) => {
  expect(secretsIn(settings)).toEqual(secrets);
});

it("secrets are struck out wherever they stand, and nothing else is touched", () => {
  const clean = redactor(["sk-0123456789", 'odd"key\\1234', "short"]);
  expect(clean({ a: ["no sk-0123456789 here"], b: { c: 'odd"key\\1234', d: 1 }, e: "short" })).toEqual({
    a: ["no *** here"],
    b: { c: "***", d: 1 },
    e: "short",
  });
  const untouched = { a: undefined, b: "x" };
  expect(clean(untouched)).toBe(untouched);
});

/** Every key of the configuration below; servers repeat them in errors and answers. */
const keys = {
  main: "sk-main-0123456789abcdef",
  header: "gateway-pass-44556677",
  spare: "sk-ant-spare-fedcba9876543210",
  wrong: "id-wrong-99887766.secret-55443322",
};

it("no key is in anything that a run shows or writes", { timeout: 60_000 }, async () => {
  let calls = 0;
  const said = Object.values(keys).join(" and ");
  const main = await openaiServer(
    ({ body }) => {
      calls += 1;
      if (calls === 1)
        return { status: 429, body: { error: { message: `slow down, ${said}` } }, headers: { "retry-after": "0.01" } };
      const answer = answerToAll(body.messages as never);
      // A model that has seen its own key, and a server that echoes the headers in its reasoning.
      return {
        text: answer.startsWith("```") ? answer : answer.replace(/}$/, ` , "x": "${keys.main} ${keys.header}"}`),
      };
    },
    { models: { status: 500, body: { error: { message: `broken for ${keys.main} and ${keys.header}` } } } },
  );
  const refused = { status: 401, body: { error: { message: `no such key: ${keys.wrong}` } } };
  const refusing = await openaiServer(() => refused, { models: refused });
  const spare = await anthropicServer(({ body }) =>
    answerToAll(body.messages.map(({ role, content }) => ({ role, content: textOf(content) }))),
  );
  onTestFinished(async () => void (await Promise.all([main.close(), refusing.close(), spare.close()])));
  const cwd = tempFolder();
  const config = `
llm:
  api_type: open_llm
  base_url: ${main.url}/v1
  model: m
  api_key: ${keys.main}
  headers: { X-Pass: ${keys.header} }
models:
  wrong: { api_type: zhipuai_jwt, base_url: ${refusing.url}/v4, model: glm-4.7, api_key: ${keys.wrong}, fallback: [spare] }
  spare: { api_type: claude, base_url: ${spare.url}, api_key: ${keys.spare} }
roles:
  - { role: Architect, llm: wrong }
`;
  writeFileSync(join(cwd, "settings.yaml"), config);
  const flags = ["--config", "settings.yaml", "--record", "tape", "--verbose"];
  const runs = [
    await metagpt([idea, ...flags], { cwd }),
    await metagpt([idea, ...flags, "--json", "--workspace", "second"], { cwd }),
    await metagpt(["llms", "--config", "settings.yaml", "--json"], { cwd }),
    await metagpt(["doctor", "--config", "settings.yaml", "--llm", "spare"], { cwd }),
    await metagpt(["ask", "say it", "--llm", "wrong", "--config", "settings.yaml", "--json"], { cwd }),
  ];
  expect(runs.slice(0, 3).map(({ code }) => code)).toEqual([0, 0, 0]);
  expect(runs[0]?.stderr).toContain("spare is asked in place of wrong");
  const { "settings.yaml": _settings, ...files } = filesIn(cwd);
  const written = Object.entries({
    ...files,
    ...Object.fromEntries(runs.map(({ stdout, stderr }, run) => [`run ${run}`, stdout + stderr])),
  });
  expect(written.length).toBeGreaterThan(40);
  const own = /^(workspace|second)\/greeter|^(workspace|second)\/\.runs\/[^/]+\/.*\.txt$/;
  const leaks = written
    .filter(([name]) => !own.test(name))
    .flatMap(([name, text]) =>
      Object.entries(keys)
        .filter(([, key]) => text.includes(key) || text.includes(key.slice(4, -4)))
        .map(([key]) => `${key} in ${name}`),
    );
  expect(leaks).toEqual([]);
});

const textOf = (content: unknown): string =>
  typeof content === "string" ? content : (content as { text?: string }[]).map(({ text = "" }) => text).join("");
