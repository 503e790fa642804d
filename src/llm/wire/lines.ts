import { StringDecoder } from "node:string_decoder";
import { ProviderError } from "../provider.ts";

/** Cuts bytes into lines ended by LF, CRLF or CR; characters cut between two pieces stay whole. */
export function lineCutter(): {
  /** The lines that have ended. */
  push(bytes: Uint8Array): readonly string[];
  /** The last ones, once no more comes. */
  end(): readonly string[];
} {
  // it costs a busy server a tenth of what a TextDecoder does
  const decoder = new StringDecoder("utf8");
  let rest = "";
  let begun = false;
  return {
    push(bytes) {
      let text = decoder.write(bytes);
      if (!begun && text !== "") {
        begun = true;
        if (text.startsWith(byteOrderMark)) text = text.slice(1);
      }
      rest = bounded(rest + text);
      if (!text.includes("\n") && !text.includes("\r")) return [];
      // A CR at the very end may be half of a CRLF and waits for what follows.
      const lines = rest.includes("\r") ? rest.split(/\r\n|\n|\r(?=[^\n])/) : rest.split("\n");
      rest = lines.pop() ?? "";
      return lines;
    },
    end() {
      rest += decoder.end();
      return rest === "" ? [] : rest.split(/\r\n|\n|\r/);
    },
  };
}

const byteOrderMark = "\ufeff";

/** The longest line or event that is held in memory, in characters. */
const limit = 8 * 1024 * 1024;

/** Throws at a text that is longer than anything a server has to say at once. */
export function bounded(text: string): string {
  if (text.length > limit) throw new ProviderError("the server sent an event of more than 8 MB", { kind: "protocol" });
  return text;
}
