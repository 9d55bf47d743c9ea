/** Fields of decoded messages; what is not of its kind counts as absent. */
import type { JsonObject, JsonValue } from "./json.js";

/** Whether a value is an object with keys. */
export function isObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export function objectAt(value: JsonObject, key: string): JsonObject {
  const found = value[key];
  return isObject(found) ? found : {};
}

export function textAt(value: JsonObject, key: string, usual = ""): string {
  const found = value[key];
  return typeof found === "string" ? found : usual;
}

/** Numbers, also those that a server writes as text. */
export function numberAt(value: JsonObject, key: string, usual = 0): number {
  const found = value[key];
  const number = typeof found === "string" && found !== "" ? Number(found) : found;
  return typeof number === "number" && Number.isFinite(number) ? number : usual;
}

export function listAt(value: JsonObject, key: string): readonly JsonValue[] {
  const found = value[key];
  return Array.isArray(found) ? (found as readonly JsonValue[]) : [];
}

/** An object without the keys that have no value. */
export function present(given: { readonly [key: string]: JsonValue | undefined }): JsonObject {
  const kept: Record<string, JsonValue> = {};
  for (const [name, value] of Object.entries(given)) if (value !== undefined) kept[name] = value;
  return kept;
}
