import { describe, expect, it } from "vitest";
import { shipped } from "../helpers/shipped.ts";
import { recordedModel } from "./model.ts";
import type { Faults, Kill } from "./plan.ts";
import { disturbed } from "./runner.ts";

const idea = "write a snake game";
const recording = shipped.find((found) => found.recording.idea === idea);
const { questions } = await recordedModel(recording?.folder ?? "");
const [failing] = [...questions].find(([, title]) => title === "WriteCode/css/style.css") ?? [];

/** The first call for this file fails for good; the next session gets an answer. */
const faults: Faults = (opening, time) => (opening === failing && time === 1 ? "HTML page with 200" : undefined);

/** About where the run writes and commits the files that it has without that one. */
const kills = [[19, 14]].map(
  ([count = 0, delay = 0]): Kill => ({ when: "records", count, delay, withChildren: delay === 14, torn: false }),
);

describe("a run in which a call has failed", () => {
  it.concurrent.each(kills)(
    "goes on as its own work, killed $delay ms after record $count",
    { timeout: 90_000 },
    async (kill) => {
      const run = await disturbed(kill.count * 100 + kill.delay, { idea, faults, kills: [kill] });
      expect(run).toMatchObject({ problems: [], faults: { "HTML page with 200": 1 } });
    },
  );
});
