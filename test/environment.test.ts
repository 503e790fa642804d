import { describe, expect, it } from "vitest";
import { createEnvironment } from "../src/environment.ts";
import type { Message } from "../src/message.ts";
import type { Role } from "../src/role.ts";

const role = (profile: string, ...watch: string[]): Role => ({
  profile,
  name: profile,
  goal: "",
  constraints: "",
  watch: watch.map((name) => ({ name })),
  actions: [],
  act: async () => {},
});

const message = (kind: string, from: string, document = "", subject = ""): Message => ({
  kind,
  from,
  document,
  subject,
});

/** What a delivery holds: role -> the documents it gets. */
const delivered = (environment: ReturnType<typeof createEnvironment>) =>
  Object.fromEntries(
    [...environment.deliver()].map(([{ profile }, inbox]) => [profile, inbox.map(({ document }) => document)]),
  );

describe("the environment", () => {
  it("delivers to everybody who watches, and to nobody else", () => {
    const environment = createEnvironment([role("A", "x"), role("B", "x", "y"), role("C", "z")]);
    environment.publish(message("x", "User", "first"));
    environment.publish(message("y", "User", "second"));
    environment.publish(message("unwatched", "User", "third"));
    expect(delivered(environment)).toEqual({ A: ["first"], B: ["first", "second"] });
    expect(delivered(environment)).toEqual({});
  });

  it("delivers in the order of the roster, whoever was first", () => {
    const environment = createEnvironment([role("A"), role("B"), role("Reader", "x")]);
    for (const from of ["Reader", "B", "User", "A", "B"]) {
      environment.publish(message("x", from, `${from} ${from === "B" ? "again" : ""}`.trim(), from));
    }
    expect(delivered(environment)).toEqual({ Reader: ["User", "A", "B again", "B again", "Reader"] });
  });

  it("gives roles their messages in the order in which they were hired", () => {
    const environment = createEnvironment([role("Z", "x"), role("A", "x")]);
    environment.publish(message("x", "A"));
    expect([...environment.deliver().keys()].map(({ profile }) => profile)).toEqual(["Z", "A"]);
  });

  it("has news only while somebody would act on them", () => {
    const environment = createEnvironment([role("A", "x")]);
    environment.publish(message("unwatched", "A"));
    expect(environment.hasNews()).toBe(false);
    environment.publish(message("x", "A"));
    expect(environment.hasNews()).toBe(true);
    environment.deliver();
    expect(environment.hasNews()).toBe(false);
  });
});

describe("the memory", () => {
  it("knows a document from its delivery on, and of each subject the newest", () => {
    const environment = createEnvironment([role("A"), role("B")]);
    const { memory } = environment;
    environment.publish(message("code", "A", "b1", "b.js"));
    expect(memory.all("code")).toEqual({});
    environment.deliver();
    environment.publish(message("code", "A", "a1", "a.js"));
    environment.publish(message("code", "A", "b2", "b.js"));
    environment.deliver();
    expect(Object.entries(memory.all("code"))).toEqual([
      ["b.js", "b2"],
      ["a.js", "a1"],
    ]);
    expect(memory.everything()).toEqual({ code: { "b.js": "b2", "a.js": "a1" } });
  });

  it("keeps the later in the roster where two write about the same", () => {
    const environment = createEnvironment([role("A"), role("B")]);
    environment.publish(message("x", "B", "of B"));
    environment.publish(message("x", "A", "of A"));
    environment.deliver();
    expect(environment.memory.all("x")).toEqual({ "": "of B" });
  });

  it("is not confused by subjects named like members of every object", () => {
    const environment = createEnvironment([]);
    environment.publish(message("constructor", "A", "x", "__proto__"));
    environment.deliver();
    expect(environment.memory.all("toString")).toEqual({});
    expect(Object.keys(environment.memory.all("constructor"))).toEqual(["__proto__"]);
  });
});
