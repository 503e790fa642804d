import type { Json } from "./engine/steps.ts";

/** A document on its way from the role that wrote it to the roles that watch its kind. */
export interface Message {
  /** The name of the action (or other kind) it answers. */
  readonly kind: string;
  /** What it is about, such as a file's path; empty where there is only one. */
  readonly subject: string;
  /** The profile of the role that wrote it. */
  readonly from: string;
  readonly document: Json;
}
