import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { Random } from "../../bench/corpus/random.ts";
import { company } from "../../bin/plan.ts";
import { engineOf, journalEngine, memoryEngine } from "../../src/engine/engine.ts";
import { openJournal, readJournal } from "../../src/engine/journal.ts";
import { memoryStore } from "../../src/engine/memory-store.ts";
import type { Call, Done, Engine, Json, Operation, Store } from "../../src/engine/steps.ts";
import type { LlmCall } from "../../src/llm/call.ts";
import { rememberedCalls } from "../../src/llm/remembered.ts";
import { checkOperation } from "../../src/project/check-operation.ts";
import { hire, type TeamInput, type TeamResult } from "../../src/team.ts";
import { answerTo, idea } from "../helpers/greeter.ts";
import { said } from "../helpers/scripted-steps.ts";
import { usual } from "../helpers/team-run.ts";
import { tempFolder } from "../helpers/temp.ts";

const never = new AbortController().signal;

const input: TeamInput = {
  requirement: { kind: "UserRequirement", subject: "", from: "User", document: { idea } },
  options: usual,
  roster: ["ProductManager", "Architect", "ProjectManager", "Engineer"],
  lanes: {},
};

/** Has the whole company work on an engine, with a model that may fail at some calls; tells what was asked and caused. */
async function companyOn(engine: Engine, failsAt: (calls: number) => boolean = () => false) {
  const asked: string[] = [];
  const commits: string[] = [];
  const notes: string[] = [];
  const silent: Operation = async () => null;
  const llm: Operation = async (call, { key }) => {
    asked.push(key);
    if (failsAt(asked.length)) throw new Error(`killed at ${key}`);
    return said(answerTo((call as unknown as LlmCall).messages)) as unknown as Json;
  };
  engine.operation("llm", llm, rememberedCalls({ emit: () => {} }));
  engine.operation(
    "check",
    checkOperation(() => {}),
  );
  engine.operation("note", async (_, { key }) => {
    notes.push(key);
    return null;
  });
  engine.operation("commit", async (commit, { key }) => {
    commits.push(`${key} ${JSON.stringify(commit)}`);
    return null;
  });
  engine.operation("open-project", silent, { again: true });
  engine.operation("save-raw", silent);
  engine.flow("company", hire(company));
  const result = await engine
    .start<TeamInput, TeamResult>("company", "run-1", input)
    .catch((error: Error) => error.message);
  return { result, asked, commits, notes };
}

const journalIn = (folder: string) => join(folder, "journal.jsonl");

describe("the company", () => {
  it("does the same on either engine", async () => {
    const folder = tempFolder();
    const inMemory = await companyOn(memoryEngine(never));
    const kept = await companyOn(journalEngine(() => openJournal(journalIn(folder)), never));
    expect(inMemory.result).toMatchObject({ outcome: "done" });
    expect(kept).toEqual(inMemory);
  });

  it("goes on after a crash at any call, without one call or effect twice", async () => {
    const undisturbed = await companyOn(memoryEngine(never));
    for (let crash = 1; crash <= undisturbed.asked.length; crash++) {
      const folder = tempFolder();
      const begun = await companyOn(
        journalEngine(() => openJournal(journalIn(folder)), never),
        (calls) => calls === crash,
      );
      expect(begun.result).toBe(`killed at ${begun.asked[crash - 1]}`);
      const resumed = await companyOn(journalEngine(() => openJournal(journalIn(folder)), never));
      expect(resumed.result).toEqual(undisturbed.result);
      const lost = begun.asked[crash - 1] ?? "";
      expect([...begun.asked.filter((key) => key !== lost), ...resumed.asked].sort()).toEqual(
        undisturbed.asked.toSorted(),
      );
      expect([...begun.commits, ...resumed.commits]).toEqual(undisturbed.commits);
      expect([...begun.notes, ...resumed.notes].sort()).toEqual(undisturbed.notes.toSorted());
    }
  });

  it("asks nothing and causes nothing when a finished run is executed again", async () => {
    const folder = tempFolder();
    const first = await companyOn(journalEngine(() => openJournal(journalIn(folder)), never));
    const again = await companyOn(journalEngine(() => openJournal(journalIn(folder)), never));
    expect(again).toEqual({ result: first.result, asked: [], commits: [], notes: [] });
    const { records } = await readJournal(journalIn(folder));
    expect(new Set(records.map(({ key }) => key)).size).toBe(records.length);
  });

  it("asks in the same order when answers are replayed in the order in which they came, whatever that was", async () => {
    for (let seed = 1; seed <= 20; seed++) {
      const first = byOrder(new Random(seed));
      const { result } = await companyOn(first.engine);
      const again = byOrder(first.log);
      expect(await companyOn(again.engine)).toMatchObject({ result, asked: [] });
      expect(again.log).toEqual(first.log);
    }
  });
});

