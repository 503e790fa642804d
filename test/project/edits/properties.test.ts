import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { applyBlocks, readBlocks } from "../../../src/project/edits/index.ts";

const line = fc.constantFrom("", "a", "  b", "}", "\tc", "return;", "“d”", "e  ", "=======", "```");
const ends = fc.constantFrom("\n", "\r\n");

/** A file of lines that are all different, and changes of some of them. */
const changed = fc
  .record({
    lines: fc.array(line, { minLength: 1, maxLength: 30 }),
    changes: fc.array(fc.record({ at: fc.nat(29), gone: fc.nat(3), now: fc.array(line, { maxLength: 3 }) }), {
      maxLength: 4,
    }),
    end: ends,
    mark: fc.constantFrom("", "\uFEFF"),
    final: fc.boolean(),
  })
  .map(({ lines, changes, end, mark, final }) => {
    const unique = lines.map((text, index) => `${text}${index}`);
    const after: string[] = [];
    const blocks: { search: string; replace: string }[] = [];
    let next = 0;
    for (const { at, gone, now } of changes.toSorted((a, b) => a.at - b.at)) {
      const until = Math.min(unique.length, at + Math.max(1, gone));
      if (at < next || until <= at) continue;
      after.push(...unique.slice(next, at), ...now);
      const text = (some: readonly string[]) => some.map((one) => `${one}\n`).join("");
      blocks.push({ search: text(unique.slice(at, until)), replace: text(now) });
      next = until;
    }
    after.push(...unique.slice(next));
    const joined = (some: readonly string[]) =>
      mark + some.join(end) + (some.length > 0 && (final || some.at(-1) === "") ? end : "");
    return { source: mark + unique.join(end) + (final ? end : ""), blocks, after: joined(after), final };
  })
  // without a final line end a last blank line cannot be told from none, nor what ends a line that has no end
  .filter(({ source, after, final }) => final || (/\n/.test(source) && !/\n$/.test(after)));

describe("applyBlocks", () => {
  it("changes what the blocks say and nothing else, in whatever order they come", () => {
    fc.assert(
      fc.property(changed, fc.boolean(), ({ source, blocks, after }, backwards) => {
        const result = applyBlocks(source, backwards ? blocks.toReversed() : blocks);
        expect(result).toEqual({ text: after, failed: [], tolerated: 0 });
      }),
      { numRuns: 500 },
    );
  });

  it("finds the same places where the blocks are indented otherwise", () => {
    fc.assert(
      fc.property(changed, ({ source, blocks }) => {
        const indented = (text: string) => text.replace(/^(?=[^\n])/gm, "    ");
        const shifted = blocks.map(({ search, replace }) => ({ search: indented(search), replace: indented(replace) }));
        expect(applyBlocks(source, shifted).text).toBe(applyBlocks(source, blocks).text);
      }),
      { numRuns: 300 },
    );
  });
});

describe("readBlocks", () => {
  it("reads back what was written", () => {
    const body = fc.array(fc.constantFrom("", "a", "  <b>", "} else {", "```js", "====", "<<<<<<< x", "// >>>>>>> y"), {
      maxLength: 5,
    });
    const written = fc.array(fc.record({ search: body, replace: body }), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(written, ends, (blocks, end) => {
        const text = blocks
          .map(({ search, replace }) =>
            ["<<<<<<< SEARCH", ...search, "=======", ...replace, ">>>>>>> REPLACE", ""].join(end),
          )
          .join(`Then:${end}`);
        const read = readBlocks(text).blocks.map(({ search, replace }) => [search, replace]);
        const wanted = blocks.map(({ search, replace }) =>
          [search, replace].map((side) => side.map((one) => `${one}\n`).join("")),
        );
        expect(read).toEqual(wanted);
      }),
      { numRuns: 500 },
    );
  });
});
