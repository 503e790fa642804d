/** A command line as a file shows it. */
export interface ShownCommand {
  readonly line: number;
  readonly command: string;
}

/** The commands that a README shows: lines of its shell blocks, and `npm run …` within its text. */
export function commandsIn(markdown: string): ShownCommand[] {
  const found: ShownCommand[] = [];
  let block: string | undefined;
  for (const [index, raw] of markdown.split("\n").entries()) {
    const line = raw.trim().slice(0, 500);
    const fence = /^(?:`{3,}|~{3,})\s*([\w-]*)/.exec(line);
    if (fence) {
      block = block === undefined ? (fence[1] ?? "") : undefined;
      continue;
    }
    if (block !== undefined) {
      if (!/^(?:sh|bash|shell|console|zsh|terminal|)$/i.test(block)) continue;
      const command = line.replace(/^(?:\$|>|%)\s+/, "").replace(/(?:^|\s+)#.*$/, "");
      if (command !== "" && !/[├└│]/.test(command)) found.push({ line: index + 1, command });
      continue;
    }
    for (const [, command] of line.matchAll(/`((?:npm|yarn|pnpm) (?:run )?[\w:-]+)`/g)) {
      if (command !== undefined) found.push({ line: index + 1, command });
    }
  }
  return found;
}
