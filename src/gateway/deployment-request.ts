import { z } from "zod";

/** The name of a deployment: it stands in addresses and takes the place of a model's name. */
const Name = z
  .string()
  .regex(/^[\p{L}\p{N}][\p{L}\p{N}._-]{0,99}$/u, "has to be up to 100 letters, digits, dots, dashes or underscores");

/** A key as it is, or the name of a variable of the server's environment that holds it. */
const Key = z.union([z.string().min(1), z.strictObject({ env: z.string().regex(/^\w{1,200}$/) })]);

/** Settings that every deployment can have; those of its kind may stand beside them. */
const settings = {
  api_type: z.string().min(1).max(100),
  model: z.string().min(1).max(300).optional(),
  base_url: z.string().max(2000).optional(),
  api_key: Key.optional(),
  workers: z.int().min(1).max(10_000).optional().describe("calls at once"),
  limits: z
    .strictObject({ rpm: z.int().positive().optional(), tpm: z.int().positive().optional() })
    .optional()
    .describe("requests and tokens a minute"),
  fallback: z.union([z.string(), z.array(z.string()).max(10)]).optional(),
  price: z.unknown().optional().describe("USD for a million tokens, as in the configuration"),
  max_token: z.int().positive().optional(),
};

/** A deployment as it is asked for. */
export const DeploymentRequest = z.looseObject({ name: Name, ...settings });
export type DeploymentRequest = z.output<typeof DeploymentRequest>;

/** Changes of one: what is named replaces. */
export const DeploymentChange = z.looseObject({ ...settings, api_type: settings.api_type.optional() });
export type DeploymentChange = z.output<typeof DeploymentChange>;

/** A deployment as it is shown: never with its key. */
export const DeploymentView = z.looseObject({
  name: z.string(),
  api_type: z.string(),
  state: z.enum(["ready", "needs_key"]),
  key: z.string().describe("none, sent, missing since a restart, or the variable that holds it"),
});
export type DeploymentView = z.infer<typeof DeploymentView>;
