import { instanceIdOf } from '../../simulator/scenarios/event-file.ts';
import { notEmpty, regionOf, valuesOf } from '../account/arguments.ts';
import { Refusal } from '../account/problems.ts';

export const help = `Starts an execution of the deployed workflow by hand, and follows it to its end.
The instance is taken out of its Auto Scaling group, as if EC2 had noticed it just now. Unless EC2 really reclaims it,
it runs on outside of the group until you terminate it.

npm run execution -- --instance-id ID | --event FILE [options]
  --instance-id ID  the instance, for example i-1234567890abcdef0
  --event FILE      the EventBridge event to hand over; its time is now, unless it is less than two minutes ago
  --stack NAME      the handler's CloudFormation stack (default SpotInterruptionHandler)
  --region REGION   where it is deployed (default AWS_REGION, AWS_DEFAULT_REGION, or the profile's)
  --help            this

Credentials are found as by every AWS SDK: environment, AWS_PROFILE, aws sso login, a role. They need
cloudformation:DescribeStacks, states:StartExecution and states:GetExecutionHistory.
Ctrl-C leaves the execution running.

Exit code 0: the execution succeeded. 1: it failed, and standard error says why. 2: it could not be started or
followed, or it left the instance alone. 130: Ctrl-C.`;

export interface Options {
  readonly source: EventSource;
  readonly stack: string;
  /** Absent: the profile's. */
  readonly region?: string;
}

/** What the execution's input is made from. */
export type EventSource = { readonly instanceId: string } | { readonly eventPath: string };

/** @throws Refusal */
export function parseArguments(args: readonly string[]): Options | 'help' {
  const values = valuesOf(args, {
    'instance-id': { type: 'string' },
    event: { type: 'string' },
    stack: { type: 'string', default: 'SpotInterruptionHandler' },
    region: { type: 'string' },
    help: { type: 'boolean', default: false },
  });
  if (values.help) return 'help';
  return {
    source: eventSource(values['instance-id'], values.event),
    stack: notEmpty('--stack', values.stack),
    ...regionOf(values.region),
  };
}

function eventSource(instanceId: string | undefined, eventPath: string | undefined): EventSource {
  if (instanceId !== undefined && eventPath === undefined) return { instanceId: checkedInstanceId(instanceId) };
  if (eventPath !== undefined && instanceId === undefined) return { eventPath };
  throw new Refusal('Give either --instance-id ID or --event FILE; see --help.');
}

function checkedInstanceId(instanceId: string): string {
  if (instanceIdOf({ detail: { 'instance-id': instanceId } }) !== undefined) return instanceId;
  throw new Refusal(
    `--instance-id is "${instanceId}", but has to be i- and 8 or 17 hexadecimal digits, as in i-1234567890abcdef0.`,
  );
}
