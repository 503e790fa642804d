/**
 * An LLM of your own: a module that exports one provider. This one speaks to a server that takes
 * `POST /chat {"model": ..., "messages": [...]}` and answers `{"error_code": 0, "text": ...}`.
 *
 *   # config/config2.yaml
 *   llm:
 *     api_type: ./examples/my-llm.ts
 *     base_url: http://127.0.0.1:9000
 *     model: my-model
 *
 * `connect` is called once, with the settings as they are written; `stream` for every question. It yields pieces of the
 * answer and may return `{ finish: "length" }` where the answer was cut, and `usage: { input, output, source: "reported" }`
 * where the server counts tokens. What it throws ends the call; with a `kind` of `network`, `server`, `rate` or `timeout`
 * the call is tried again. `tools.fetch` knows the proxy and the timeouts of the configuration.
 */
export const myLlm = {
  async connect(settings: Settings, { fetch }: { fetch: typeof globalThis.fetch }) {
    return {
      async *stream({ messages }: { messages: readonly Message[] }, { signal }: { signal: AbortSignal }) {
        yield await doChat(settings, messages, (url, init) => fetch(url, { ...init, signal }));
      },
    };
  },
};

interface Settings {
  base_url: string;
  model: string;
}

interface Message {
  role: "system" | "user" | "assistant";
  content: string;
}

/** The one thing to implement: messages in, text out. */
async function doChat(
  { base_url, model }: Settings,
  messages: readonly Message[],
  fetch: (url: string, init: RequestInit) => Promise<Response>,
): Promise<string> {
  const response = await fetch(`${base_url}/chat`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ model, messages }),
  });
  const { error_code = response.status, text = "no answer" } = (await response.json()) as Answer;
  if (error_code !== 0) throw Object.assign(new Error(text), { kind: error_code === 429 ? "rate" : "request" });
  return text;
}

interface Answer {
  error_code?: number;
  text?: string;
}
