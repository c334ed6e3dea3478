/** Resolves when the process is asked to end, by Ctrl-C or SIGTERM, which then do not end it by themselves. */
export function untilStopped(): Promise<undefined> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve(undefined));
  });
}
