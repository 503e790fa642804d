import { describe, expect, it } from "vitest";
import { type BreakerOptions, createBreaker } from "../../../src/llm/call/breaker.ts";
import type { FailureKind } from "../../../src/llm/provider.ts";

function open(options: BreakerOptions = {}) {
  let now = 1_000_000;
  const breaker = createBreaker({ clock: () => now, ...options });
  return {
    ...breaker,
    fail: (...kinds: readonly FailureKind[]) => {
      for (const kind of kinds) breaker.failed(kind, `${kind} at m-1`);
    },
    pass: (seconds: number) => {
      now += seconds * 1000;
    },
  };
}

describe("a deployment is skipped", () => {
  it.each<[FailureKind, failures: number]>([
    ["network", 3],
    ["timeout", 3],
    ["server", 3],
    ["rate", 3],
    ["auth", 1],
    ["quota", 1],
  ])("%s: after %i", (kind, failures) => {
    const { check, fail } = open();
    for (let failure = 1; failure < failures; failure++) fail(kind);
    expect(check()).toBeUndefined();
    fail(kind);
    expect(check()).toBe(`${kind} at m-1 (tried again in 60 s)`);
  });

  it("after failures of different kinds, for the last of them", () => {
    const { check, fail } = open();
    fail("network", "rate", "server");
    expect(check()).toBe("server at m-1 (tried again in 60 s)");
  });

  it("after as many failures and for as long as is said", () => {
    const { check, fail, pass } = open({ failures: 1, rest: 5000 });
    fail("timeout");
    pass(3.5);
    expect(check()).toBe("timeout at m-1 (tried again in 2 s)");
    pass(1.5);
    expect(check()).toBeUndefined();
  });
});

describe("it is not skipped", () => {
  it.each<FailureKind>([
    "truncated",
    "empty",
    "request",
    "overflow",
    "policy",
    "protocol",
    "loop",
    "unrecorded",
    "aborted",
  ])("for what is wrong with a request or its answer: %s", (kind) => {
    const { check, fail } = open();
    fail(kind, kind, kind, kind);
    expect(check()).toBeUndefined();
  });

  it("when a call succeeded in between", () => {
    const { check, fail, succeeded } = open();
    fail("server", "server");
    succeeded();
    fail("server", "server");
    expect(check()).toBeUndefined();
    fail("server");
    expect(check()).toBeDefined();
  });
});

describe("after the rest", () => {
  it("one call is let through, the others go on skipping", () => {
    const { check, fail, pass } = open();
    fail("quota");
    pass(59.999);
    expect(check()).toBe("quota at m-1 (tried again in 1 s)");
    pass(0.001);
    expect(check()).toBeUndefined();
    expect(check()).toBe("quota at m-1 (tried again in 60 s)");
  });

  it("its success lets all through", () => {
    const { check, fail, succeeded, pass } = open();
    fail("network", "network", "network");
    pass(60);
    check();
    succeeded();
    expect([check(), check()]).toEqual([undefined, undefined]);
    fail("network");
    expect(check()).toBeUndefined();
  });

  it("its failure means another rest", () => {
    const { check, fail, pass } = open();
    fail("network", "network", "network");
    pass(60);
    check();
    pass(10);
    fail("timeout");
    pass(59);
    expect(check()).toBe("timeout at m-1 (tried again in 1 s)");
    pass(1);
    expect(check()).toBeUndefined();
  });

  it("a call that says nothing about the deployment does not end the tries for ever", () => {
    const { check, fail, pass } = open();
    fail("auth");
    pass(60);
    check();
    fail("aborted");
    expect(check()).toBe("auth at m-1 (tried again in 60 s)");
    pass(60);
    expect(check()).toBeUndefined();
  });
});

it("shows who only looks why it is skipped, and leaves the one call that is let through to others", () => {
  const { check, peek, fail, pass } = open();
  expect(peek()).toBeUndefined();
  fail("auth");
  expect(peek()).toBe("auth at m-1 (tried again in 60 s)");
  pass(60);
  expect([peek(), peek()]).toEqual([undefined, undefined]);
  expect(check()).toBeUndefined();
  expect([peek(), check()]).toEqual(Array(2).fill("auth at m-1 (tried again in 60 s)"));
});
