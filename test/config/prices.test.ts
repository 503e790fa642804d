import { describe, expect, it } from "vitest";
import { loadPresets } from "../../config/presets.ts";
import { loadPrices, type Priced, priceOf } from "../../config/prices.ts";

const remote: Priced = { model: "gpt-4o", baseUrl: "https://api.openai.com/v1", local: false, billed: true };
const prices = await loadPrices(7);
const assumed = prices.assumed.output;

describe("the price of a model", () => {
  it.each([
    ["gpt-4o", 10, "known"],
    ["GPT-4o", 10, "known"],
    ["gpt-4o-2024-08-06", 10, "known"],
    ["gpt-4o-mini", 0.6, "known"],
    ["gpt-4o-mini-2024-07-18", 0.6, "known"],
    ["openai/gpt-4o-mini", 0.6, "known"],
    ["openai/gpt-4o-mini:nitro", 0.6, "known"],
    ["claude-3-5-sonnet-20241022", 15, "known"],
    ["anthropic/claude-sonnet-4-5@20250929", 15, "known"],
    ["o3-mini-high", 4.4, "known"],
    ["gpt-5.4-mini-fast", 4.5, "known"],
    ["gpt-5.7", assumed, "assumed"],
    ["gpt-50", assumed, "assumed"],
    ["glm-4.7-flash", 0, "known"],
    ["glm-4.7-flash-plus", 2.2, "known"],
    ["ernie-4.5-turbo-128k", 3.2 / 7, "known"],
    ["ERNIE-Speed", 1.1, "known"],
    ["llama2-13b", assumed, "assumed"],
    ["", assumed, "assumed"],
  ])("%s: %f a million tokens out, %s", (model, output, basis) => {
    const found = priceOf({ ...remote, model }, prices);
    expect([found.price.output, found.basis]).toEqual([output, basis]);
  });

  it.each([
    [
      "what the user says",
      { price: { input: 1, output: 2, currency: "USD" }, pricingPlan: "gpt-4o", local: true },
      2,
      "config",
    ],
    ["the plan the user names", { pricingPlan: "gpt-4o-mini", baseUrl: "http://127.0.0.1:4000" }, 0.6, "known"],
    ["nothing for a local kind", { local: true, baseUrl: "https://gpu.example.com" }, 0, "local"],
    ["nothing for a server here", { billed: false, baseUrl: "http://localhost:8000/v1" }, 0, "local"],
    ["the list", {}, 10, "known"],
    ["the list, where nobody lists the plan", { pricingPlan: "my-deployment" }, 10, "known"],
    ["the assumed price", { model: "unheard-of" }, assumed, "assumed"],
  ] as const)("is %s", (_, change, output, basis) => {
    const found = priceOf({ ...remote, ...change }, prices);
    expect([found.price.output, found.basis]).toEqual([output, basis]);
  });

  it.each([
    ...[
      "http://127.0.0.1:1",
      "http://0.0.0.0:12345/v1",
      "http://10.1.2.3",
      "http://172.16.0.1",
      "http://192.168.1.5:8000",
    ],
    ...["http://[::1]:8000", "http://[fd00::1]", "http://100.64.0.1", "http://gpu-box:8000/v1", "http://gpu.local"],
    ...["http://host.docker.internal:11434", "http://169.254.1.1"],
  ])("is nothing at %s, unless it is a gateway to a model on the list", (baseUrl) => {
    expect(priceOf({ ...remote, billed: false, baseUrl }, prices).basis).toBe("local");
    expect(priceOf({ ...remote, model: "qwen-of-mine", baseUrl }, prices).basis).toBe("local");
    expect(priceOf({ ...remote, baseUrl }, prices)).toMatchObject({ basis: "known", price: { output: 10 } });
  });

  it.each([
    ...["https://api.openai.com/v1", "http://106.75.10.1:8000/v1", "http://172.32.0.1", "http://192.169.0.1"],
    ...["http://[2001:db8::1]", "http://100.128.0.1", "http://10.example.com", "http://localhost.example.com", ""],
  ])("is not nothing at %s", (baseUrl) => {
    expect(priceOf({ ...remote, baseUrl }, prices).basis).toBe("known");
  });
});

describe("the price list", () => {
  it("has a date and a price for each default model but those of resellers", async () => {
    const { all } = await loadPresets(process.cwd());
    const unlisted = all.filter(({ local, model, base_url = "" }) => {
      return (
        model !== undefined && priceOf({ model, baseUrl: base_url, local, billed: true }, prices).basis === "assumed"
      );
    });
    expect(prices.date).toMatch(/^\d{4}-\d\d-\d\d$/);
    expect(unlisted.map(({ kind }) => kind)).toEqual(["siliconflow", "fireworks", "together", "yi", "llama_api"]);
  });

  it("assumes more for an unknown model than most known ones cost", () => {
    const outputs = [...prices.models.values()].map(({ output }) => output).sort((a, b) => a - b);
    expect(assumed).toBeGreaterThanOrEqual(outputs[Math.floor(outputs.length * 0.9)] ?? Number.POSITIVE_INFINITY);
  });
});
