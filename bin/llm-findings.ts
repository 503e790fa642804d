import type { Named } from "../config/named.ts";
import type { Checkup, Trouble } from "../src/llm/checkup.ts";
import type { Deployment } from "../src/llm/deployment.ts";
import type { Structure } from "../src/llm/structure.ts";
import { exactTokens, plural } from "./figures.ts";
import { type Finding, finding } from "./finding.ts";

/** One LLM, what asking it showed, and the common mistakes that fit. */
export interface Examined {
  readonly llm: Named;
  /** Absent where it cannot be asked as it is written. */
  readonly checkup?: Checkup;
  readonly traps: readonly string[];
}

/** How one LLM stands, in the order in which it was examined, down to what failed. A run does not care for one it does not ask. */
export function llmFindings(examined: Examined): Finding[] {
  const { llm, checkup, traps } = examined;
  const bad = llm.asked.length > 0 ? "fail" : "warn";
  if (llm.problem) return [finding("settings", bad, llm.problem.message, linesOf(llm.problem.hint))];
  if (!llm.deployment || !checkup) return [];
  if (checkup.unasked !== undefined) return [finding("not asked", "ok", checkup.unasked)];
  const { trouble } = checkup;
  const before = trouble ? order.slice(0, order.indexOf(trouble.where)) : order;
  return [
    ...before.flatMap((where) => good[where](checkup, llm, traps) ?? []),
    ...(trouble ? [finding(titles[trouble.where], bad, saidOf(trouble, llm), hintsOf(trouble, examined))] : []),
    ...(trouble ? [] : [contextOf(checkup, llm.deployment)]),
    priceOf(llm.deployment),
  ];
}

/** What went wrong, without the name and the address that messages begin with: they stand above it. */
export function saidOf({ message }: Trouble, { model, baseUrl }: Named): string {
  const start = `${model} at ${baseUrl}: `;
  return message.startsWith(start) ? message.slice(start.length) : message;
}

type Where = Trouble["where"];

const order: readonly Where[] = ["settings", "connection", "key", "model", "answer", "structure"];

const titles: Record<Where, string> = {
  settings: "settings",
  connection: "reachable",
  key: "key",
  model: "model",
  answer: "answer",
  structure: "structure",
};

/** What is said of each step that did not fail; nothing where it is not known. */
const good: Record<Where, (checkup: Checkup, llm: Named, traps: readonly string[]) => Finding | undefined> = {
  settings: () => undefined,
  connection: ({ offered }) =>
    finding("reachable", "ok", offered ? `offers ${plural(offered.length, "model")}` : "yes"),
  key({ answer, offered }, { key, quoted }) {
    if (!answer && !offered) return undefined;
    if (key === "") return finding("key", "unknown", "none is sent");
    const hints = quoted ? [withoutQuotes] : [];
    // many servers show their list to anybody
    return answer ? finding("key", "ok", `${key} accepted`, hints) : finding("key", "unknown", key, hints);
  },
  model({ answer, listed }, _llm, traps) {
    if (listed) return finding("model", "ok", "the server lists it");
    if (!answer) return undefined;
    return finding("model", "ok", listed === false ? "answers, though the server's list lacks it" : "answers", traps);
  },
  answer({ answer }) {
    if (!answer) return undefined;
    return finding("answer", "ok", `first token after ${time(answer.firstToken)}, all after ${time(answer.whole)}`);
  },
  structure({ structure }) {
    if (!structure) return finding("structure", "unknown", "it does not say what holds it to a shape");
    const { mechanism, kept } = structure;
    if (kept === false) {
      const text = `${mechanisms[mechanism]}, and a tiny document came back as something else`;
      return finding("structure", "warn", text, ["Documents will often be asked for again. Try a stronger model."]);
    }
    return finding("structure", "ok", `${mechanisms[mechanism]}${kept === undefined ? " (the answer was cut)" : ""}`);
  },
};

const withoutQuotes = "Quotes stand around the key; they are not sent.";

const mechanisms: Record<Structure, string> = {
  schema: "held to a JSON Schema",
  structured_outputs: "held to a JSON Schema by structured_outputs",
  guided_json: "held to a JSON Schema by guided_json",
  grammar: "held to a grammar",
  tool: "held by a tool call",
  json: "held to JSON, not to its shape",
  off: "held by the prompt alone",
};

/** What to do: what fits this case before what is said of any. */
function hintsOf({ where, hint }: Trouble, { checkup, llm, traps }: Examined): string[] {
  const { near = [], offered = [] } = checkup ?? {};
  const names = near.length > 0 ? near : offered.slice(0, 5);
  const others = offered.length > names.length ? `, and ${offered.length - names.length} more` : "";
  const meant = near.length > 0 ? [`Did you mean ${near.join(" or ")}?`] : [`It offers ${names.join(", ")}${others}.`];
  const special = [
    ...(where === "model" && traps.length === 0 && names.length > 0 ? meant : []),
    ...(where === "key" && llm.quoted ? [withoutQuotes] : []),
    ...traps,
  ];
  const isGeneral = /^(Check (model|base_url)|Is the server running)/.test(hint ?? "");
  return special.length > 0 && isGeneral ? special : [...special, ...linesOf(hint)];
}

/** Below this, questions of a usual run do not fit. */
const smallContext = 8192;

function contextOf({ context }: Checkup, { contextLength }: Deployment): Finding {
  const tokens = contextLength ?? context;
  if (tokens === undefined) return finding("context", "unknown", "the server does not say; context_length can");
  const text = `${exactTokens(tokens, false)} tokens${contextLength === undefined ? "" : " (context_length)"}`;
  return tokens < smallContext
    ? finding("context", "warn", text, [
        "That is little: questions and answers of a run take up to 8,000 tokens and more.",
      ])
    : finding("context", "ok", text);
}

function priceOf({ price, priceBasis }: Deployment): Finding {
  const { cnyPerUsd } = price;
  const amount = (usd: number) => `${cnyPerUsd ? "¥" : "$"}${Number((usd * (cnyPerUsd ?? 1)).toFixed(4))}`;
  const text = `${amount(price.input)} in and ${amount(price.output)} out per million tokens`;
  if (priceBasis === "local") return finding("price", "ok", "free: it is on this machine or in this network");
  if (priceBasis === "assumed")
    return finding("price", "warn", `not known, counted at ${text}`, ["price: in its config says better."]);
  return finding("price", "ok", `${text}${priceBasis === "config" ? ", as configured" : ""}`);
}

/** Milliseconds, as one would say them. */
const time = (ms: number): string => (ms < 950 ? `${Math.max(1, ms)} ms` : `${(ms / 1000).toFixed(1)} s`);

const linesOf = (hint: string | undefined): string[] => (hint === undefined ? [] : hint.split("\n"));
