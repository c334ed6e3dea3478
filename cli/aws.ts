import { untilStopped } from '../simulator/until-stopped.ts';

// Listened for before the rest is loaded, which takes a second: whoever ends it then ends it, too.
const stopped = untilStopped();
const { serveAws } = await import('./local-aws/local-server.ts');
process.exitCode = await serveAws(process.argv.slice(2), stopped);
