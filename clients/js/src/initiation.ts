/** The first message of a conversation. */
import { configOverride, unlessEmpty, type AgentConfig } from "./agent-config.js";
import { objectAt, present, textAt } from "./fields.js";
import type { JsonObject } from "./json.js";

/** What a call begins with, beside its agent's id. */
export interface CallSetup {
  /** What the call changes of its agent. */
  readonly agentConfig?: AgentConfig;
  /** What stands for `{{name}}` in the agent's texts. */
  readonly dynamicVariables?: Readonly<Record<string, string | number | boolean>>;
  readonly userId?: string;
  /** A call in writing, without any sound. */
  readonly textOnly?: boolean;
}

/**
 * How the agent's greeting is kept from being said again: `any` leaves none; `own` leaves the agent
 * its own, which it may forbid to change, but none that the program has brought.
 */
export type WithoutGreeting = "own" | "any" | null;

/** `conversation_initiation_client_data`. */
export function initiation(setup: CallSetup, withoutGreeting: WithoutGreeting): JsonObject {
  const override = configOverride(setup.agentConfig ?? {});
  const agent = objectAt(override, "agent");
  const isSilent =
    withoutGreeting === "any" || (withoutGreeting === "own" && textAt(agent, "first_message") !== "");
  const conversation = objectAt(override, "conversation");
  return present({
    type: "conversation_initiation_client_data",
    conversation_config_override: {
      ...override,
      ...unlessEmpty({
        agent: isSilent ? { ...agent, first_message: "" } : agent,
        conversation: setup.textOnly ? { ...conversation, text_only: true } : conversation,
      }),
    },
    custom_llm_extra_body: {},
    dynamic_variables: setup.dynamicVariables ?? {},
    user_id: setup.userId,
    source_info: { source: "js_sdk", version: "vivavoce" },
  });
}
