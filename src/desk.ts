import type { Action, Kind, Performed, Publication } from "./action.ts";
import type { BossAnswer } from "./boss.ts";
import type { Json, Steps } from "./engine/steps.ts";
import type { Environment } from "./environment.ts";
import { type Graph, runGraph } from "./graph.ts";
import { askAlong } from "./lanes.ts";
import { keyOf } from "./llm/about.ts";
import type { Message } from "./message.ts";
import type { RunOptions } from "./options.ts";
import { AskError, type Question } from "./reply.ts";
import { reviewedBy } from "./review.ts";
import { persona, type Role } from "./role.ts";

/** Something a run should have made and did not, and why. */
export interface Missing {
  readonly subject: string;
  readonly kind: string;
  readonly reason: string;
  readonly hint?: string;
}

/** What a role can do while it acts. It awaits nothing but these. */
export interface Desk {
  readonly options: RunOptions;
  /** Has a model answer; the document goes to nobody else. */
  ask<I, D extends Json>(action: Action<I, D>, input: I, subject?: string): Promise<D>;
  /** Has an operation done; what came of it goes to nobody else. */
  perform<I, D extends Json>(performed: Performed<I, D>, input: I, subject?: string): Promise<D>;
  /** Writes the documents of one kind, commits them as one, and sends them to who watches. */
  publish<I, D extends Json>(kind: Publication<I, D>, input: I, documents: Record<string, D>): void;
  /** Shows a document to the boss, where the run has one who reviews; gives it as it shall stand. */
  reviewed<I, D extends Json>(action: Action<I, D>, input: I, document: D): Promise<D>;
  /** The boss's answers to questions, one each; empty where one was skipped. */
  askBoss(questions: readonly string[]): Promise<readonly string[]>;
  /** Asks, has it reviewed, publishes, and gives the document back. */
  run<I, D extends Json>(action: Action<I, D>, input: I): Promise<D>;
  /** The newest document of a kind. */
  latest<D extends Json>(kind: Kind<D>): D;
  /** The newest document of a kind, if there is any. */
  find<D extends Json>(kind: Kind<D>): D | undefined;
  /** Sends a document to who watches its kind; nothing is written. */
  send<D extends Json>(kind: Kind<D>, document: D): void;
  /** Every document of a kind by its subject. */
  all<D extends Json>(kind: Kind<D>): Record<string, D>;
  /**
   * Works along a dependency graph, so many at once as the run allows. What fails or is skipped is listed as missing; the
   * rest goes on.
   */
  graph<T>(graph: Graph<T>): Promise<Record<string, T>>;
  /** The same without dependencies: for each of these at once. */
  each<T>(ids: readonly string[], node: (id: string) => Promise<T>): Promise<Record<string, T>>;
  /** Names the project; the workspace gives it a folder of its own. */
  open(name: string): void;
  /** Lists what a failed question leaves missing, under its own title or another. Any other error is a bug and is thrown on. */
  missing(error: unknown, subject?: string): void;
  /** The verdict of a review, for the screen. */
  review(action: Kind<Json>, subject: string, verdict: { approved: boolean; comments: readonly string[] }): void;
  /** What is planned, for the screen. */
  plan(changes: readonly { path: string; action: string; why: string }[]): void;
  warn(message: string): void;
}

interface Office {
  readonly steps: Steps;
  readonly environment: Environment;
  readonly options: RunOptions;
  /** Documents by kind that need not be asked for. */
  readonly given: Readonly<Record<string, Json>>;
  /** `Role/Action` -> the deployments that answer, in the order in which they are asked. */
  readonly lanes: Readonly<Record<string, readonly string[]>>;
  readonly missing: Missing[];
  /** Counts by name, for keys: attempts of a question, commits of an action. */
  readonly counts: Map<string, number>;
}

