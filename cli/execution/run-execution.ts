import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { SFNClient } from '@aws-sdk/client-sfn';
import { followExecution } from '../../console/follow/follow-execution.ts';
import { described, LiveLines, type Output } from '../terminal/live-lines.ts';
import { executionTable } from '../terminal/report.ts';
import { help, type Options, parseArguments } from './command-line.ts';
import { consoleLink } from './console-link.ts';
import { findStack, stateMachineArnOf } from './deployed-stack.ts';
import { FollowedExecution } from './followed-execution.ts';
import { type NoticeEvent, noticeEvent } from './notice-event.ts';
import { outcomeOf } from './outcome.ts';
import { problemText, wasInterrupted } from './problems.ts';
import { type StartedExecution, startExecution } from './started-execution.ts';

export interface Surroundings {
  readonly output: Output;
  readonly errors: Output;
  /** Aborted by Ctrl-C: an execution that was started is left running. */
  readonly signal: AbortSignal;
  /** Between two looks at the execution's history. Default 1000. */
  readonly pollMilliseconds?: number;
}

/** As shells have it for what was ended by SIGINT. */
const interrupted = 130;

/** `npm run execution`: starts an execution of the deployed workflow and follows it. Returns the exit code, see `help`. */
export async function runExecution(args: readonly string[], surroundings: Surroundings): Promise<number> {
  const { output, errors, signal } = surroundings;
  try {
    const options = parseArguments(args);
    if (options === 'help') {
      output.write(`${help}\n`);
      return 0;
    }
    return await startAndFollow(options, noticeEvent(options.source, Date.now()), surroundings);
  } catch (error) {
    const isInterrupt = wasInterrupted(error, signal);
    errors.write(isInterrupt ? 'Interrupted: no execution was started.\n' : `${problemText(error)}\n`);
    return isInterrupt ? interrupted : 2;
  }
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
  const { output, errors, signal } = surroundings;
  const execution = new FollowedExecution(notice);
  try {
    await show(stepFunctions, started, execution, surroundings);
  } catch (error) {
    const isInterrupt = wasInterrupted(error, signal);
    const why = isInterrupt ? 'No longer followed.' : problemText(error);
    errors.write(`${why} The execution goes on: ${consoleLink(started.arn)}\n`);
    return isInterrupt ? interrupted : 2;
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
