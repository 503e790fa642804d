import { z } from "zod";

/** The address of a server. Credentials belong into `headers`, where they are never shown. */
export const baseUrl = z
  .url({ protocol: /^https?$/, error: "has to be an http or https address" })
  .refine((url) => new URL(url).username === "", "must not contain a user name or password; send them with headers");

/** A key that can be sent at all: no placeholder, no line break, nothing that is no header. */
export const apiKey = z
  .string()
  .min(1, "is empty")
  .regex(/^[\x21-\x7e]*$/, "contains a blank, a line break or a letter that no key has")
  .refine((key) => !/^(your[_-]?api[_-]?key|sk-x+|x+)$/i.test(key), "is still the placeholder of the example");

/** Headers sent besides the provider's own; the same name replaces. */
export const headers = z
  .record(
    z
      .string()
      .regex(/^[\w!#$%&'*+.^`|~-]+$/)
      .transform((name) => name.toLowerCase()),
    z.string().regex(/^[\x20-\x7e]*$/, "contains a character no header can hold"),
  )
  .optional();

/** What stands between us and the server. */
export const proxy = z.url({ protocol: /^https?$/, error: "has to be an http or https address" }).optional();
