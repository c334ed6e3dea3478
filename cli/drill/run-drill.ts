import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { AutoScalingClient } from '@aws-sdk/client-auto-scaling';
import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { ElasticLoadBalancingV2Client } from '@aws-sdk/client-elastic-load-balancing-v2';
import { FisClient } from '@aws-sdk/client-fis';
import { SFNClient } from '@aws-sdk/client-sfn';
import { gaveUp, runCommand, type Surroundings } from '../account/command.ts';
import { findStack, stateMachineArnOf } from '../account/deployed-stack.ts';
import { problemText, Refusal } from '../account/problems.ts';
import { executionTable } from '../terminal/report.ts';
import { type Check, checksOf, failureLines } from './checks.ts';
import { help, type Options, parseArguments } from './command-line.ts';
import type { DrillRecord } from './drill-record.ts';
import { type Plan, readPlan, type StartedExperiment, startExperiment } from './experiment.ts';
import { type GroupLook, lookAtGroup, pendingCapacity, servingCapacity } from './group-look.ts';
import { drillReport } from './report.ts';
import { checkLines } from './terminal.ts';
import { Watch } from './watch.ts';

const reportFolder = join(import.meta.dirname, '../../out');

/** `npm run drill`: interrupts instances, follows what becomes of them, and checks it. Returns the exit code, see `help`. */
export function runDrill(args: readonly string[], surroundings: Surroundings): Promise<number> {
  const run = (options: Options) => withClients(options, (clients) => drill(options, clients, surroundings));
  const nothingStarted = 'Interrupted: no experiment was started.';
  return runCommand({ help, parseArguments, run, nothingStarted }, args, surroundings);
}

async function drill(options: Options, clients: Clients, surroundings: Surroundings): Promise<number> {
  const { signal, output } = surroundings;
  const stack = await findStack(clients.cloudFormation, options.stack, signal);
  const stateMachineArn = stateMachineArnOf(stack);
  const templateId = options.template ?? stack.outputs.get('ExperimentTemplateId');
  if (templateId === undefined) {
    throw new Refusal(`The stack ${stack.name} has no output ExperimentTemplateId: name a template with --template.`);
  }
  const plan = await readPlan(clients.fis, templateId, signal);
  const before = await lookAtGroup(clients, plan.groupName, signal);
  refuseUnsteady(plan, before);
  const experiment = await startExperiment(clients.fis, templateId);
  output.write(`Started experiment ${experiment.id} on ${plan.groupName}\n\n`);
  return await follow({ plan, stateMachineArn, experiment, before }, { options, clients, surroundings });
}

/** What the interruption does could not be told from what happens anyway. */
function refuseUnsteady({ groupName }: Plan, look: GroupLook): void {
  const serving = servingCapacity(look);
  // In a weighted group more may serve than is desired.
  if (serving >= look.desiredCapacity && serving > 0 && pendingCapacity(look) === 0) return;
  throw new Refusal(
    `The group ${groupName} is not steady: its DesiredCapacity is ${look.desiredCapacity}, ${serving} serve, and ` +
      `${pendingCapacity(look)} are pending. Wait until as much serves as is desired, and nothing is pending.`,
  );
}

interface Begun {
  readonly plan: Plan;
  readonly stateMachineArn: string;
  readonly experiment: StartedExperiment;
  readonly before: GroupLook;
}

async function follow(
  begun: Begun,
  { options, clients, surroundings }: { options: Options; clients: Clients; surroundings: Surroundings },
): Promise<number> {
  const { output, errors, signal, pollMilliseconds = 2000 } = surroundings;
  const onUnreachable = (error: unknown) => void errors.write(`${problemText(error)} Trying again.\n`);
  try {
    const watch = new Watch({ ...begun, clients, output, pollMilliseconds, signal, onUnreachable });
    return close(await watch.untilEnd(), options, surroundings);
  } catch (error) {
    const goesOn = `The experiment ${begun.experiment.id} and the handling of its interruptions go on.`;
    return gaveUp(error, 'No longer followed.', surroundings, goesOn);
  }
}

/** Prints and writes down what it came to. */
function close(record: DrillRecord, options: Options, { output, errors }: Surroundings): 0 | 1 {
  const checks: readonly Check[] = checksOf(record);
  const path = options.report ?? relative(process.cwd(), join(reportFolder, `drill-${record.experiment.id}.md`));
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, drillReport(record, checks));
  const summaries = record.executions.map(({ summary }) => summary);
  const table = summaries.length === 0 ? [] : [...executionTable(summaries), ''];
  output.write(['', ...table, ...checkLines(checks), '', `The report: ${path}`, ''].join('\n'));
  const failures = failureLines(checks);
  for (const failure of failures) errors.write(`${failure}\n`);
  return failures.length === 0 ? 0 : 1;
}

interface Clients {
  readonly autoScaling: AutoScalingClient;
  readonly cloudFormation: CloudFormationClient;
  readonly fis: FisClient;
  readonly loadBalancing: ElasticLoadBalancingV2Client;
  readonly stepFunctions: SFNClient;
}

async function withClients<T>({ region }: Options, work: (clients: Clients) => Promise<T>): Promise<T> {
  const stepFunctions = new SFNClient(region === undefined ? {} : { region });
  // One search for region and credentials, whose answer all clients share.
  const shared = { region: stepFunctions.config.region, credentials: stepFunctions.config.credentials };
  const clients: Clients = {
    autoScaling: new AutoScalingClient(shared),
    cloudFormation: new CloudFormationClient(shared),
    fis: new FisClient(shared),
    loadBalancing: new ElasticLoadBalancingV2Client(shared),
    stepFunctions,
  };
  try {
    return await work(clients);
  } finally {
    for (const client of Object.values(clients)) client.destroy();
  }
}
