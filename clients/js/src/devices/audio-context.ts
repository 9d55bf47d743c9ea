/** The browser's AudioContext, with this package's worklets in it. */
import { WORKLET_TEXT } from "./worklet-text.js";

/** What both devices may be given. */
export interface ContextOptions {
  /**
   * Used in place of a context of the device's own, and left open by it. One that both devices share
   * is what the browser's echo cancellation likes best.
   */
  readonly context?: AudioContext;
  /**
   * Where this package's `worklets` module is served. Without it, the same code comes from a Blob,
   * which a Content-Security-Policy must allow: `script-src … blob:`.
   */
  readonly workletUrl?: string | URL;
}

/** A context that runs, and whether it is the device's own. */
export interface OpenContext {
  readonly context: AudioContext;
  close(): Promise<void>;
}

/** Rejects where the worklets are not allowed, and where the browser has none. */
export async function openContext(options: ContextOptions): Promise<OpenContext> {
  const context = options.context ?? new AudioContext({ latencyHint: "interactive" });
  const close = async (): Promise<void> => {
    if (options.context === undefined && context.state !== "closed") await context.close();
  };
  try {
    await addWorklets(context, options.workletUrl);
    await context.resume();
  } catch (error) {
    await close();
    throw error;
  }
  return { context, close };
}

async function addWorklets(context: AudioContext, url: string | URL | undefined): Promise<void> {
  if (url !== undefined) return context.audioWorklet.addModule(url);
  const text = new Blob([WORKLET_TEXT], { type: "text/javascript" });
  const address = URL.createObjectURL(text);
  try {
    await context.audioWorklet.addModule(address);
  } finally {
    URL.revokeObjectURL(address);
  }
}
