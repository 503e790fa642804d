import { describe, expect, it } from "vitest";
import { productManager } from "../../roles/product-manager.ts";
import { idea, prd } from "../helpers/greeter.ts";
import { runTeam } from "../helpers/team-run.ts";

const run = (options: Parameters<typeof runTeam>[0]["options"] = {}, answer = JSON.stringify(prd)) =>
  runTeam({ roles: [productManager], answer: () => answer, options });

describe("the product manager", () => {
  it("opens the project before the first commit, under the name in the requirements", async () => {
    const { effects, documents } = await run();
    const done = effects.filter(({ operation }) => !["note", "save-raw"].includes(operation));
    expect(done.map(({ operation, input }) => [operation, input.name ?? input.message])).toEqual([
      ["open-project", "greeter"],
      ["commit", "WritePRD by ProductManager"],
    ]);
    expect(documents.WritePRD).toEqual({ "": prd });
  });

  it("takes the user's name for the project, in the document too", async () => {
    const { effects, documents } = await run({ projectName: "Hello World" });
    expect(effects.find(({ operation }) => operation === "open-project")?.input).toEqual({ name: "hello_world" });
    expect(documents.WritePRD).toEqual({ "": { ...prd, project_name: "hello_world" } });
  });

  it("asks with the user's own words and in the user's language", async () => {
    const { asked } = await run({ language: "français" });
    expect(asked[0]?.call.messages[1]?.content).toContain(`## Request\n${idea}\n`);
    expect(asked[0]?.call.messages[1]?.content).toContain("Write every text in français");
  });

  it("opens no project where the requirements cannot be used", async () => {
    const { effects, outcome, missing } = await run({ maxReasks: 0 }, "no");
    expect([outcome, missing.map(({ subject }) => subject)]).toEqual(["incomplete", ["WritePRD"]]);
    expect(effects.filter(({ operation }) => ["open-project", "commit"].includes(operation))).toEqual([]);
  });
});
