import type { ComponentChildren } from "preact";
import type { Server } from "../server.ts";
import { language, say } from "../words/words.ts";

/** The name of the place, the tabs, and the other language. */
export function Top({ server, children }: { server: Server; children: ComponentChildren }) {
  const other = language.value === "en" ? "zh" : "en";
  return (
    <header class="top">
      <h1 class="mark">
        <svg viewBox="0 0 24 24" aria-hidden="true">
          <path
            d="M3 10v4M7.500 6v12M12 3v18M16.500 6v12M21 10v4"
            stroke="currentColor"
            stroke-width="2.2"
            stroke-linecap="round"
          />
        </svg>
        vivavoce
      </h1>
      {children}
      <div class="top-end">
        {server.key.value !== "" && (
          <button type="button" class="button light" onClick={() => forget(server)}>
            {say("keyForget")}
          </button>
        )}
        <a class="button light" href="/docs">
          {say("reference")}
        </a>
        <button
          type="button"
          class="button light"
          lang={other === "zh" ? "zh-CN" : "en"}
          onClick={() => (language.value = other)}
        >
          {say("otherLanguage")}
        </button>
      </div>
    </header>
  );
}

function forget(server: Server): void {
  server.useKey("");
  // Sockets that it opened go with the page.
  location.reload();
}
