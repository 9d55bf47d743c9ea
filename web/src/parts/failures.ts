/** What went wrong, for people. */
import { say } from "../words/words.ts";

// As browsers call a microphone that there is not, or that the page may not use.
const NO_MICROPHONE = ["NotAllowedError", "NotFoundError"];

/** What `error` says, whatever was thrown. */
export function told(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return NO_MICROPHONE.includes(error.name) ? say("noMicrophone") : error.message;
}
