import type { Deployment } from "../../src/llm/deployment.ts";
import { connectDeployment } from "../../src/llm/index.ts";

/** Asks each of the given LLMs once and writes what it answers. Nothing ends the program but that nothing is left to do. */
const calls: { provider: string; settings: Record<string, unknown> }[] = JSON.parse(process.argv[2] ?? "[]");
for (const { provider, settings } of calls) {
  const deployment: Deployment = {
    ...{ name: "main", provider, apiType: provider, model: "test-model", baseUrl: "", settings },
    ...{ price: { input: 0, output: 0 }, maxToken: 1000 },
    priceBasis: "known",
  };
  const llm = await connectDeployment(deployment, { notify: () => {}, heard: () => {} });
  const about = { role: "", action: "", subject: "", attempt: 1, turn: 1 };
  const request = { messages: [{ role: "user", content: "Say hello." }], maxTokens: 1000, about } as const;
  let text = "";
  for await (const delta of llm.stream(request, { signal: new AbortController().signal })) {
    if (delta.type === "text") text += delta.text;
  }
  process.stdout.write(`${text}\n`);
}
