import type { ChangePlan } from "../../actions/plan-change.ts";
import { logicOf } from "./documents.ts";

/** A change of such a product that takes three of its files, and what refines its documents. */
export const change = {
  idea: "An order of more than fifty units has to be approved before it gets an invoice; print those that wait.",
  prd: { product_goals: ["Know what every part of the work costs", "Approve large orders"] },
  design: { files: [], removed_files: [] },
  tasks: {
    tasks: ["src/order.js", "src/invoice.js", "main.js"].map((path) => ({
      path,
      depends_on: [],
      logic: logicOf(path),
    })),
  },
  plan: {
    cause: "",
    changes: ["src/order.js", "src/invoice.js", "main.js"].map((path) => ({
      path,
      action: "change",
      what: "Let an order of more than fifty units wait until it is approved, and leave it out of invoices until then.",
      why: "Large orders have to be approved.",
      depends_on: [],
    })),
  } satisfies ChangePlan,
};
