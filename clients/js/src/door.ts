/** Where a server's sockets are, and how to show a key there. */
import { platform } from "#platform";

const USUAL = "http://127.0.0.1:8000";

export interface Door {
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
}

/**
 * The socket at `path`.
 *
 * @param server - `http`, `https`, `ws` or `wss`; without one that of the environment's
 *   `VIVAVOCE_URL`, else this machine's. One that leads to `path` already, such as a signed URL,
 *   keeps its query.
 * @param query - what is undefined is left out.
 * @throws TypeError if it is no URL.
 */
export function doorAt(
  server: string | undefined,
  path: string,
  query: Readonly<Record<string, string | readonly string[] | undefined>>,
  apiKey = "",
): Door {
  const url = new URL(server ?? platform.environment("VIVAVOCE_URL") ?? USUAL);
  url.protocol = url.protocol.replace("http", "ws");
  if (!url.pathname.endsWith(path)) {
    url.pathname = url.pathname.replace(/\/+$/, "") + path;
    url.search = "";
  }
  url.hash = "";
  for (const [name, value] of Object.entries(query)) {
    for (const each of typeof value === "string" ? [value] : (value ?? [])) {
      url.searchParams.append(name, each);
    }
  }
  if (apiKey !== "" && !platform.hasHeaders) url.searchParams.set("authorization", apiKey);
  return { url, headers: apiKey !== "" && platform.hasHeaders ? { "xi-api-key": apiKey } : {} };
}
