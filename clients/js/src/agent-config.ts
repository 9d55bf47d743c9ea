/** The agent as a program describes it, and as the wire has it. */
import { isObject } from "./fields.js";
import type { JsonObject, JsonValue } from "./json.js";

/** What JSON can say, or nothing. */
export type ConfigValue =
  | JsonValue
  | undefined
  | readonly ConfigValue[]
  | { readonly [key: string]: ConfigValue };

/**
 * What a call changes of its agent, in the short shape: one object `agent` with its prompt, first
 * message, language and voice. Whatever else a `conversation_config` has may stand beside them.
 */
export interface AgentConfig {
  readonly agent?: {
    readonly prompt?: {
      /** The system prompt; `prompt` in the long shape. */
      readonly text?: string;
      readonly temperature?: number;
      readonly [key: string]: ConfigValue;
    };
    /** Said first; the caller begins if it is empty. */
    readonly first_message?: string;
    readonly language?: string;
    /** `tts` in the long shape. */
    readonly voice?: { readonly voice_id?: string; readonly [key: string]: ConfigValue };
    readonly [key: string]: ConfigValue;
  };
  readonly [key: string]: ConfigValue;
}

/** The same as a `conversation_config_override`, in the long shape. */
export function configOverride({ agent: given, ...config }: AgentConfig): JsonObject {
  const { prompt, voice, ...agent } = given ?? {};
  const { text, ...prompted } = prompt ?? {};
  const spoken = defined({ ...voice, ...defined(config["tts"]) });
  const changed = defined({ ...agent, ...(prompt && { prompt: { prompt: text, ...prompted } }) });
  return { ...defined({ ...config, tts: undefined }), ...unlessEmpty({ agent: changed, tts: spoken }) };
}

/** Without the parts that have no key. */
export function unlessEmpty(parts: Readonly<Record<string, JsonObject>>): JsonObject {
  return Object.fromEntries(
    Object.entries(parts).filter(([, part]) => Object.keys(part).length > 0),
  );
}

/** Without what has no value, at any depth; no keys where it is no object. */
function defined(config: ConfigValue): JsonObject {
  const kept: Record<string, JsonValue> = {};
  for (const [name, value] of Object.entries(isRecord(config) ? config : {})) {
    if (value !== undefined) kept[name] = isRecord(value) ? defined(value) : (value as JsonValue);
  }
  return kept;
}

function isRecord(value: ConfigValue): value is { readonly [key: string]: ConfigValue } {
  return isObject(value as JsonValue | undefined);
}
