/** The name under which JSON.parse alone is measured. */
export const parseAlone = "JSON.parse";

/** The name under which JSON.parse and zod are measured together. */
export const parseAndCheck = "JSON.parse, then the schema";
