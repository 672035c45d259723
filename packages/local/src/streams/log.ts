/** Where a host hears of what goes wrong without stopping anything. */
export interface Log {
  /** @param message - A sentence or two, on one line. */
  warn(message: string): void;
}

/** Writes to this process's standard error. */
export const standardErrorLog: Log = {
  warn: (message) => {
    process.stderr.write(`${message}\n`);
  },
};
