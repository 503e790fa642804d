import type { Tools } from "../../src/llm/provider.ts";
import { wireTools } from "../../src/llm/wire/tools.ts";
import type { WireOptions } from "../../src/llm/wire/wire.ts";

/** What a provider is given in a run. */
export const tools = (options: WireOptions = {}, notify: Tools["notify"] = () => {}): Tools => ({
  ...wireTools(options),
  notify,
});
