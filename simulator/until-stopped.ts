/**
 * Resolves when the process is asked to end, by Ctrl-C or SIGTERM, which then do not end it by themselves, or when npm, which
 * started it, was ended.
 */
export function untilStopped(): Promise<undefined> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve(undefined));
    if (process.env.npm_lifecycle_event !== undefined) onOrphaned(() => resolve(undefined));
  });
}

/** npm passes SIGTERM on to the shell that runs its script, and dash ends of it without telling the command. */
function onOrphaned(stop: () => void): void {
  const parent = process.ppid;
  setInterval(() => process.ppid !== parent && stop(), 250).unref();
}
