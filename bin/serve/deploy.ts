import { deploymentFrom } from "../../config/deployment.ts";
import type { Question } from "../../config/resolve.ts";
import { ConfigError } from "../../src/errors.ts";
import type { Deploy } from "../../src/gateway/deployments.ts";
import { Refusal, wordsOf } from "../../src/gateway/refusal.ts";

/** Makes deployments of what callers send, by the rules of the configuration. */
export const deployBy =
  (question: Question): Deploy =>
  async ({ name, limits = {}, ...block }) => {
    try {
      return await deploymentFrom({ ...block, ...limits }, name, question);
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      throw new Refusal("request", wordsOf(error));
    }
  };
