import type { Fault } from "./draft.ts";
import { bracketFaults } from "./faults/brackets.ts";
import { commentFaults } from "./faults/comments.ts";
import { cutFaults } from "./faults/cut.ts";
import { encodingFaults } from "./faults/encoding.ts";
import { formFaults } from "./faults/forms.ts";
import { keyFaults } from "./faults/keys.ts";
import { literalFaults } from "./faults/literals.ts";
import { quoteFaults } from "./faults/quotes.ts";
import { reasoningFaults } from "./faults/reasoning.ts";
import { separatorFaults } from "./faults/separators.ts";
import { stringFaults } from "./faults/strings.ts";
import { valueFaults } from "./faults/values.ts";
import { wrappingFaults } from "./faults/wrapping.ts";

/** Every way to fail, by family. */
export const faults: readonly Fault[] = [
  ...wrappingFaults,
  ...reasoningFaults,
  ...encodingFaults,
  ...separatorFaults,
  ...bracketFaults,
  ...quoteFaults,
  ...stringFaults,
  ...literalFaults,
  ...commentFaults,
  ...keyFaults,
  ...valueFaults,
  ...formFaults,
  ...cutFaults,
];
