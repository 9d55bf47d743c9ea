/** The page's own words, in the language that is chosen. */
import { computed, signal } from "@preact/signals";
import { en, type WordKey, type Words } from "./en.ts";
import { zh } from "./zh.ts";

export type { WordKey } from "./en.ts";
export type Language = "en" | "zh";

const LANGUAGES: Readonly<Record<Language, Words>> = { en, zh };

/** The first of `wanted` (BCP 47) that the page has; English if none. */
export function preferred(wanted: readonly string[]): Language {
  for (const one of wanted) {
    const bare = one.toLowerCase().split("-")[0];
    if (bare === "en" || bare === "zh") return bare;
  }
  return "en";
}

export const language = signal<Language>(preferred(navigator.languages));
const words = computed(() => LANGUAGES[language.value]);

/** The words for `key`, with `{name}` filled in. Components that call it follow the language. */
export function say(key: WordKey, values: Readonly<Record<string, string | number>> = {}): string {
  return words.value[key].replace(/\{(\w+)\}/g, (_, name: string) => String(values[name] ?? ""));
}

const bcp47 = computed(() => (language.value === "zh" ? "zh-CN" : "en"));

/** The page's language as HTML names it. */
export const languageTag = bcp47;

/** 12 ms, 340 ms, 1.24 s. */
export function shortTime(ms: number): string {
  if (ms < 10) return `${ms.toFixed(1)} ms`;
  return ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(2)} s`;
}

/** 1 try, 3 tries. */
export function triesOf(count: number): string {
  return count === 1 ? say("oneTry") : say("manyTries", { count });
}