type Entry = { readonly begun: string } | { readonly done: Done };

/**
 * An engine that knows nothing but the order of things, as some distributed ones do: answers come in the order of chance,
 * or as an earlier execution has had them.
 */
function byOrder(from: Random | readonly Entry[]) {
  const log: Entry[] = [];
  const engine = engineOf(async (_run, registry) => {
    const inner = memoryStore(registry, never);
    const answers = from instanceof Random ? [] : from.flatMap((entry) => ("done" in entry ? [entry.done] : []));
    const pool: Done[] = [];
    let open = 0;
    const begin = async (call: Call) => {
      log.push({ begun: call.key });
      open += 1;
      if (from instanceof Random) await inner.begin(call);
    };
    const next = async (): Promise<Done> => {
      if (!(from instanceof Random)) return answers.shift() as Done;
      while (pool.length < open) pool.push(await inner.next());
      open -= 1;
      return pool.splice(from.integer(0, pool.length - 1), 1)[0] as Done;
    };
    const store: Store = {
      begin,
      async next() {
        const done = await next();
        log.push({ done });
        return done;
      },
      apply: inner.apply,
      close: inner.close,
    };
    return store;
  });
  return { engine, log };
}

describe("an engine", () => {
  it("waits for calls under way when one fails, and keeps their answers", async () => {
    const folder = tempFolder();
    const engine = () => {
      const made = journalEngine(() => openJournal(journalIn(folder)), never);
      made.flow("two", async (steps) =>
        Promise.all([steps.call("a/1.1", "slow", 1), steps.call("b/1.1", "broken", 2)]),
      );
      return made;
    };
    const first = engine();
    first.operation("slow", async () => new Promise((resolve) => setTimeout(() => resolve("paid"), 50)));
    first.operation("broken", async () => {
      throw new Error("a bug");
    });
    await expect(first.start("two", "1", null)).rejects.toThrow("a bug");
    const second = engine();
    second.operation("slow", async () => "paid twice");
    second.operation("broken", async () => "mended");
    expect(await second.start("two", "1", null)).toEqual(["paid", "mended"]);
  });

  it("hands an answer to the flow only when it stands in the journal", async () => {
    const folder = tempFolder();
    const engine = journalEngine(() => openJournal(journalIn(folder)), never);
    const seen: number[] = [];
    engine.operation("add", async (value) => Number(value) + 1);
    engine.operation("look", async () => {
      seen.push((await readJournal(journalIn(folder))).records.length);
      return null;
    });
    engine.flow("count", async (steps) => {
      for (let turn = 1; turn <= 3; turn++) {
        await steps.call(`add/1.${turn}`, "add", turn);
        steps.apply(`look/${turn}`, "look", turn);
      }
    });
    await engine.start("count", "1", null);
    // before each look stand the answers and the looks before it
    expect(seen).toEqual([1, 3, 5]);
  });

  it("makes what is not settled anew, and what opens for others each time", async () => {
    const folder = tempFolder();
    const done: string[] = [];
    const noted = (what: string) => {
      done.push(what);
      return null;
    };
    const execution = async () => {
      const engine = journalEngine(() => openJournal(journalIn(folder)), never);
      engine.operation("ask", async () => ({ later: true }), {
        settles: (answer) => !(answer as { later: true }).later,
      });
      engine.operation("open", async () => noted("open"), { again: true });
      engine.operation("write", async () => noted("write"));
      engine.flow("visit", async (steps) => {
        steps.apply("open", "open", null);
        steps.apply("write", "write", null);
        return steps.call("ask/1.1", "ask", null);
      });
      await engine.start("visit", "1", null);
      done.push("|");
    };
    await execution();
    await execution();
    expect(done).toEqual(["open", "write", "|", "open", "|"]);
    const { records } = await readJournal(journalIn(folder));
    expect(records.map(({ key }) => key)).toEqual(["open", "write", "ask/1.1", "ask/1.1"]);
  });

  it("knows only what was registered", async () => {
    const engine = memoryEngine(never);
    await expect(engine.start("nothing", "1", null)).rejects.toThrow("no flow is registered under the name nothing");
  });
});
