/** The last part of a model's address on Qianfan v1; a model that is not listed has its own name there. */
export const qianfanEndpoint = (model: string): string => endpoints[model.toLowerCase()] ?? model.toLowerCase();

/** The most tokens of one answer: the listed models are old and give no more than this. */
export const qianfanTokens = (endpoint: string): number =>
  Object.values(endpoints).includes(endpoint) ? 2048 : Number.POSITIVE_INFINITY;

const endpoints: Readonly<Record<string, string>> = {
  "ernie-4.0-8k": "completions_pro",
  "ernie-bot-4": "completions_pro",
  "ernie-3.5-8k": "completions",
  "ernie-bot": "completions",
  "ernie-bot-turbo": "eb-instant",
  "ernie-lite-8k-0922": "eb-instant",
  "ernie-speed": "ernie_speed",
  "ernie-speed-8k": "ernie_speed",
  "ernie-speed-128k": "ernie-speed-128k",
  "ernie-bot-8k": "ernie_bot_8k",
  "ernie-tiny-8k": "ernie-tiny-8k",
  "ernie-lite-8k-0308": "ernie-lite-8k",
  "bloomz-7b": "bloomz_7b1",
};
