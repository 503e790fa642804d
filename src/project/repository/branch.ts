import { UsageError } from "../../errors.ts";
import type { Git } from "../git.ts";
import { folded, projectName } from "../path.ts";

/** The present commit, and a free name for a branch that begins there. */
export async function newBranch(git: Git, name: string): Promise<readonly [base: string, branch: string]> {
  const refs = (await git(["for-each-ref", "--format=%(refname:lstrip=2)", "refs/heads"])).split("\n").map(folded);
  // a branch called metagpt leaves no room for branches below it
  const wanted = `metagpt${refs.includes("metagpt") ? "-" : "/"}${slugOf(name)}`;
  const taken = (branch: string) => refs.some((ref) => ref === branch || ref.startsWith(`${branch}/`));
  let branch = wanted;
  for (let count = 2; taken(branch); count++) branch = `${wanted}-${count}`;
  return [await commitAt(git, "HEAD"), branch];
}

/** Makes sure that a branch of a run is checked out; touches no file and no index. */
export async function standOn(
  git: Git,
  folder: string,
  { base, branch }: { readonly base: string; readonly branch: string },
): Promise<void> {
  const ref = `refs/heads/${branch}`;
  if ((await git(["symbolic-ref", "--quiet", "HEAD"])).trim() === ref) return;
  const tip = await commitAt(git, ref);
  if (tip === "") {
    await standAt(git, folder, base, branch);
    await git(["update-ref", "-m", "branch: begun by metagpt", ref, base, "0".repeat(base.length)]);
  } else if (tip !== base || (await commitAt(git, "HEAD")) !== base) {
    throw new UsageError(`The run goes on on the branch ${branch}, which is not checked out in ${folder}.`, {
      hint: `Check it out (git checkout ${branch}), then resume the run.`,
    });
  }
  await git(["symbolic-ref", "-m", `checkout: moving to ${branch}`, "HEAD", ref]);
}

/** Refuses another commit than the one a run began at; the hint may name a branch to begin there. */
export async function standAt(git: Git, folder: string, base: string, branch = ""): Promise<void> {
  if ((await commitAt(git, "HEAD")) === base) return;
  throw new UsageError(`The run began at the commit ${base.slice(0, 10)}, which is not checked out in ${folder}.`, {
    hint: `Check it out (git checkout ${branch && `-b ${branch} `}${base.slice(0, 10)}), then resume the run.`,
  });
}

/** Empty where nothing has that name. */
const commitAt = async (git: Git, name: string): Promise<string> =>
  (await git(["rev-parse", "--verify", "--quiet", `${name}^{commit}`])).trim();

/** Lower case, digits and hyphens; what has no such letters is a change. */
function slugOf(name: string): string {
  const slug = /[a-z0-9]/i.test(name.normalize("NFKD")) ? projectName(name).replaceAll("_", "-") : "change";
  return slug.length > 40
    ? slug
        .slice(0, 41)
        .replace(/-[^-]*$/, "")
        .slice(0, 40)
    : slug;
}
