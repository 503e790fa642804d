import { describe, expect, it } from "vitest";
import { userRequirement } from "../actions/user-requirement.ts";
import type { Desk } from "../src/desk.ts";
import { noteAction, noteAnswer, roleWith } from "./helpers/notes.ts";
import { failed, said } from "./helpers/scripted-steps.ts";
import { runTeam } from "./helpers/team-run.ts";

const draft = noteAction("Draft");
const list = noteAction("List");

/** What comes of one role that does this with the requirement. */
const atDesk = (act: (desk: Desk) => Promise<unknown>, more: Partial<Parameters<typeof runTeam>[0]> = {}) =>
  runTeam({ roles: [roleWith("Writer", [userRequirement], act)], answer: noteAnswer, ...more });

describe("asking at a desk", () => {
  it("goes to the LLM of role and action, with the role's own words and a key of its own", async () => {
    const { asked } = await atDesk(
      async (desk) => {
        await desk.ask(draft, "rain");
        await desk.ask(draft, "rain", "a.txt");
        await desk.ask(draft, "sun", "a.txt");
        await desk.ask(list, "rain");
      },
      { lanes: { "Writer/Draft": ["local"], "Other/List": ["far"] } },
    );
    expect(asked.map(({ key, lane }) => [key, lane])).toEqual([
      ["Draft/1.1", "local"],
      ["Draft/a.txt/1.1", "local"],
      ["Draft/a.txt/2.1", "local"],
      ["List/1.1", ""],
    ]);
    expect(asked[0]?.call.messages[0]).toEqual({
      role: "system",
      content: "You are Writer, the Writer of a software company.\nGoal: Write notes\nConstraints: None",
    });
    expect(asked[2]?.call).toMatchObject({ role: "Writer", action: "Draft", subject: "a.txt", attempt: 2, turn: 1 });
  });

  it("gives the document to nobody else", async () => {
    const { documents, commits } = await atDesk((desk) => desk.ask(draft, "rain"));
    expect(documents).toEqual({ UserRequirement: expect.anything() });
    expect(commits).toEqual([]);
  });
});

describe("publishing", () => {
  it("makes one commit of a call, named after action, role and subjects, under a key of its own", async () => {
    const { effects, documents } = await atDesk(async (desk) => {
      desk.publish(draft, "", { "": { text: "one" } });
      desk.publish(draft, "", { a: { text: "two" }, b: { text: "three" } });
      desk.publish(list, "", { "": { text: "four" } });
    });
    const commits = effects.filter(({ operation }) => operation === "commit");
    expect(commits.map(({ key, input }) => [key, input])).toEqual([
      ["commit/Draft/1", { message: "Draft by Writer", files: { "Draft.txt": "one\n" } }],
      [
        "commit/Draft/2",
        { message: "Draft by Writer: a, b", files: { "Draft-a.txt": "two\n", "Draft-b.txt": "three\n" } },
      ],
      ["commit/List/1", { message: "List by Writer", files: { "List.txt": "four\n" } }],
    ]);
    expect(documents.Draft).toEqual({ "": { text: "one" }, a: { text: "two" }, b: { text: "three" } });
  });

  it("makes no commit of what is not written", async () => {
    const { write: _, ...unwritten } = draft;
    const { commits, documents } = await atDesk(async (desk) => {
      desk.publish(unwritten, "", { "": { text: "one" } });
      desk.publish(draft, "", {});
    });
    expect(commits).toEqual([]);
    expect(documents.Draft).toEqual({ "": { text: "one" } });
  });

  it("is what run does with an answer", async () => {
    const { commits, documents } = await atDesk((desk) => desk.run(draft, "rain"));
    expect(commits).toEqual([{ message: "Draft by Writer", files: { "Draft.txt": "Draft about rain.\n" } }]);
    expect(documents.Draft).toEqual({ "": { text: "Draft about rain." } });
  });
});

