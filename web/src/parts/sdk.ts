/** The SDK, which comes when it is first needed: the page is there before it. */
export const sdk = (): Promise<typeof import("vivavoce")> => import("vivavoce");

/** For the parts of a page that will need it soon: called when somebody reaches for them. */
export const fetchSdk = (): void => void sdk().catch(() => undefined);
