import { projectName } from "../path.ts";
import { type Fields, field, listOf, rowsOf, textOf } from "./fields.ts";

/** The requirements in the shape of our own. */
export function foreignPrd(fields: Fields) {
  const name = textOf(field(fields, "project name"));
  return {
    language: languageOf(textOf(field(fields, "language"))),
    programming_language: textOf(field(fields, "programming language")),
    original_requirements: textOf(field(fields, "requirements", "original requirements")),
    project_name: name && projectName(name),
    product_goals: listOf(field(fields, "product goals")),
    user_stories: listOf(field(fields, "user stories")),
    competitors: competitorsOf(fields),
    requirement_analysis: textOf(field(fields, "requirement analysis")),
    requirement_pool: rowsOf(field(fields, "requirement pool")).flatMap(requirement),
    ui_design: textOf(field(fields, "ui design draft", "ui design")),
    anything_unclear: textOf(field(fields, "anything unclear")),
  };
}

const languages = new Map([
  ["en_us", "English"],
  ["en", "English"],
  ["zh_cn", "中文"],
  ["zh", "中文"],
]);

const languageOf = (code: string) => languages.get(code.toLowerCase().replace("-", "_")) ?? code;

function requirement(row: readonly string[]): { priority: string; text: string }[] {
  const line = row.join(" ").trim();
  const [, priority, text] = /^\W{0,3}(P[0-2])\W{0,3}\s+(.+)$/s.exec(line) ?? [];
  if (priority !== undefined && text !== undefined) return [{ priority, text }];
  return line === "" ? [] : [{ priority: "P1", text: line }];
}

/** The analysis gives names and words, the chart gives their places. */
function competitorsOf(fields: Fields) {
  const places = placesOf(textOf(field(fields, "competitive quadrant chart")));
  const known = listOf(field(fields, "competitive analysis")).map((line) => {
    const [, name = line, words = ""] = /^([^:：]{1,80})[:：]\s*(.+)$/s.exec(line) ?? [];
    return { name, strengths: words };
  });
  const names = new Set(known.map(({ name }) => name.toLowerCase()));
  const others = [...places.values()].filter(({ name }) => !names.has(name.toLowerCase()));
  return [...known, ...others.map(({ name }) => ({ name, strengths: "" }))].map(({ name, strengths }) => {
    const { x, y } = places.get(name.toLowerCase()) ?? { x: 0.5, y: 0.5 };
    return { name, strengths, weaknesses: "", x, y };
  });
}

/** `"Campaign A": [0.3, 0.6]` in a quadrant chart. */
function placesOf(chart: string): Map<string, { name: string; x: number; y: number }> {
  return new Map(
    chart.split("\n").flatMap((line) => {
      const [, name, x, y] = /^\s*"?([^"[\]]{1,80})"?\s*:\s*\[\s*([\d.]+)\s*,\s*([\d.]+)\s*\]/.exec(line) ?? [];
      if (name === undefined) return [];
      return [[name.trim().toLowerCase(), { name: name.trim(), x: Number(x), y: Number(y) }] as const];
    }),
  );
}
