import { createServer, type Server } from 'node:http';
import { parseArgs } from 'node:util';
import { followExecution } from '../console/follow/follow-execution.ts';
import { Attached, defaultEndpoint, NothingToAttachTo } from '../console/server/attached.ts';
import { consoleListener } from '../console/server/console-server.ts';
import { pageData } from '../console/server/page-data.ts';
import { bundlePage, pageDocument } from '../console/server/page-document.ts';
import { Runs } from '../console/server/runs.ts';
import { SynthesizedApps } from '../console/server/synthesized-apps.ts';
import { defaultScenario, scenarioNamed } from '../simulator/scenarios/scenarios.ts';
import { untilStopped } from '../simulator/until-stopped.ts';

const defaultPort = 4600;
const help = `Serves the console: start executions in the browser, against local AWS, and watch them.

npm run console -- [options]
  --port N  default ${defaultPort}; where it is taken, the next free one
  --attach  shows the executions of a running npm run aws instead, at AWS_ENDPOINT_URL (default ${defaultEndpoint})
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
  else return await served(options);
  return 0;
}

async function served(options: Options): Promise<number> {
  try {
    await serve(options);
    return 0;
  } catch (error) {
    if (!(error instanceof NothingToAttachTo)) throw error;
    console.error(error.message);
    return 2;
  }
}

interface Options {
  readonly port: number;
  readonly attach: boolean;
  readonly help: boolean;
}

function parse(args: string[]): Options | string {
  try {
    const { values } = parseArgs({
      args,
      options: {
        port: { type: 'string', default: String(defaultPort) },
        attach: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    });
    const port = Number(values.port);
    if (/^\d+$/.test(values.port) && port > 0 && port <= 65_535) return { ...values, port };
    return `--port is "${values.port}", but has to be a whole number from 1 to 65535.`;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

async function serve({ port: wantedPort, attach }: Options): Promise<void> {
  const stopped = untilStopped();
  const apps = new SynthesizedApps();
  const runs = new Runs(apps);
  let stopAttached = () => {};
  try {
    console.log('Synthesizing …');
    const loaded = await Promise.race([attach ? loadAttached(apps, runs) : loadPage(apps), stopped]);
    if (loaded === undefined) return;
    const { page, attached } = loaded;
    stopAttached = () => attached?.stop();
    attached?.follow();
    const server = createServer(consoleListener(page, runs));
    const port = await listen(server, wantedPort);
    const taken = port === wantedPort ? '' : ` (port ${wantedPort} is taken)`;
    console.log(`The console is at http://localhost:${port}${taken}, until Ctrl-C.`);
    await stopped;
    server.close();
    server.closeAllConnections();
  } finally {
    stopAttached();
    runs.stop();
    runs.log.close();
    await apps.close();
  }
}

interface Loaded {
  readonly page: string;
  readonly attached?: Attached;
}

async function loadPage(apps: SynthesizedApps): Promise<Loaded> {
  const scenario = scenarioNamed(defaultScenario);
  const [bundle, data] = await Promise.all([bundlePage(), apps.for(scenario).then(pageData)]);
  return { page: pageDocument(bundle, data) };
}

/** The state machine's name is that of the stack as it would be deployed; its definition is the one that runs there. */
async function loadAttached(apps: SynthesizedApps, { log }: Runs): Promise<Loaded> {
  const endpoint = process.env.AWS_ENDPOINT_URL ?? defaultEndpoint;
  const [bundle, { stateMachineArn }] = await Promise.all([bundlePage(), apps.for(scenarioNamed(defaultScenario))]);
  const attached = new Attached({ endpoint, stateMachineArn, follow: followExecution, log });
  const definition = await attached.definition();
  return { page: pageDocument(bundle, { ...(await pageData({ definition })), attachedTo: endpoint }), attached };
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
