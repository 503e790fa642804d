import { z } from "zod";
import { linesOf } from "./files.ts";

/** What the events of a run tell of it. */
export interface Sessions {
  /** How often the run was begun or gone on with. */
  readonly sessions: number;
  /** When it was begun, ISO 8601; empty where nothing tells. */
  readonly began: string;
  /** Over all sessions; one that was killed counts until its last event. */
  readonly seconds: number;
  /** How the last session ended; undefined if it did not. */
  readonly end: End | undefined;
  /** Where the project is, empty if there is none. */
  readonly project: string;
  /** The calls that had begun and not ended in the last session. */
  readonly underWay: readonly string[];
}

type End = z.infer<typeof End>;
const End = z.object({
  outcome: z.string(),
  exitCode: z.int().optional().catch(undefined),
  message: z.string().catch(""),
  hint: z.string().optional().catch(undefined),
  resume: z.string().optional().catch(undefined),
  project: z.string().catch(""),
  missing: z.array(z.object({ subject: z.string(), reason: z.string() })).catch([]),
  totals: z.array(z.object({ calls: z.number().nonnegative() })).catch([]),
  usd: z.number().nonnegative().catch(0),
  seconds: z.number().nonnegative().catch(0),
});

const Call = z.object({ key: z.string() });
const Project = z.object({ folder: z.string() });

interface Session {
  readonly first: string;
  last: string;
  end?: End;
}

/** Reads the events of a run, in however many sessions; a line that cannot be read counts for nothing. */
export async function readSessions(file: string): Promise<Sessions> {
  const sessions: Session[] = [];
  const underWay = new Set<string>();
  let project = "";
  for await (const line of linesOf(file)) {
    // an event begins with its head, so that of most the rest need not be read
    const [, time, type] = /^\{"v":1,"run":"[^"]*","seq":\d+,"time":"([^"]+)","type":"([^"]+)"/.exec(line) ?? [];
    if (time === undefined || type === undefined) continue;
    if (type === "run-start") {
      sessions.push({ first: time, last: time });
      underWay.clear();
    }
    const session = sessions.at(-1);
    if (!session) continue;
    session.last = time;
    if (type === "run-end") {
      const end = read(End, line);
      if (end) session.end = end;
      if (end?.project) project = end.project;
    }
    if (type === "project") project = read(Project, line)?.folder ?? project;
    if (type === "call-start") underWay.add(read(Call, line)?.key ?? "");
    if (type === "call-end" || type === "call-failed") underWay.delete(read(Call, line)?.key ?? "");
  }
  return {
    sessions: sessions.length,
    began: sessions[0]?.first ?? "",
    seconds: Math.round(sessions.reduce((sum, session) => sum + secondsOf(session), 0) * 1000) / 1000,
    end: sessions.at(-1)?.end,
    project,
    underWay: [...underWay].filter((key) => key !== ""),
  };
}

/** A clock that was set back makes no time negative. */
function secondsOf({ first, last, end }: Session): number {
  return end ? end.seconds : Math.max(0, (Date.parse(last) - Date.parse(first)) / 1000 || 0);
}

function read<T>(schema: z.ZodType<T>, line: string): T | undefined {
  try {
    return schema.safeParse(JSON.parse(line)).data;
  } catch {
    return undefined;
  }
}
