import { describe, expect, it } from "vitest";
import { otherAddresses } from "../../../src/llm/checkup/other-addresses.ts";

describe("addresses that are easily mistaken for another", () => {
  it.each<[string, readonly string[]]>([
    [
      "http://localhost:8000",
      ["http://localhost:8000/v1", "http://127.0.0.1:8000", "http://[::1]:8000", "https://localhost:8000"],
    ],
    [
      "http://127.0.0.1:11434/api",
      ["http://127.0.0.1:11434/v1", "http://[::1]:11434/api", "https://127.0.0.1:11434/api"],
    ],
    ["https://127.0.0.1:1234/v1/", ["https://[::1]:1234/v1", "http://127.0.0.1:1234/v1"]],
    ["http://models.lan:8000/v1/completions", ["http://models.lan:8000/v1", "https://models.lan:8000/v1/completions"]],
    // never in the clear what was meant to be encrypted
    ["https://api.example.com", ["https://api.example.com/v1"]],
    ["https://api.example.com/v4", []],
    ["wss://spark-api.xf-yun.com/v1.1/chat", []],
    ["nonsense", []],
  ])("%s", (written, others) => {
    expect(otherAddresses(written)).toEqual(others);
  });
});
