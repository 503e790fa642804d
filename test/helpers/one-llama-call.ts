import { llamaCpp } from "../../src/llm/llama-cpp.ts";
import { drain } from "./drain.ts";
import { tools } from "./tools.ts";

/** A program that asks a model in its own process one question, and does nothing to end. */
const [folder, model] = process.argv.slice(2);
const llm = await llamaCpp.connect(llamaCpp.config.parse({ model, package: folder, threads: 1, gpu: "off" }), tools());
const { finish } = await drain(llm, { maxTokens: 1 });
process.stdout.write(finish);
