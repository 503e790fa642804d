/**
 * For servers that may send the whole text so far in each frame although pieces were asked for. Returns what is new in a
 * frame; where the beginning fits both ways, only what both would say, and the rest at the end.
 */
export function repeatFilter() {
  let manner: "open" | "pieces" | "whole" = "open";
  let last = "";
  let joined = "";
  let said = 0;
  let grown = 0;

  /** Says what is new in the text as far as it is certain. */
  const upTo = (text: string, length = text.length) => {
    const piece = text.slice(said, length);
    said = Math.max(said, length);
    return piece;
  };

  const push = (frame: string): string => {
    if (manner === "pieces") return frame;
    if (manner === "whole") return frame.startsWith(last.slice(0, 16)) ? upTo(frame) : frame;
    joined += frame;
    if (!frame.startsWith(last)) {
      manner = "pieces";
      return upTo(joined);
    }
    if (last !== "" && frame.length > last.length) grown += 1;
    last = frame;
    if (grown < 2 || frame.length < 16) return upTo(frame, sharedLength(joined, frame));
    manner = "whole";
    return upTo(frame);
  };

  /** What was held back because it fitted both ways. */
  const end = (): string => (manner === "open" ? upTo(grown > 0 ? last : joined) : "");

  return { push, end };
}

function sharedLength(one: string, other: string): number {
  let length = 0;
  while (length < other.length && one[length] === other[length]) length += 1;
  return length;
}
