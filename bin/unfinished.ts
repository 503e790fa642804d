/** A run ended by an error and can go on: carries the error, and the command. */
export class Unfinished extends Error {
  readonly command: string;

  constructor(cause: unknown, command: string) {
    super("the run is not finished", { cause });
    this.command = command;
  }
}
