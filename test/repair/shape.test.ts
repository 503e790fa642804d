import { expect, it } from "vitest";
import { z } from "zod";
import { repair, shapeOf, strictSchema } from "../../src/repair/index.ts";
import { Plan } from "./documents.ts";

it("draws a document as a skeleton with its instructions as comments", () => {
  expect(shapeOf(Plan)).toBe(`{
  "project_name": string, // snake_case, such as snake_game
  "product_goals": string[], // up to 3
  "requirement_pool": [ // most important first
    {
      "priority": "P0" | "P1" | "P2", // P0 must
      "text": string
    }
  ],
  "competitors": [
    {
      "name": string,
      "x": number // reach
    }
  ],
  "anything_unclear": string
}`);
});

const Odd = z.object({
  count: z.int().describe("how\n  many"),
  verdict: z.literal("yes"),
  levels: z.array(z.enum(["low", "high"])),
  sizes: z.record(z.string(), z.number()),
  owner: z.object({ name: z.string() }).optional().describe("who"),
  note: z.string().nullable(),
  done: z.boolean().default(false).describe("whether it is"),
});

it("draws optional, nullable, fixed and keyed fields", () => {
  expect(shapeOf(Odd)).toBe(`{
  "count": number, // how many
  "verdict": "yes",
  "levels": ("low" | "high")[],
  "sizes": { [key: string]: number },
  "owner"?: { // who
    "name": string
  },
  "note": string | null,
  "done"?: boolean // whether it is
}`);
});

it("makes every field required, keeps descriptions, and lets optional ones be null", () => {
  const { count: _, ...properties } = strictSchema(Odd).properties as Record<string, unknown>;
  expect(strictSchema(Odd)).toMatchObject({
    type: "object",
    required: ["count", "verdict", "levels", "sizes", "owner", "note", "done"],
    additionalProperties: false,
  });
  expect(properties).toEqual({
    verdict: { type: "string", const: "yes" },
    levels: { type: "array", items: { type: "string", enum: ["low", "high"] } },
    sizes: { type: "object", propertyNames: { type: "string" }, additionalProperties: { type: "number" } },
    owner: {
      description: "who",
      anyOf: [
        {
          type: "object",
          properties: { name: { type: "string" } },
          required: ["name"],
          additionalProperties: false,
        },
        { type: "null" },
      ],
    },
    note: { type: ["string", "null"] },
    done: { description: "whether it is", anyOf: [{ type: "boolean" }, { type: "null" }] },
  });
});

it("leaves no trace of its own making in a strict schema", () => {
  expect(JSON.stringify(strictSchema(Odd))).not.toMatch(/\$schema|"default"/);
});

it("has the reader take the nulls of a strict answer for absent fields", () => {
  const answer = { count: 1, verdict: "yes", levels: [], sizes: {}, owner: null, note: null, done: null };
  expect(repair(JSON.stringify(answer), Odd)).toEqual({
    ok: true,
    value: { count: 1, verdict: "yes", levels: [], sizes: {}, note: null, done: false },
    repairs: [
      { kind: "default", path: ["done"], span: [0, 0], lossy: true, note: "the schema's own value" },
      { kind: "null", path: ["owner"], span: [58, 62], lossy: false },
      { kind: "null", path: ["done"], span: [82, 86], lossy: false },
    ],
    lossy: true,
    truncated: false,
    extras: [],
  });
});

it("does not take its own skeleton for an answer", () => {
  expect(repair(shapeOf(Plan), Plan)).toMatchObject({ ok: false });
});
