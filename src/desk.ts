import type { Action, Kind } from "./action.ts";
import type { Json, Steps } from "./engine/steps.ts";
import type { Environment } from "./environment.ts";
import { type Graph, runGraph } from "./graph.ts";
import { askAlong } from "./lanes.ts";
import type { Message } from "./message.ts";
import type { RunOptions } from "./options.ts";
import { AskError } from "./reply.ts";
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
  /** Writes the documents of one kind, commits them as one, and sends them to who watches. */
  publish<I, D extends Json>(action: Action<I, D>, input: I, documents: Record<string, D>): void;
  /** Asks, publishes, and gives the document back. */
  run<I, D extends Json>(action: Action<I, D>, input: I): Promise<D>;
  /** The newest document of a kind. */
  latest<D extends Json>(kind: Kind<D>): D;
  /** Works along a dependency graph. What fails or is skipped is listed as missing; the rest goes on. */
  graph<T>(graph: Graph<T>): Promise<Record<string, T>>;
  /** Names the project; the workspace gives it a folder of its own. */
  open(name: string): void;
  /** Lists what a failed question leaves missing, under its own title or another. Any other error is a bug and is thrown on. */
  missing(error: unknown, subject?: string): void;
  /** The verdict of a review, for the screen. */
  review(action: Kind<Json>, subject: string, verdict: { approved: boolean; comments: readonly string[] }): void;
  warn(message: string): void;
}

interface Office {
  readonly steps: Steps;
  readonly environment: Environment;
  readonly options: RunOptions;
  /** `Role/Action` -> the deployments that answer, in the order in which they are asked. */
  readonly lanes: Readonly<Record<string, readonly string[]>>;
  readonly missing: Missing[];
  /** Counts by name, for keys: attempts of a question, commits of an action. */
  readonly counts: Map<string, number>;
}

/** The desk at which a role works, in an office it shares with the others. */
export function deskOf(role: Role, { steps, environment, options, lanes, missing, counts }: Office): Desk {
  const count = (name: string) => {
    const next = (counts.get(name) ?? 0) + 1;
    counts.set(name, next);
    return next;
  };
  /** `Action/subject` -> the model that wrote the newest document, where another one was asked. */
  const substitutes = new Map<string, string | undefined>();
  const note = (event: Record<string, unknown>) =>
    steps.apply(`note/${role.profile}/${count(`note/${role.profile}`)}`, "note", event as Json);

  const desk: Desk = {
    options,
    async ask(action, input, subject = "") {
      const { document, substitute } = await askAlong(steps, {
        action,
        input,
        subject,
        role: role.profile,
        persona: persona(role),
        attempt: count(`${action.name}/${subject}`),
        lanes: lanes[`${role.profile}/${action.name}`] ?? [],
        maxReasks: options.maxReasks,
        repair: options.repair,
      });
      substitutes.set(
        `${action.name}/${subject}`,
        substitute && `${substitute.model} (in place of ${substitute.insteadOf})`,
      );
      return document;
    },
    publish(action, input, documents) {
      const subjects = Object.keys(documents);
      const by = (id: string) => substitutes.get(`${action.name}/${id}`);
      const written = subjects.map((id) => {
        const texts = action.write?.(documents[id] as never, id, input) ?? {};
        // Source code is a text; a document has fields.
        return typeof documents[id] === "string" ? texts : signed(texts, by(id));
      });
      const files = Object.fromEntries(written.flatMap((texts) => Object.entries(texts)));
      const about = subjects.filter(Boolean).join(", ");
      if (Object.keys(files).length > 0) {
        const head = `${action.name} by ${role.profile}${about ? `: ${about}` : ""}`;
        const others = subjects.filter(by).map((id) => (id ? `${id}: ${by(id)}` : by(id)));
        const message = others.length > 0 ? `${head}\n\nWritten by another model:\n${others.join("\n")}` : head;
        steps.apply(`commit/${action.name}/${count(`commit/${action.name}`)}`, "commit", { message, files });
      }
      for (const subject of subjects) {
        const message = { kind: action.name, subject, from: role.profile, document: documents[subject] };
        environment.publish(message as Message);
      }
    },
    async run(action, input) {
      const document = await desk.ask(action, input);
      desk.publish(action, input, { "": document });
      return document;
    },
    latest<D extends Json>({ name }: Kind<D>): D {
      const documents = Object.values(environment.memory.all(name));
      if (documents.length === 0) throw new Error(`${role.profile} looks for ${name}, which nobody has published`);
      return documents.at(-1) as D;
    },
    async graph(graph) {
      const { results, failed, skipped } = await runGraph(graph);
      for (const [id, error] of Object.entries(failed)) desk.missing(error, id);
      for (const [id, need] of Object.entries(skipped)) {
        missing.push({ subject: id, kind: "skipped", reason: `not begun, because it needs ${need}` });
      }
      return results;
    },
    open: (name) => steps.apply("open", "open-project", { name }),
    missing(error, subject) {
      if (!(error instanceof AskError)) throw error;
      const { title, kind, message, hint } = error;
      missing.push({ subject: subject ?? title, kind, reason: message, ...(hint === undefined ? {} : { hint }) });
    },
    review: (action, subject, verdict) =>
      note({ type: "review", role: role.profile, action: action.name, subject, ...verdict }),
    warn: (message) => note({ type: "warning", message }),
  };
  return desk;
}

/** A document for people says so when another model than the one asked first has written it. */
function signed(files: Record<string, string>, by: string | undefined): Record<string, string> {
  if (by === undefined) return files;
  return Object.fromEntries(
    Object.entries(files).map(([path, text]) => [
      path,
      path.endsWith(".md") ? `${text.trimEnd()}\n\n*Written by ${by}*\n` : text,
    ]),
  );
}
