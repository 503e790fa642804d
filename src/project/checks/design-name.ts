import type { Contract } from "./finding.ts";

/** What a design means by the name of an export: `Game.start` is the member start of Game. */
export interface DesignName {
  readonly owner: string | undefined;
  readonly name: string;
}

/** Reads the name of an export; undefined if it is none of the code, such as the address of a service or an event. */
export function designName({ name, kind }: Contract["exports"][number]): DesignName | undefined {
  if (noCode.test(kind)) return undefined;
  const plain = name
    .trim()
    .replace(/^`+|`+$/g, "")
    .replace(/\(.*\)$/s, "")
    .replace(/^new\s+/, "")
    .replace(/^(?:window|globalThis|module\.exports|exports|self)\./, "")
    .replaceAll(/\.prototype\.|::|#|->/g, ".");
  if (
    plain.length > 120 ||
    !/^[\p{ID_Start}_$][\p{ID_Continue}$]*(?:\.[\p{ID_Start}_$][\p{ID_Continue}$]*)?$/u.test(plain)
  )
    return undefined;
  const [owner = "", member] = plain.split(".");
  return member === undefined ? { owner: undefined, name: owner } : { owner, name: member };
}

const noCode =
  /rout|endpoint|event|element|selector|\bid\b|command|style|markup|template|page|\bkey\b|message|signal|table|config|script|program|entry|side effect|file|document|handler list|macro/i;
