import { shippedFile } from "./shipped.ts";
import { readTree } from "./yaml.ts";

declare const SHIPPED_DATA: Readonly<Record<string, unknown>> | undefined;

/** What stands in a YAML file that comes with the program. The build has put it in: to read it takes longer than Node to start. */
export async function shippedData(file: "presets.yaml" | "prices.yaml"): Promise<unknown> {
  if (typeof SHIPPED_DATA !== "undefined") return SHIPPED_DATA[file];
  return (await readTree(shippedFile(`config/${file}`), file))?.value;
}