/** The desk at which a role works, in an office it shares with the others. */
export function deskOf(role: Role, { steps, environment, options, given, lanes, missing, counts }: Office): Desk {
  const count = (name: string) => {
    const next = (counts.get(name) ?? 0) + 1;
    counts.set(name, next);
    return next;
  };
  /** `Action/subject` -> the model that wrote the newest document, where another one was asked. */
  const substitutes = new Map<string, string | undefined>();
  /** Counted by what they are about, so that a note has the same key in whatever order answers come. */
  const note = (about: string, event: Record<string, unknown>) => {
    const name = `note/${role.profile}/${about}`;
    steps.apply(`${name}/${count(name)}`, "note", event as Json);
  };

  const askBoss = async (name: string, question: Json): Promise<BossAnswer> => {
    const key = keyOf({ role: role.profile, action: "Boss", subject: name, attempt: count(`Boss/${name}`), turn: 1 });
    return (await steps.call(key, "boss", question)) as unknown as BossAnswer;
  };
  const isGiven = (kind: Kind<Json>) => Object.hasOwn(given, kind.name);

  const desk: Desk = {
    options,
    ask: async (action, input, subject = "") =>
      subject === "" && isGiven(action) ? (given[action.name] as never) : asked(action, input, { subject }),
    async reviewed(action, input, document) {
      if (isGiven(action)) return given[action.name] as never;
      if (!options.review) return document;
      return reviewedBy(action, input, document, {
        role: role.profile,
        ask: (question) => askBoss(action.name, question),
        again: (answer, remark) => asked(action, input, { revision: { answer, remark } }),
        keep: (kept) => write(action, input, { "": kept }),
      });
    },
    async askBoss(questions) {
      if (questions.length === 0) return [];
      const answer = await askBoss("questions", { asks: "questions", role: role.profile, questions });
      if (answer.says === "later")
        throw new AskError("questions", { kind: "review", message: "the questions about the idea were left open" });
      return answer.says === "answers" ? answer.answers : [];
    },

    async perform({ name, operation, request }, input, subject = "") {
      const about = { role: role.profile, action: name, subject, attempt: count(`${name}/${subject}`), turn: 1 };
      return (await steps.call(keyOf(about), operation, request(input))) as never;
    },
    publish(action, input, documents) {
      write(action, input, documents);
      for (const [subject, document] of Object.entries(documents))
        environment.publish({ kind: action.name, subject, from: role.profile, document } as Message);
    },
    async run(action, input) {
      const document = await desk.reviewed(action, input, await desk.ask(action, input));
      desk.publish(action, input, { "": document });
      return document;
    },
    find: <D extends Json>({ name }: Kind<D>) => Object.values(environment.memory.all(name)).at(-1) as D | undefined,
    send: ({ name }, document) => environment.publish({ kind: name, subject: "", from: role.profile, document }),
    latest<D extends Json>(kind: Kind<D>): D {
      const document = desk.find(kind);
      if (document === undefined) throw new Error(`${role.profile} looks for ${kind.name}, which nobody has published`);
      return document;
    },
    all: <D extends Json>({ name }: Kind<D>) => environment.memory.all(name) as Record<string, D>,
    async graph(graph) {
      const { results, failed, skipped } = await runGraph({ limit: options.concurrency, ...graph });
      for (const [id, error] of Object.entries(failed)) desk.missing(error, id);
      for (const [id, need] of Object.entries(skipped)) {
        missing.push({ subject: id, kind: "skipped", reason: `not begun, because it needs ${need}` });
      }
      return results;
    },
    each: (ids, node) => desk.graph({ needs: Object.fromEntries(ids.map((id) => [id, []])), node }),
    open: (name) => steps.apply("open", "open-project", { name }),
    missing(error, subject) {
      if (!(error instanceof AskError)) throw error;
      const { title, kind, message, hint } = error;
      missing.push({ subject: subject ?? title, kind, reason: message, ...(hint === undefined ? {} : { hint }) });
    },
    review: (action, subject, verdict) =>
      note(`${action.name}/${subject}`, {
        type: "review",
        role: role.profile,
        action: action.name,
        subject,
        ...verdict,
      }),
    plan: (changes) => note("plan", { type: "plan", changes }),
    warn: (message) => note(message, { type: "warning", message }),
  };
  return desk;

  async function asked<I, D extends Json>(
    action: Action<I, D>,
    input: I,
    { subject = "", revision }: { subject?: string; revision?: Question<I, D>["revision"] },
  ): Promise<D> {
    const { document, author } = await askAlong(steps, {
      action,
      input,
      subject,
      role: role.profile,
      persona: persona(role),
      attempt: count(`${action.name}/${subject}`),
      lanes: lanes[`${role.profile}/${action.name}`] ?? [],
      maxReasks: options.maxReasks,
      repair: options.repair,
      ...(revision && { revision }),
    });
    const name = author.insteadOf && `${author.model} (in place of ${author.insteadOf})`;
    substitutes.set(`${action.name}/${subject}`, name);
    return document;
  }

  /** Writes documents of one kind as one commit, signed where another model wrote them. */
  function write<I, D extends Json>(action: Publication<I, D>, input: I, documents: Record<string, D>): void {
    const subjects = Object.keys(documents);
    const by = (id: string) => substitutes.get(`${action.name}/${id}`);
    const written = subjects.map((id) => {
      const texts = action.write?.(documents[id] as D, id, input) ?? {};
      // Source code is a text; a document has fields.
      return typeof documents[id] === "string" ? texts : signed(texts, by(id));
    });
    const files = Object.fromEntries(written.flatMap((texts) => Object.entries(texts)));
    if (Object.keys(files).length === 0) return;
    const about = subjects.filter(Boolean).join(", ");
    const head = `${action.name} by ${role.profile}${about ? `: ${about}` : ""}`;
    const others = subjects.filter(by).map((id) => (id ? `${id}: ${by(id)}` : by(id)));
    const message = others.length > 0 ? `${head}\n\nWritten by another model:\n${others.join("\n")}` : head;
    steps.apply(`commit/${action.name}/${count(`commit/${action.name}`)}`, "commit", { message, files });
  }
}

/** A document for people says so when another model than the one asked first has written it. */
function signed(files: Record<string, string | null>, by: string | undefined): Record<string, string | null> {
  if (by === undefined) return files;
  return Object.fromEntries(
    Object.entries(files).map(([path, text]) => [
      path,
      text !== null && path.endsWith(".md") ? `${text.trimEnd()}\n\n*Written by ${by}*\n` : text,
    ]),
  );
}