describe("a document of which another model than the first wrote the last version", () => {
  const paper = {
    ...draft,
    write: ({ text }: { text: string }, subject: string) => ({
      [`docs/${subject || "paper"}.md`]: `# ${text}\n`,
      [`docs/${subject || "paper"}.json`]: JSON.stringify({ text }),
      [`src/${subject || "paper"}.js`]: `// ${text}\n`,
    }),
  };
  /** The first model fails at every question about this; the second one answers. */
  const without = (topic: string): Partial<Parameters<typeof runTeam>[0]> => ({
    lanes: { "Writer/Draft": ["main", "spare"] },
    answer: (call) => {
      const text = noteAnswer(call);
      if (call.turn > 1) return { ...said(text), model: "gpt-spare" } as ReturnType<typeof said>;
      return text.includes(topic) ? failed("network", "no route to the model") : text;
    },
  });

  it("says so in its Markdown file and in the commit, and nowhere else", async () => {
    const { commits } = await atDesk((desk) => desk.run(paper, "rain"), without("rain"));
    expect(commits).toEqual([
      {
        message: "Draft by Writer\n\nWritten by another model:\ngpt-spare (in place of main)",
        files: {
          "docs/paper.md": "# Draft about rain.\n\n*Written by gpt-spare (in place of main)*\n",
          "docs/paper.json": '{"text":"Draft about rain."}',
          "src/paper.js": "// Draft about rain.\n",
        },
      },
    ]);
  });

  it("is named in a commit of several", async () => {
    const { commits } = await atDesk(async (desk) => {
      const [a, b, c] = [
        await desk.ask(paper, "rain", "a"),
        await desk.ask(paper, "sun", "b"),
        await desk.ask(paper, "rain again", "c"),
      ];
      desk.publish(paper, "", { a, b, c });
    }, without("rain"));
    expect(commits[0]?.message).toBe(
      "Draft by Writer: a, b, c\n\nWritten by another model:\na: gpt-spare (in place of main)\nc: gpt-spare (in place of main)",
    );
    const files: Record<string, string> = Object(commits[0]?.files);
    expect(files["docs/b.md"]).toBe("# Draft about sun.\n");
    expect(files["docs/c.md"]).toContain("gpt-spare");
  });

  it("says nothing any more when the first one has written it anew", async () => {
    const { commits } = await atDesk(async (desk) => {
      await desk.run(paper, "rain");
      await desk.run(paper, "sun");
    }, without("rain"));
    expect(commits.map(({ message }) => message)).toEqual([
      "Draft by Writer\n\nWritten by another model:\ngpt-spare (in place of main)",
      "Draft by Writer",
    ]);
    expect(commits[1]?.files).toMatchObject({ "docs/paper.md": "# Draft about sun.\n" });
  });
});

describe("what a role can look up", () => {
  it("is what was delivered, not what it has just published", async () => {
    let seen: unknown;
    await atDesk(async (desk) => {
      desk.publish(draft, "", { "": { text: "new" } });
      seen = desk.latest(userRequirement);
      expect(() => desk.latest(draft)).toThrow("Writer looks for Draft, which nobody has published");
    });
    expect(seen).toEqual({ idea: "write a greeter for the command line in python" });
  });

  it("ends the run where nobody has published it, for that is a bug", async () => {
    await expect(atDesk(async (desk) => desk.latest(list))).rejects.toThrow("Writer looks for List");
  });
});

describe("what is missing", () => {
  it("lists each part of a graph that failed, with the reason, and what waited for it", async () => {
    const { missing, outcome } = await atDesk(
      async (desk) => {
        const written = await desk.graph({
          needs: { a: [], b: ["a"], c: [] },
          node: (id) => desk.ask(draft, id, id),
        });
        expect(written).toEqual({ c: { text: "Draft about c." } });
      },
      { answer: (call) => (call.subject === "a" ? failed("network", "no route to the model") : noteAnswer(call)) },
    );
    expect(missing).toEqual([
      { subject: "a", kind: "network", reason: "no route to the model" },
      { subject: "b", kind: "skipped", reason: "not begun, because it needs a" },
    ]);
    expect(outcome).toBe("unreachable");
  });

  it("keeps the hint of a failure", async () => {
    const failure = { kind: "auth", message: "the key was refused", hint: "Check api_key.", tries: [] } as const;
    const { missing } = await atDesk((desk) => desk.run(draft, "x"), { answer: () => ({ ok: false, failure }) });
    expect(missing).toEqual([
      { subject: "Draft", kind: "auth", reason: "the key was refused", hint: "Check api_key." },
    ]);
  });

  it("never hides a bug", async () => {
    const bug = new TypeError("undefined is not a function");
    const broken = (desk: Desk) => desk.graph({ needs: { a: [] }, node: () => Promise.reject(bug) });
    await expect(atDesk(broken)).rejects.toBe(bug);
  });
});

it("tells reviews, warnings and the project's name to the outside, each under a key of its own", async () => {
  const { effects } = await atDesk(async (desk) => {
    desk.open("greeter");
    desk.warn("first");
    desk.review(draft, "a.txt", { approved: false, comments: ["x"] });
    desk.warn("second");
  });
  const [, ...told] = effects;
  expect(told.map(({ operation, input }) => [operation, input])).toEqual([
    ["open-project", { name: "greeter" }],
    ["note", { type: "warning", message: "first" }],
    ["note", { type: "review", role: "Writer", action: "Draft", subject: "a.txt", approved: false, comments: ["x"] }],
    ["note", { type: "warning", message: "second" }],
  ]);
  expect(new Set(effects.map(({ key }) => key)).size).toBe(effects.length);
});
