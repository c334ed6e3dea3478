import { runDrill } from './drill/run-drill.ts';

const interrupt = new AbortController();
// Only once: whoever presses Ctrl-C again does not want to wait.
process.once('SIGINT', () => interrupt.abort());

process.exitCode = await runDrill(process.argv.slice(2), {
  output: process.stdout,
  errors: process.stderr,
  signal: interrupt.signal,
});
