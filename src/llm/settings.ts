import { z } from "zod";

/** Text; YAML reads some of it as a number. */
export const text = z.union([z.string(), z.number().transform(String)], "must be text");

/** A number, also where it came as text from a variable. */
export const number = z.preprocess(
  (value) => (typeof value === "string" ? Number(value || Number.NaN) : value),
  z.number("must be a number"),
);

/** A whole number from 1 on. */
export const count = number.pipe(z.int("must be a whole number").min(1, "must be at least 1"));

/** Yes or no, also as text from a variable. */
export const flag = z.preprocess(
  (value) => yesOrNo.get(String(value).toLowerCase()) ?? value,
  z.boolean("must be true or false"),
);

const yesOrNo = new Map([
  ...["true", "yes", "on", "1"].map((word) => [word, true] as const),
  ...["false", "no", "off", "0"].map((word) => [word, false] as const),
]);

/** The address of a server. Credentials belong into `headers`, where they are never shown. */
export const baseUrl = z
  .url({ protocol: /^https?$/, error: "has to be an http or https address", abort: true })
  .refine((url) => new URL(url).username === "", "must not contain a user name or password; send them with headers")
  .refine((url) => new URL(url).search === "", "must not contain a query");

/** A key that can be sent at all: no placeholder, no line break, nothing that is no header. */
export const apiKey = text
  .pipe(
    z
      .string()
      .min(1, "is empty")
      .regex(/^[\x21-\x7e]*$/, "contains a blank, a line break or a letter that no key has"),
  )
  .refine((key) => !/^(your[_-]?api[_-]?key|sk-x+|x+)$/i.test(key), "is still the placeholder of the example");

/** How strongly a model is held to the shape of a document: as well as its server can, by a schema, as any JSON, or not at all. */
export const structured = z.enum(["auto", "schema", "json", "off"]);

/** Names of headers that HTTP itself sets. */
const ofTheConnection =
  /^(connection|keep-alive|proxy-connection|transfer-encoding|content-length|te|trailer|upgrade|expect)$/i;

const seconds = number.pipe(z.number().nonnegative("must not be negative"));

/** What every provider that talks to a server accepts besides its own settings. */
export const wire = {
  /** Seconds a whole call may take; 0 means 300. */
  timeout: seconds.optional(),
  /** Seconds until the connection stands. */
  connect_timeout: seconds.optional(),
  /** Seconds until the first token. */
  first_token_timeout: seconds.optional(),
  /** Seconds between two pieces of the answer. */
  idle_timeout: seconds.optional(),
  /** What stands between us and the server: http, https or socks5. */
  proxy: z.url({ protocol: /^(https?|socks5?)$/, error: "has to be an http, https or socks5 address" }).optional(),
  /** A file with certificates to trust besides the usual ones. */
  ca_file: z.string().min(1).optional(),
  /** Sent besides the provider's own; the same name replaces. */
  headers: z
    .record(z.string(), text.pipe(z.string().regex(/^[\x20-\x7e]*$/, "contains a character no header can hold")))
    .superRefine((headers, context) => {
      for (const name of Object.keys(headers)) {
        if (!/^[\w!#$%&'*+.^`|~-]+$/.test(name))
          context.addIssue({ code: "custom", path: [name], message: "is no name" });
        if (ofTheConnection.test(name)) {
          context.addIssue({ code: "custom", path: [name], message: "belongs to the connection and cannot be set" });
        }
      }
    })
    .transform((headers) =>
      Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value])),
    )
    .optional(),
};

/** Settings every provider accepts: the word for its kind, and how long one answer may be. */
export const common = {
  api_type: z.string().optional(),
  /** Tokens. */
  max_token: count.optional(),
};
