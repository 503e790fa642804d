/** The READMEs at the top of a repository. */
export const readmesOf = (paths: readonly string[]): string[] =>
  paths.filter((path) => /^readme(?:\.\w+)?$/i.test(path));
