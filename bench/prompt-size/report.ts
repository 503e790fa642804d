import { table } from "../page.ts";
import type { Product } from "./product.ts";
import type { Prompt } from "./run-company.ts";
import { characters, shownWhole, tokens } from "./sums.ts";

/** All prompts of a run that writes a product of so many files. */
export interface Written {
  readonly size: number;
  readonly prompts: readonly Prompt[];
  /** Of the same product if each of its files adds a line to what all agree on. */
  readonly agreeing: readonly Prompt[];
}

/** All prompts of a run that changes a repository. */
export interface Changed {
  readonly repository: Product["code"];
  readonly prompts: readonly Prompt[];
}

/** Characters of all prompts of MetaGPT 0.8.1 for products of so many files of 50 lines, as measured earlier. */
const metaGpt: Readonly<Record<number, number>> = {
  3: 56_000,
  5: 120_000,
  10: 391_000,
  20: 1_420_000,
  40: 5_440_000,
};

const titleOf = ({ action, subject }: Prompt) => `${action} ${subject}`.trim();

const rounded = (figure: number) => Math.round(figure).toLocaleString("en");

const perFile = ({ size }: Written, prompts: readonly Prompt[]) => characters(prompts) / size;

/** What a product of each size takes in all, beside MetaGPT. */
export function totalTable(all: readonly Written[]): string {
  const head = ["Files", "prompts", "tokens", "per prompt", "characters", "per file", "growth (of files)"];
  const rows = all.map((one, index) => {
    const { size, prompts } = one;
    const before = all[index - 1];
    const growth = before && characters(prompts) / characters(before.prompts);
    const theirs = metaGpt[size];
    return [
      String(size),
      rounded(prompts.length),
      rounded(tokens(prompts)),
      rounded(tokens(prompts) / prompts.length),
      rounded(characters(prompts)),
      rounded(perFile(one, prompts)),
      before && growth ? `${growth.toFixed(2)} (${(size / before.size).toFixed(2)})` : "",
      theirs ? rounded(theirs) : "",
      theirs ? rounded(theirs / size) : "",
    ];
  });
  return table([...head, "MetaGPT 0.8.1: characters", "per file"], rows);
}

/** The longest prompt of each action by the size of the product, in tokens: which of them grow and which do not. */
export function longestTable(all: readonly Written[]): string {
  const longest = (prompts: readonly Prompt[], name: string) =>
    Math.max(...prompts.filter(({ action }) => action === name).map((prompt) => prompt.tokens));
  const actions = [...new Set(all.flatMap(({ prompts }) => prompts.map(({ action }) => action)))];
  return table(
    ["Tokens of the longest prompt", ...all.map(({ size }) => `${size} files`)],
    actions.map((action) => [action, ...all.map(({ prompts }) => rounded(longest(prompts, action)))]),
  );
}

/** The same totals if what all files agree on grows with them. */
export const agreeingTable = (all: readonly Written[]): string =>
  table(
    ["A line of shared knowledge for each file", ...all.map(({ size }) => `${size} files`)],
    [
      ["characters", ...all.map(({ agreeing }) => rounded(characters(agreeing)))],
      ["per file", ...all.map((one) => rounded(perFile(one, one.agreeing)))],
    ],
  );

/** The prompts of a change beside the repository that is changed; the same questions for each repository. */
export function changeTable(title: string, all: readonly Changed[]): string {
  const fileCount = ({ repository }: Changed) => Object.keys(repository).length;
  const head = all.flatMap((one) => [`characters, ${fileCount(one)} files`, "tokens", "files shown whole"]);
  const rows = all[0]?.prompts.map((asked, index) => [
    titleOf(asked),
    ...all.flatMap(({ prompts, repository }) => {
      const prompt = prompts[index] as Prompt;
      return [rounded(prompt.text.length), rounded(prompt.tokens), rounded(shownWhole(prompt, repository))];
    }),
  ]);
  const whole = all.flatMap((one) => [
    rounded(Object.values(one.repository).join("").length),
    "",
    rounded(fileCount(one)),
  ]);
  return table([title, ...head], [...(rows ?? []), ["(the repository itself)", ...whole]]);
}

/** What has to hold: totals that grow as the files do, and no prompt that is sent a repository. Tells what does not. */
export function missed(all: readonly Written[], changes: readonly Changed[]): string[] {
  const [few, many] = [all.find(({ size }) => size === 5), all.find(({ size }) => size === 40)];
  if (!few || !many) throw new Error("5 and 40 files have to be measured");
  const growths = {
    "characters per file": perFile(many, many.prompts) / perFile(few, few.prompts),
    "characters per file with a line of shared knowledge each":
      perFile(many, many.agreeing) / perFile(few, few.agreeing),
  };
  const grown = Object.entries(growths)
    .filter(([, growth]) => growth > mostGrowth)
    .map(([what, growth]) => `${what}: at 40 files ${growth.toFixed(2)} times those at 5, more than ${mostGrowth}`);
  const sent = changes.flatMap(({ prompts, repository }) =>
    prompts
      .filter((prompt) => shownWhole(prompt, repository) > mostShown * Object.keys(repository).length)
      .map((prompt) => `${titleOf(prompt)} is sent more than ${mostShown} of the repository`),
  );
  return [...grown, ...sent];
}

const mostGrowth = 1.5;
const mostShown = 0.25;
