import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { SFNClient } from '@aws-sdk/client-sfn';
import { followExecution } from '../../console/follow/follow-execution.ts';
import { gaveUp, runCommand, type Surroundings } from '../account/command.ts';
import { findStack, stateMachineArnOf } from '../account/deployed-stack.ts';
import { problemText } from '../account/problems.ts';
import { described, LiveLines } from '../terminal/live-lines.ts';
import { executionTable } from '../terminal/report.ts';
import { help, type Options, parseArguments } from './command-line.ts';
import { consoleLink } from './console-link.ts';
import { FollowedExecution } from './followed-execution.ts';
import { type NoticeEvent, noticeEvent } from './notice-event.ts';
import { outcomeOf } from './outcome.ts';
import { type StartedExecution, startExecution } from './started-execution.ts';

/** `npm run execution`: starts an execution of the deployed workflow and follows it. Returns the exit code, see `help`. */
export function runExecution(args: readonly string[], surroundings: Surroundings): Promise<number> {
  const run = (options: Options) => startAndFollow(options, noticeEvent(options.source, Date.now()), surroundings);
  const nothingStarted = 'Interrupted: no execution was started.';
  return runCommand({ help, parseArguments, run, nothingStarted }, args, surroundings);
}

async function startAndFollow(options: Options, notice: NoticeEvent, surroundings: Surroundings): Promise<number> {
  const settings = options.region === undefined ? {} : { region: options.region };
  const cloudFormation = new CloudFormationClient(settings);
  const stepFunctions = new SFNClient(settings);
  try {
    const stack = await findStack(cloudFormation, options.stack, surroundings.signal);
    const stateMachineArn = stateMachineArnOf(stack);
    const started = await startExecution(stepFunctions, stateMachineArn, notice);
    surroundings.output.write(`Started ${started.name}\n${consoleLink(started.arn)}\n\n`);
    return await follow(stepFunctions, started, notice, surroundings);
  } finally {
    cloudFormation.destroy();
    stepFunctions.destroy();
  }
}

async function follow(
  stepFunctions: SFNClient,
  started: StartedExecution,
  notice: NoticeEvent,
  surroundings: Surroundings,
): Promise<number> {
  const { output, errors } = surroundings;
  const execution = new FollowedExecution(notice);
  try {
    await show(stepFunctions, started, execution, surroundings);
  } catch (error) {
    return gaveUp(error, 'No longer followed.', surroundings, `The execution goes on: ${consoleLink(started.arn)}`);
  }
  const { exitCode, message } = outcomeOf(execution);
  output.write(`\n${executionTable([execution.summary()]).join('\n')}\n\n${consoleLink(started.arn)}\n`);
  (exitCode === 0 ? output : errors).write(`${message}\n`);
  return exitCode;
}

/** Prints the states as they are entered, until the execution has ended. */
async function show(
  stepFunctions: SFNClient,
  { arn }: StartedExecution,
  execution: FollowedExecution,
  { output, errors, signal, pollMilliseconds = 1000 }: Surroundings,
): Promise<void> {
  const lines = new LiveLines(output);
  lines.header();
  const timer = setInterval(() => lines.waiting(execution.momentAt(Date.now())), 1000);
  const onUnreachable = (error: unknown) => {
    lines.end();
    errors.write(`${problemText(error)} Trying again.\n`);
  };
  try {
    for await (const event of followExecution(stepFunctions, arn, { pollMilliseconds, signal, onUnreachable })) {
      execution.record(event);
      const what = described(event);
      if (what !== undefined) lines.happened(what, execution.momentAt(Date.parse(event.timestamp)));
    }
  } finally {
    clearInterval(timer);
    lines.end();
  }
}
