/** Milliseconds since some moment: always forward, whatever somebody does to the clock of the machine. */
export const monotonic = (): number => performance.now();
