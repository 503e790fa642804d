import { expect, it } from "vitest";
import { isThisMachine } from "../../../src/llm/wire/address.ts";

it.each([
  "http://localhost:8000/v1",
  "http://LLM.localhost",
  "http://127.0.0.1:11434",
  "http://127.1.2.3",
  "http://[::1]:8000",
  "http://0.0.0.0:12345/v1",
  "http://0:8000",
  "http://[::]:8000",
  "http://[0:0:0:0:0:0:0:0]",
])("takes %s for this machine", (url) => {
  expect(isThisMachine(new URL(url))).toBe(true);
});

it.each([
  "http://192.168.0.1",
  "http://10.0.0.0",
  "http://[fd00::1]",
  "http://[::2]",
  "http://gpu-box:8000",
  "http://localhost.example.com",
  "http://127.0.0.1.example.com",
  "https://0.0.0.0.example.com",
])("does not take %s for it", (url) => {
  expect(isThisMachine(new URL(url))).toBe(false);
});
