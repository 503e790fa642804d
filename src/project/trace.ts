/**
 * The files of a project that an output names, most often first; of equal ones the one named last, since most
 * languages print the innermost frame at an end. A path counts where it stands as a whole, also below other folders.
 */
export function filesNamedIn(output: string, paths: readonly string[]): string[] {
  const text = output.replaceAll("\\", "/");
  return paths
    .map((path) => ({ path, places: placesOf(text, path) }))
    .filter(({ places }) => places.length > 0)
    .sort((a, b) => b.places.length - a.places.length || (b.places.at(-1) ?? 0) - (a.places.at(-1) ?? 0))
    .map(({ path }) => path);
}

function placesOf(text: string, path: string): number[] {
  const places: number[] = [];
  for (let at = text.indexOf(path); at >= 0; at = text.indexOf(path, at + path.length)) {
    const whole = !/[\w.-]/.test(text[at - 1] ?? " ") && !/[\w-]/.test(text[at + path.length] ?? " ");
    if (whole) places.push(at);
  }
  return places;
}

/** An output without what is different each time: where the project and its temporary files lie, its port, and how long things took. */
export const steady = (output: string, folder: string): string =>
  output
    .replaceAll(folder, ".")
    .replace(/(?<=duration_ms[:\s]+)[\d.]+/g, "0")
    .replace(/\/tmp\/[^\s/'":,)]+/g, "/tmp/x")
    .replace(/\bon port \d+/g, "on its port")
    .replace(/\b\d+\.\d+ ?(?=m?s\b)/g, "0");
