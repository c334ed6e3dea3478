import { AutoScalingClient } from '@aws-sdk/client-auto-scaling';
import { ElasticLoadBalancingV2Client } from '@aws-sdk/client-elastic-load-balancing-v2';
import type { AutoScalingGroup, GroupOptions, TargetGroup } from '../../../simulator/aws/index.ts';
import { SimulatedAws, type SimulatedAwsOptions } from '../../../simulator/aws/index.ts';
import { busy, inVirtualTime, type VirtualTime } from '../../../simulator/time/virtual-time.ts';

export const startAt = new Date('2026-03-01T12:00:00.000Z');

/** Simulated services in virtual time, and the real SDK clients that call them without a socket. */
export interface World {
  readonly aws: SimulatedAws;
  readonly time: VirtualTime;
  readonly autoScaling: AutoScalingClient;
  readonly loadBalancing: ElasticLoadBalancingV2Client;
  /** Makes a call, and lets time pass until it is answered. */
  readonly answered: <T>(call: () => Promise<T>) => Promise<T>;
  /** Makes a call, lets time pass until it has failed, and returns its error. */
  readonly refused: (call: () => Promise<unknown>) => Promise<{ readonly name: string; readonly message: string }>;
  /** Lets virtual seconds pass. */
  readonly pass: (seconds: number) => Promise<void>;
}

export async function inWorld(work: (world: World) => Promise<void>, options: SimulatedAwsOptions = {}): Promise<void> {
  await inVirtualTime({ startAt }, async (time) => {
    const aws = new SimulatedAws(options);
    const client = {
      region: 'us-east-2',
      credentials: { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret' },
      maxAttempts: 1,
      requestHandler: aws.requestHandler(),
    };
    try {
      await work({
        aws,
        time,
        autoScaling: new AutoScalingClient(client),
        loadBalancing: new ElasticLoadBalancingV2Client(client),
        answered: (call) => time.runUntilSettled(busy(call)),
        refused: (call) => time.runUntilSettled(failureOf(busy(call))),
        pass: (seconds) => time.runFor(seconds * 1000),
      });
    } finally {
      aws.stop();
    }
  });
}

/** A group whose times are easy to compute with: it reacts after 1 s, launches in 40 s, and has a minimum of 0. */
export function createGroup(aws: SimulatedAws, options: Partial<GroupOptions> = {}): AutoScalingGroup {
  return aws.createGroup({ name: 'web', instances: 1, maxSize: 10, ...options });
}

/** The same behind a target group that makes targets healthy after 20 s and drains them for 30 s. */
export function createServedGroup(
  aws: SimulatedAws,
  options: Partial<GroupOptions> = {},
): { readonly group: AutoScalingGroup; readonly targetGroup: TargetGroup } {
  const targetGroup = aws.createTargetGroup({ name: 'web' });
  return { group: createGroup(aws, { targetGroups: [targetGroup], ...options }), targetGroup };
}

export function idOf(group: AutoScalingGroup, index = 0): string {
  const instance = group.instances[index];
  if (instance === undefined) throw new Error(`The group has no instance number ${index}.`);
  return instance.id;
}

async function failureOf(call: Promise<unknown>): Promise<Error> {
  try {
    await call;
  } catch (error) {
    if (error instanceof Error) return error;
  }
  throw new Error('The call was expected to fail.');
}
