interface Stream {
  readonly isTTY?: boolean;
  readonly columns?: number;
}

/** Where nothing says how wide the screen is, as in a log. */
const defaultColumns = 200;

/**
 * What a stream can show: lines that change, colours, and how many columns. FORCE_COLOR beats NO_COLOR; a dumb
 * terminal and a build server get plain lines.
 */
export function terminalOf(
  stream: Stream,
  env: Readonly<Record<string, string | undefined>>,
): { readonly live: boolean; readonly color: boolean; readonly columns: number } {
  const able = stream.isTTY === true && env.TERM !== "dumb";
  const forced = env.FORCE_COLOR;
  const color = forced ? forced !== "0" && forced !== "false" : able && !env.NO_COLOR;
  // A terminal without columns, as some programs give, has no place to draw in.
  return {
    live: able && !env.CI && stream.columns !== 0,
    color,
    columns: stream.columns || Number(env.COLUMNS) || defaultColumns,
  };
}
