import { type Fault, faultIn } from "./error-body.ts";
import { linesOf } from "./event-stream.ts";

/** One event of an answer; `name` is empty where the server gave none. */
export interface ServerEvent {
  readonly name: string;
  readonly data: unknown;
}

/** The events of an answer that our fetch has repaired: each is whole JSON, then a blank line. */
export async function* eventsOf({ body }: Response): AsyncGenerator<ServerEvent> {
  if (!body) return;
  let name = "";
  let data = "";
  for await (const line of linesOf(body)) {
    if (line.startsWith("event: ")) name = line.slice("event: ".length);
    if (line.startsWith("data: ")) data += `${line.slice("data: ".length)}\n`;
    if (line !== "") continue;
    if (data !== "" && data !== "[DONE]\n") yield { name, data: JSON.parse(data) };
    [name, data] = ["", ""];
  }
}

/** What the server says in a refusal that our fetch has put into one shape. */
export async function faultOf(response: Response): Promise<Fault> {
  return faultIn(await response.json()) ?? { message: response.statusText || "no reason given" };
}
