import type { Checkup } from "../src/llm/checkup.ts";
import type { Deployment } from "../src/llm/deployment.ts";
import { isThisMachine } from "../src/llm/wire/address.ts";
import { isLocalAddress } from "./address.ts";
import type { Env } from "./layers.ts";

/** The mistakes that are commonly made with an LLM like this one and that fit what its checkup showed; each with the way out. */
export function trapsOf(checkup: Checkup, deployment: Deployment, env: Env): string[] {
  return [elsewhere, ollama, noOllama, fastChat, llamaFactory, noKey, proxy].flatMap(
    (trap) => trap(checkup, deployment, env) ?? [],
  );
}

type Trap = (checkup: Checkup, deployment: Deployment, env: Env) => string | undefined;

/** Whether the LLM was not reached, or by something that does not speak its language. */
const isStranger = ({ trouble, offered }: Checkup): boolean =>
  offered === undefined && (trouble?.where === "connection" || trouble?.where === "answer");

/** A server does answer at an address that is easily mistaken for this one. */
const elsewhere: Trap = ({ instead }, { baseUrl }) => {
  if (instead === undefined) return undefined;
  const [own, there] = [new URL(baseUrl), new URL(instead)];
  const why =
    own.protocol !== there.protocol
      ? `the server speaks ${there.protocol.slice(0, -1)}, not ${own.protocol.slice(0, -1)}`
      : own.hostname !== there.hostname
        ? `the server listens on ${there.hostname} only`
        : `base_url lacks ${there.pathname.replace(/^.*\//, "/")}`;
  return `A server answers at ${instead}: ${why}. Write base_url: ${instead}`;
};

const ollama: Trap = (checkup, { provider, baseUrl, model }) => {
  const { trouble, offered } = checkup;
  if (provider === "ollama" && trouble?.where === "connection") return "Start Ollama: ollama serve";
  if (provider === "ollama" && trouble && offered?.length === 0)
    return `This Ollama holds no model yet: ollama pull ${model}`;
  const isOllamaPort = URL.canParse(baseUrl) && new URL(baseUrl).port === "11434";
  if (provider !== "openai" || !isOllamaPort || !isStranger(checkup)) return undefined;
  return "Port 11434 is Ollama's: with api_type: ollama neither /v1 nor /api is needed.";
};

const noOllama: Trap = (checkup, { provider }) => {
  const refused = checkup.trouble?.where === "answer" && [404, 405].includes(checkup.trouble.status ?? 0);
  if (provider !== "ollama" || !isStranger(checkup) || !refused) return undefined;
  return "No Ollama answers there. For vLLM, LM Studio, llama.cpp and the like write api_type: open_llm, and base_url with /v1.";
};

/** FastChat names its models by the last part of their paths, and says so in a way of its own. */
const fastChat: Trap = ({ trouble }) => {
  const names = /Only (\S.*?) allowed now/.exec(trouble?.message ?? "")?.[1]?.split("&&");
  return names && `FastChat serves ${names.join(" and ")}. Write model: ${names[0]}`;
};

/** LLaMA-Factory answers to any name and shows one of OpenAI's where nobody gave it another. */
const llamaFactory: Trap = ({ offered }, { model, baseUrl }) => {
  const isIt = offered?.join() === "gpt-3.5-turbo" && model !== "gpt-3.5-turbo" && isLocalAddress(baseUrl);
  return isIt
    ? "gpt-3.5-turbo is what LLaMA-Factory calls any model; it answers to every name, and API_MODEL_NAME gives it its own."
    : undefined;
};

const noKey: Trap = ({ trouble }, { settings }) =>
  trouble?.where === "key" && settings.api_key === undefined && settings.api_secret === undefined
    ? "No api_key is set for it, and the server wants one."
    : undefined;

/** A proxy of the environment is for the world outside, and knows no address of this network. */
const proxy: Trap = (checkup, { baseUrl, settings }, env) => {
  if (!isStranger(checkup) || !isLocalAddress(baseUrl) || isThisMachine(new URL(baseUrl))) return undefined;
  const { hostname, protocol } = new URL(baseUrl);
  const names = protocol === "https:" ? ["https_proxy", "all_proxy"] : ["http_proxy", "all_proxy"];
  const name = names.flatMap((each) => [each, each.toUpperCase()]).find((each) => env[each]);
  const set = settings.proxy ? "proxy" : name;
  if (set === undefined || (!settings.proxy && excepted(hostname, env))) return undefined;
  return settings.proxy
    ? `The proxy of its settings stands before ${hostname}, which is in this network: leave proxy out for it.`
    : `${set} stands before ${hostname}, which is in this network: add it to NO_PROXY.`;
};

const excepted = (hostname: string, env: Env): boolean =>
  (env.no_proxy ?? env.NO_PROXY ?? "").split(/[\s,]+/).some((entry) => entry !== "" && hostname.endsWith(entry));
