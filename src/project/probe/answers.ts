import { z } from "zod";

const line = z.string().min(1).max(2000);
const seconds = z.number().positive().max(300);
const chromium = z.string().min(1).max(4000);

/** What the probe can be asked: to open a page from disk, to start a server and ask it, or to call a program. */
export const ProbeRequest = z.discriminatedUnion("does", [
  z.strictObject({ does: z.literal("page"), file: z.string().min(1).max(1000), chromium }),
  z.strictObject({
    does: z.literal("server"),
    line,
    seconds: seconds.default(15),
    paths: z.array(z.string().startsWith("/").max(1000)).min(1).max(20).default(["/"]),
    chromium: chromium.optional(),
  }),
  z.strictObject({
    does: z.literal("program"),
    line,
    inputs: z.string().max(64_000).default(""),
    seconds: seconds.default(5),
  }),
]);

/** A request as it is written, where what has a default may be left out. */
export type ProbeRequest = z.input<typeof ProbeRequest>;

/** How long the texts of an answer may be; whoever makes an answer shortens to this. */
export const limits = { why: 400, note: 500, notes: 20, text: 500, body: 300, output: 4000 } as const;

const notes = z.array(z.string().max(limits.note)).max(limits.notes);
const port = z.number().int().min(1).max(65_535);
const exitCode = z.number().int().nullable();

const judgement = {
  /** `unclear` says that it could not be found out here, and `why` what stood in the way. */
  works: z.enum(["yes", "no", "unclear"]),
  /** One sentence for people. */
  why: z.string().max(limits.why),
};

/** What a judge says about what was seen. */
export type Judgement = z.infer<z.ZodObject<typeof judgement>>;

const PageAnswer = z.object({
  does: z.literal("page"),
  ...judgement,
  title: z.string().max(limits.text),
  /** The first of the visible text. */
  text: z.string().max(limits.text),
  /** What the console, the scripts and the page's own files complained about. */
  errors: notes,
  /** Addresses of other hosts that the page asked for; nothing is reached from here. */
  unreached: notes,
  dialogs: notes,
  drawn: z.boolean(),
  reacts: z.enum(["yes", "no", "moves by itself", "not tried"]),
  /** The input that something changed after, such as `click on "Start"`. */
  reaction: z.string().max(limits.note),
  /** How many things a user could click, type into or draw on were seen. */
  controls: z.object({ buttons: z.number().int(), inputs: z.number().int(), canvases: z.number().int() }),
});

const ServerAnswer = z.object({
  does: z.literal("server"),
  ...judgement,
  /** The port that it was found on. */
  listening: port.nullable(),
  answers: z
    .array(
      z.object({
        path: z.string().max(1000),
        status: z.number().int().nullable(),
        type: z.string().max(limits.body),
        text: z.string().max(limits.body),
        /** Why there is no status. */
        problem: z.string().max(limits.body),
      }),
    )
    .max(20),
  output: z.string().max(limits.output),
  /** Of a server that ended by itself. */
  code: exitCode,
  page: PageAnswer.optional(),
});

const ProgramAnswer = z.object({
  does: z.literal("program"),
  ...judgement,
  /** Null for a program that a signal ended or that still ran. */
  code: exitCode,
  /** Still ran when its time was over, and was ended then. */
  running: z.boolean(),
  /** Ended because nobody answered its questions. */
  wantsInput: z.boolean(),
  /** What it missed here, such as "a display"; empty if nothing. */
  wants: z.string().max(limits.note),
  /** The line that says most about a crash; empty if there was none. */
  trace: z.string().max(limits.note),
  output: z.string().max(limits.output),
});

/** What came of a request, of the same kind as the request. It passes the product's hands: parse it, believe no size. */
export const ProbeAnswer = z.discriminatedUnion("does", [PageAnswer, ServerAnswer, ProgramAnswer]);

export type ProbeAnswer = z.infer<typeof ProbeAnswer>;
export type PageAnswer = z.infer<typeof PageAnswer>;
export type ServerAnswer = z.infer<typeof ServerAnswer>;
export type ProgramAnswer = z.infer<typeof ProgramAnswer>;

/** The beginning of a text, within a limit, in which no half of a character is left over. */
export const clipped = (text: string, limit: number): string => Buffer.from(text.slice(0, limit)).toString();
