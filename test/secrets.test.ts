import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { redactor, secretFilter, secretsIn, secretsOf } from "../src/llm/secrets.ts";
import { anthropicServer } from "./helpers/anthropic-server.ts";
import { answerToAll, idea } from "./helpers/greeter.ts";
import { openaiServer } from "./helpers/openai-server.ts";
import { metagpt } from "./helpers/program.ts";
import { filesIn, tempFolder } from "./helpers/temp.ts";

it.each([
  [{ api_key: "a", model: "m", max_token: 100, keep_alive: "5m" }, ["a"]],
  [{ app_id: "1", api_secret: "b", secret_key: "c", access_key: "d", session_token: "e" }, ["b", "c", "d", "e"]],
  [{ headers: { "x-team": "games", authorization: "Bearer f", "X-Pass": "g" } }, ["Bearer f", "f", "g", "g"]],
  [{ headers: { "x-gateway": "0123456789abcdef" } }, ["0123456789abcdef", "0123456789abcdef"]],
  [undefined, []],
])("of the settings %j, these are secret: %j", (settings, secrets) => {
  expect(secretsIn(settings)).toEqual(secrets);
});

it("what is short, or stands in the name of a model, is no secret to strike out", () => {
  const one = (api_key: string) => ({
    ...{ name: "a", provider: "openai", apiType: "open_llm", model: "qwen2.5-coder-32b", baseUrl: "http://127.0.0.1" },
    ...{ settings: { api_key }, price: { input: 0, output: 0 }, priceBasis: "local" as const, maxToken: 1 },
  });
  expect(secretsOf([one("EMPTY"), one("qwen2.5-coder"), one("sk-0123456789"), one("sk-0123456789")])).toEqual([
    "sk-0123456789",
  ]);
});

it("secrets are struck out of texts, and what an event is about stays", () => {
  const clean = redactor(["sk-0123456789", "Engineer"]);
  expect(clean({ role: "Engineer", message: ["no sk-0123456789 here"], b: { c: "of Engineer", d: 1 } })).toEqual({
    role: "Engineer",
    message: ["no *** here"],
    b: { c: "of ***", d: 1 },
  });
});

it.each([
  [["it is sk-01", "23456789, good"], ["it is ", "***, good"], ""],
  [["sk-", "sk-0123456789"], ["", "sk-***"], ""],
  [["no key: s", "k-0", "1 and more"], ["no key: ", "", "sk-01 and more"], ""],
  [["the end sk-012"], ["the end "], "sk-012"],
])("secrets are struck out of a text while it comes: %j", (pieces, shown, rest) => {
  const filter = secretFilter(["sk-0123456789"]);
  expect(pieces.map((piece) => filter.push(piece))).toEqual(shown);
  expect(filter.end()).toBe(rest);
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
  const leaks = written.flatMap(([name, text]) =>
    Object.entries(keys)
      .filter(([, key]) => text.includes(key) || text.includes(key.slice(4, -4)))
      .map(([key]) => `${key} in ${name}`),
  );
  expect(leaks).toEqual([]);
});

const textOf = (content: unknown): string =>
  typeof content === "string" ? content : (content as { text?: string }[]).map(({ text = "" }) => text).join("");
