/** The SDK's audio worklets as a file of this server's: the page's policy allows no script from a Blob. */
import url from "vivavoce/devices/worklets.ts?worker&url";

export const workletUrl = url;
