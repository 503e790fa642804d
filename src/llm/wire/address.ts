/** Whether a URL names this machine; some call it by the address on which its servers listen. */
export function isThisMachine({ hostname }: URL): boolean {
  return /^(localhost|.+\.localhost|127(\.\d+){3}|0\.0\.0\.0|\[::1?\])$/.test(hostname);
}

/** An address as it may be shown, without what may be a secret: credentials and a query. */
export const shownAddress = (url: string): string => url.replace(/\/\/[^/@]*@/, "//").replace(/[?#].*$/, "");
