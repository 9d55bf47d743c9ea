/** Functions of the program that an agent may call. */
import type { JsonObject, JsonValue } from "./json.js";

/** The call of a tool, beside its parameters. */
export interface ToolCall {
  readonly toolName: string;
  readonly toolCallId: string;
  /** Of the turn that it belongs to. */
  readonly eventId: number;
  /** Aborted when nobody waits for the result any more. */
  readonly signal: AbortSignal;
}

/**
 * A tool as a function; what it gives goes to the agent, and what it throws as the message of a
 * failure. Tools run side by side.
 */
export type Tool = (
  parameters: JsonObject,
  call: ToolCall,
) => JsonValue | undefined | Promise<JsonValue | undefined>;

/** Tools by the names that the agent calls them by. */
export type Tools = Readonly<Record<string, Tool>>;

/** Runs the tool that is called, and gives the `client_tool_result` to send. */
export async function runTool(
  tools: Tools,
  parameters: JsonObject,
  call: ToolCall,
): Promise<JsonObject> {
  const answer = await outcome(tools, parameters, call);
  return { type: "client_tool_result", tool_call_id: call.toolCallId, ...answer };
}

async function outcome(tools: Tools, parameters: JsonObject, call: ToolCall): Promise<JsonObject> {
  const tool = Object.hasOwn(tools, call.toolName) ? tools[call.toolName] : undefined;
  if (tool === undefined) {
    return { result: `This client has no tool "${call.toolName}".`, is_error: true };
  }
  try {
    return { result: (await tool(parameters, call)) ?? null, is_error: false };
  } catch (error) {
    return { result: String(error), is_error: true };
  }
}
