import { createServer } from 'node:net';
import { deploy } from '../../simulator/account/deployed-app.ts';
import { deployedServices } from '../../simulator/account/deployed-services.ts';
import { startLocalAws } from '../../simulator/account/local-aws.ts';
import { SynthesisFailed, withSynthesizedApp } from '../../simulator/account/synthesize.ts';
import type { SynthesizedApp } from '../../simulator/account/synthesized-app.ts';
import { contextOf, UnknownScenario } from '../../simulator/scenarios/scenarios.ts';
import { interceptOf, stage } from '../../simulator/scenarios/staging.ts';
import { parseServeArguments, type ServeOptions, UsageError } from '../command-line.ts';
import { instructions, sampleInstanceId } from './instructions.ts';

const help = `Serves simulated AWS on one port of this computer, in real time, with the stack deployed as it is synthesized: EC2 Auto
Scaling, Elastic Load Balancing, DynamoDB, Step Functions, EventBridge, CloudFormation and Fault Injection Service.

npm run aws -- [options]
  --port N         default 4599; 0: any free port
  --scenario NAME  which group there is (default single; npm start -- --list lists them)
  --help           this

Point an SDK or the AWS CLI (1.29 or 2.13 at least) at it with AWS_ENDPOINT_URL, as is printed.
Until Ctrl-C.`;

/** `npm run aws`: serves until it is `stopped`. Returns the exit code. */
export async function serveAws(args: readonly string[], stopped: Promise<undefined>): Promise<0 | 2> {
  try {
    const options = parseServeArguments(args);
    if (options.help) console.log(help);
    else await serve(options, stopped);
    return 0;
  } catch (error) {
    const isExpected = [UsageError, UnknownScenario, SynthesisFailed].some((expected) => error instanceof expected);
    console.error(isExpected && error instanceof Error ? error.message : error);
    return 2;
  }
}

async function serve(options: ServeOptions, stopped: Promise<undefined>): Promise<void> {
  await refuseTakenPort(options.port);
  const stop = new AbortController();
  stopped.then(() => stop.abort());
  console.log('Synthesizing …');
  try {
    await withSynthesizedApp(contextOf(options.scenario), (app) => serveApp(app, options, stopped), stop.signal);
  } catch (error) {
    if (!stop.signal.aborted) throw error;
  }
}

async function serveApp(
  app: SynthesizedApp,
  { scenario, port }: ServeOptions,
  stopped: Promise<undefined>,
): Promise<void> {
  const intercept = interceptOf(scenario);
  const local = await startLocalAws({ table: app.table, port, ...(intercept && { intercept }) });
  try {
    const deployed = await deploy(app, local);
    local.add(...deployedServices(app, deployed, local, { intercept }));
    const { group } = stage(scenario, local.aws, sampleInstanceId);
    console.log(instructions(app, local, group.name));
    await stopped;
    deployed.stop();
  } finally {
    await local.close();
  }
}

/** Before the synthesis, which takes seconds. */
function refuseTakenPort(port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on('error', (error) => {
      const isTaken = 'code' in error && error.code === 'EADDRINUSE';
      const message = `Port ${port} is in use already. Give another with --port, or 0 for any free one.`;
      reject(isTaken ? new UsageError(message) : error);
    });
    server.listen(port, '127.0.0.1', () => server.close(() => resolve()));
  });
}
