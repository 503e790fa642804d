import { z } from "zod";

/** The list of models as its many servers give it: each with its context under another name, if at all. */
export const ServedModels = z
  .union([z.object({ data: z.array(z.unknown()) }).transform(({ data }) => data), z.array(z.unknown())])
  .pipe(
    z.array(
      z.looseObject({ id: z.string() }).transform(({ id, ...more }) => {
        const names = ["max_model_len", "context_length", "context_window", "max_context_length", "max_input_tokens"];
        const context = names.map((name) => more[name]).find((value) => typeof value === "number" && value > 0);
        return { id, ...(typeof context === "number" ? { context } : {}) };
      }),
    ),
  );
