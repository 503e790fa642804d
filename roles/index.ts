import type { Role } from "../src/role.ts";
import { architect } from "./architect.ts";
import { engineer } from "./engineer/index.ts";
import { productManager } from "./product-manager.ts";
import { projectManager } from "./project-manager.ts";
import { qaEngineer } from "./qa-engineer/index.ts";

/** The settings that decide who works. */
interface Wanted {
  readonly implement: boolean;
  readonly run_tests?: boolean;
}

/** The company, in the order of its work. Without `implement` it stops after the documents; `run_tests` hires who tests. */
export const roster = ({ implement, run_tests = false }: Wanted): readonly Role[] => [
  productManager,
  architect,
  projectManager,
  ...(implement ? [engineer] : []),
  ...(implement && run_tests ? [qaEngineer] : []),
];
