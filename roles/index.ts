import type { Role } from "../src/role.ts";
import { architect } from "./architect.ts";
import { engineer } from "./engineer.ts";
import { productManager } from "./product-manager.ts";
import { projectManager } from "./project-manager.ts";

/** The company, in the order of its work. Without `implement` it stops after the documents. */
export const roster = ({ implement }: { readonly implement: boolean }): readonly Role[] => [
  productManager,
  architect,
  projectManager,
  ...(implement ? [engineer] : []),
];
