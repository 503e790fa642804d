import { writeFileSync } from "node:fs";

const types = { u32: 4, i32: 5, f32: 6, bool: 7, text: 8, array: 9 } as const;
type Type = keyof typeof types;
type Fact = readonly [name: string, type: Type, value: unknown, items?: Type];
type Tensor = readonly [name: string, dimensions: readonly number[], value: (_: unknown, index: number) => number];

/**
 * Writes a language model of the smallest kind, with random weights: it loads and answers like any other, and says
 * nothing sensible, without end. It knows single ASCII letters, a few pairs of them, and the marks of ChatML. 400 KB.
 */
export function writeTinyGguf(file: string, { context = 2048, seed = 1, thinks = false } = {}): void {
  const facts = factsOf(context, thinks);
  const tensors = tensorsOf(randomNormal(seed));
  const bytes = byteWriter();
  bytes.raw(Buffer.from("GGUF"));
  bytes.u32(3);
  bytes.u64(tensors.length);
  bytes.u64(facts.length);
  for (const [name, type, value, items] of facts) {
    bytes.text(name);
    bytes.u32(types[type]);
    if (!Array.isArray(value)) bytes.value(type, value);
    else {
      bytes.u32(types[items ?? "text"]);
      bytes.u64(value.length);
      for (const item of value) bytes.value(items ?? "text", item);
    }
  }
  let offset = 0;
  for (const [name, dimensions] of tensors) {
    bytes.text(name);
    bytes.u32(dimensions.length);
    for (const length of dimensions) bytes.u64(length);
    bytes.u32(0); // 32-bit floats
    bytes.u64(offset);
    offset += Math.ceil((product(dimensions) * 4) / 32) * 32;
  }
  for (const [, dimensions, value] of tensors) {
    bytes.align();
    bytes.raw(Buffer.from(Float32Array.from({ length: product(dimensions) }, value).buffer));
  }
  bytes.align();
  writeFileSync(file, bytes.all());
}

const layers = 2;
const width = 64;
const heads = 4;
const inner = 128;
const marks = ["<|endoftext|>", "<|im_start|>", "<|im_end|>"];
const merges = ["t h", "th e", "i n", "e r"];
const letters = 128 + merges.length;
const tokens = [...asciiAlphabet(), ...merges.map((merge) => merge.replace(" ", "")), ...marks];

function factsOf(context: number, thinks: boolean): Fact[] {
  const end = tokens.indexOf("<|im_end|>");
  return [
    ["general.architecture", "text", "llama"],
    ["general.name", "text", "tiny"],
    ["general.alignment", "u32", 32],
    ["general.file_type", "u32", 0],
    ["llama.context_length", "u32", context],
    ["llama.embedding_length", "u32", width],
    ["llama.block_count", "u32", layers],
    ["llama.feed_forward_length", "u32", inner],
    ["llama.rope.dimension_count", "u32", width / heads],
    ["llama.attention.head_count", "u32", heads],
    ["llama.attention.head_count_kv", "u32", heads],
    ["llama.attention.layer_norm_rms_epsilon", "f32", 1e-5],
    ["llama.rope.freq_base", "f32", 10_000],
    ["llama.vocab_size", "u32", tokens.length],
    ["tokenizer.ggml.model", "text", "gpt2"],
    ["tokenizer.ggml.pre", "text", "gpt-2"],
    ["tokenizer.ggml.tokens", "array", tokens, "text"],
    // 3 is a mark, which is never shown as text
    ["tokenizer.ggml.token_type", "array", tokens.map((token) => (marks.includes(token) ? 3 : 1)), "i32"],
    ["tokenizer.ggml.merges", "array", merges, "text"],
    ["tokenizer.ggml.bos_token_id", "u32", tokens.indexOf("<|endoftext|>")],
    ["tokenizer.ggml.eos_token_id", "u32", end],
    ["tokenizer.ggml.eot_token_id", "u32", end],
    ["tokenizer.ggml.add_bos_token", "bool", false],
    ["tokenizer.chat_template", "text", chatTemplate(thinks)],
  ];
}

/**
 * The form of ChatML. A model that thinks has one of its own: it begins every answer with its thoughts, and is not shown
 * its old ones again.
 */
const chatTemplate = (thinks: boolean) =>
  [
    `{% for m in messages %}{{ '<|im_start|>' + m['role'] + '${thinks ? ": " : "\\n"}' + `,
    thinks ? "m['content'].split('</think>')[-1]" : "m['content']",
    " + '<|im_end|>' + '\\n' }}{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant",
    `${thinks ? ": <think>\\n" : "\\n"}' }}{% endif %}`,
  ].join("");

function tensorsOf(random: () => number): Tensor[] {
  const matrix = (name: string, columns: number, rows: number, scale = 0.02): Tensor => [
    name,
    [columns, rows],
    () => random() * scale,
  ];
  const ones = (name: string): Tensor => [name, [width], () => 1];
  const layer = (name: string) => [
    ones(`${name}.attn_norm.weight`),
    ones(`${name}.ffn_norm.weight`),
    ...["attn_q", "attn_k", "attn_v", "attn_output"].map((part) => matrix(`${name}.${part}.weight`, width, width)),
    matrix(`${name}.ffn_gate.weight`, width, inner),
    matrix(`${name}.ffn_up.weight`, width, inner),
    matrix(`${name}.ffn_down.weight`, inner, width),
  ];
  return [
    matrix("token_embd.weight", width, tokens.length, 1),
    ones("output_norm.weight"),
    // a mark, such as the one that ends an answer, is said only where a grammar allows nothing else
    ["output.weight", [width, tokens.length], (_, index) => (index < letters * width ? random() * 0.2 : 0)],
    ...Array.from({ length: layers }, (_, index) => layer(`blk.${index}`)).flat(),
  ];
}

/** The alphabet of GPT-2 writes blanks and control characters as letters from 256 on. */
function asciiAlphabet(): string[] {
  let other = 256;
  return Array.from({ length: 128 }, (_, byte) => String.fromCodePoint(byte > 32 && byte < 127 ? byte : other++));
}

/** The same numbers for the same seed, spread like the weights of a model. */
function randomNormal(seed: number): () => number {
  let state = seed >>> 0;
  const uniform = () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  return () => Math.sqrt(-2 * Math.log(uniform() || 1e-9)) * Math.cos(2 * Math.PI * uniform());
}

const product = (dimensions: readonly number[]) => dimensions.reduce((all, length) => all * length, 1);

function byteWriter() {
  const parts: Buffer[] = [];
  let size = 0;
  const raw = (bytes: Buffer) => {
    parts.push(bytes);
    size += bytes.length;
  };
  const filled = (length: number, fill: (bytes: Buffer) => void) => {
    const bytes = Buffer.alloc(length);
    fill(bytes);
    raw(bytes);
  };
  const u32 = (value: number) => filled(4, (bytes) => bytes.writeUInt32LE(value));
  const u64 = (value: number) => filled(8, (bytes) => bytes.writeBigUInt64LE(BigInt(value)));
  const text = (value: string) => {
    u64(Buffer.byteLength(value));
    raw(Buffer.from(value));
  };
  const value = (type: Type, content: unknown) => {
    if (type === "text") return text(String(content));
    if (type === "bool") return filled(1, (bytes) => bytes.writeUInt8(Number(content)));
    if (type === "f32") return filled(4, (bytes) => bytes.writeFloatLE(Number(content)));
    return u32(Number(content));
  };
  const align = () => raw(Buffer.alloc((32 - (size % 32)) % 32));
  return { raw, u32, u64, text, value, align, all: () => Buffer.concat(parts) };
}
