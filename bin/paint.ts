/** The few colours of the screen; each takes plain text. */
export interface Paint {
  bold(text: string): string;
  /** What is said beside the point. */
  dim(text: string): string;
  /** Well done. */
  green(text: string): string;
  /** Worth a look. */
  yellow(text: string): string;
  /** Failed. */
  red(text: string): string;
}

/** Colours, or plain text; chalk is loaded only for colours. */
export async function createPaint(color: boolean): Promise<Paint> {
  if (!color) return { bold: plain, dim: plain, green: plain, yellow: plain, red: plain };
  const { Chalk } = await import("chalk");
  return new Chalk({ level: 1 });
}

const plain = (text: string) => text;
