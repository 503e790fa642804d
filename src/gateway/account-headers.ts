import type { Account } from "./chat-call.ts";

/** What an answer took, as the headers of it. */
export const headersOf = ({ llm, model, provider, attempts, cost, repaired, cached }: Account) => ({
  "x-metagpt-llm": headerSafe(llm),
  "x-metagpt-model": headerSafe(model),
  "x-metagpt-provider": headerSafe(provider),
  "x-metagpt-attempts": String(attempts),
  "x-metagpt-cost": cost.toFixed(9).replace(/\.?0+$/, ""),
  "x-metagpt-repaired": String(repaired),
  "x-metagpt-cache": cached ? "hit" : "miss",
});

/** Characters of a name: what a server calls itself is not for us to choose. */
const longest = 200;

/** Names may be in any language; a header holds ASCII. */
function headerSafe(name: string): string {
  const kept = name.slice(0, longest);
  if (/^[\x20-\x7e]*$/.test(kept)) return kept;
  return kept.replace(/\p{Surrogate}/gu, "\ufffd").replace(/[^\x20-\x7e]+/gu, (part) => encodeURIComponent(part));
}
