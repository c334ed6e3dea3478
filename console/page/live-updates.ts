import type { RunUpdate } from '../shared/run-update.ts';

/** How long to wait for the first updates of a server that has none. */
const quietMs = 300;

/**
 * Follows the server's runs: the current one from its beginning, and those to come. The browser reconnects by itself,
 * and goes on where it was. `caughtUp` is called once, when what had happened before has been told; `connected` whenever the
 * connection comes or goes.
 */
export function followRuns(
  apply: (updates: readonly RunUpdate[]) => void,
  { caughtUp, connected }: { caughtUp: () => void; connected: (isConnected: boolean) => void },
): void {
  const source = new EventSource('updates');
  let isCaughtUp = false;
  const catchUp = () => {
    if (!isCaughtUp) caughtUp();
    isCaughtUp = true;
  };
  source.addEventListener('message', ({ data }) => {
    const updates: RunUpdate[] = JSON.parse(data);
    apply(updates);
    catchUp();
  });
  source.addEventListener('open', () => {
    connected(true);
    setTimeout(catchUp, quietMs);
  });
  source.addEventListener('error', () => connected(false));
}

/** The updates in a page that was written with its run. */
export async function recordedUpdates(recording: string): Promise<RunUpdate[]> {
  const bytes = Uint8Array.from(atob(recording), (character) => character.charCodeAt(0));
  const unzipped = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('gzip'));
  const updates: RunUpdate[] = JSON.parse(await new Response(unzipped).text());
  return updates;
}
