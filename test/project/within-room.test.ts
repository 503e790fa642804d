import { expect, it } from "vitest";
import { withinRoom } from "../../src/project/within-room.ts";

const files = { big: "b".repeat(60), small: "s".repeat(30), next: "n".repeat(30), huge: "h".repeat(200), empty: "" };

it.each([
  [["small", "next", "big"], 100, ["small", "next"]],
  [["big", "small"], 100, ["big", "small"]],
  [["big", "small", "next"], 100, ["small", "next"]],
  [["huge", "small"], 100, ["small"]],
  [["small", "next"], 40, ["small"]],
  [["empty", "unknown", "small"], 100, ["small"]],
])("of %j in %d characters shows %j", (paths, room, shown) => {
  expect(withinRoom(paths, files, room).map(({ path }) => path)).toEqual(shown);
});
