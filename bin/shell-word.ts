/** The path as one word of a shell. */
export const shellWord = (path: string) => (/^[\w./:\\~-]+$/.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`);
