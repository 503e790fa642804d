import type { Tools } from "../provider.ts";
import { startClock } from "./clock.ts";
import { openExchange } from "./exchange.ts";
import { wireFetch } from "./fetch.ts";
import { wirePost } from "./post.ts";
import { openWire, type Wire, type WireOptions } from "./wire.ts";

/** What a provider with a server is given: one way to it, for streams of events, for `fetch` and for sockets of its own. */
export function wireTools(options: WireOptions = {}): Pick<Tools, "fetch" | "post" | "clock" | "socket"> {
  let opened: Promise<Wire> | undefined;
  const wire = () => {
    opened ??= openWire(options);
    return opened;
  };
  const exchange = openExchange(options, wire);
  return {
    fetch: wireFetch(exchange, options),
    post: wirePost(exchange, options),
    clock: (caller) => startClock(options, caller),
    async socket(url) {
      const { agentFor, ca } = await wire();
      return { agent: await agentFor(url), ca };
    },
  };
}
