import { createServer, type Server } from 'node:http';
import { parseArgs } from 'node:util';
import { defaultScenario, scenarioNamed } from '../../simulator/scenarios/scenarios.ts';
import { untilStopped } from '../../simulator/until-stopped.ts';
import { consoleListener } from './console-server.ts';
import { pageData } from './page-data.ts';
import { bundlePage, pageDocument } from './page-document.ts';
import { Runs } from './runs.ts';
import { SynthesizedApps } from './synthesized-apps.ts';

const defaultPort = 4600;
const help = `Serves the console: start executions in the browser, against local AWS, and watch them.

npm run console -- [options]
  --port N  default ${defaultPort}; where it is taken, the next free one
  --help    this

Only this computer can reach it. Until Ctrl-C. What was changed in the project is run after a restart.`;

process.exitCode = await main(process.argv.slice(2));

async function main(args: string[]): Promise<number> {
  const options = parse(args);
  if (typeof options === 'string') {
    console.error(options);
    return 2;
  }
  if (options.help) console.log(help);
  else await serve(options.port);
  return 0;
}

function parse(args: string[]): { port: number; help: boolean } | string {
  try {
    const { values } = parseArgs({
      args,
      options: { port: { type: 'string', default: String(defaultPort) }, help: { type: 'boolean', default: false } },
    });
    const port = Number(values.port);
    if (/^\d+$/.test(values.port) && port > 0 && port <= 65_535) return { port, help: values.help };
    return `--port is "${values.port}", but has to be a whole number from 1 to 65535.`;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

async function serve(wantedPort: number): Promise<void> {
  const stopped = untilStopped();
  const apps = new SynthesizedApps();
  const runs = new Runs(apps);
  try {
    console.log('Synthesizing …');
    const page = await Promise.race([loadPage(apps), stopped]);
    if (page === undefined) return;
    const server = createServer(consoleListener(page, runs));
    const port = await listen(server, wantedPort);
    const taken = port === wantedPort ? '' : ` (port ${wantedPort} is taken)`;
    console.log(`The console is at http://localhost:${port}${taken}, until Ctrl-C.`);
    await stopped;
    server.close();
    server.closeAllConnections();
  } finally {
    runs.stop();
    runs.log.close();
    await apps.close();
  }
}

async function loadPage(apps: SynthesizedApps): Promise<string> {
  const scenario = scenarioNamed(defaultScenario);
  const [bundle, data] = await Promise.all([bundlePage(), apps.for(scenario).then(pageData)]);
  return pageDocument(bundle, data);
}

/** Listens on the first free port from the wanted one on. */
async function listen(server: Server, wantedPort: number): Promise<number> {
  for (let port = wantedPort; ; port += 1) {
    if (await tryToListen(server, port)) return port;
  }
}

function tryToListen(server: Server, port: number): Promise<boolean> {
  return new Promise((resolve, reject) => {
    server.once('error', (error) => {
      if ('code' in error && error.code === 'EADDRINUSE' && port < 65_535) resolve(false);
      else reject(error);
    });
    server.listen(port, '127.0.0.1', () => {
      server.removeAllListeners('error');
      resolve(true);
    });
  });
}
