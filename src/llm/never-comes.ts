/** There is no use in asking another LLM: the question itself ends. */
export const final: ReadonlySet<string> = new Set(["budget", "stopped", "aborted", "unrecorded"]);

/** Why the rest of an answer that was cut will not come another time either: what there is has to do. */
export const neverComes: ReadonlySet<string> = new Set(["overflow", "request", "policy", "empty"]);
