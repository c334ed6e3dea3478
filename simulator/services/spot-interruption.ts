import { uuidFrom } from './identifiers.ts';

/**
 * From a notice until EC2 takes the instance ("Spot Instance interruption notices", Amazon EC2 User Guide). EC2's, and not
 * imported from the handler, which is tried against it.
 */
export const reclaimSeconds = 120;

export interface InterruptOptions {
  /** When EC2 gives the notice. Default: now. */
  readonly at?: Date;
  /** From the notice until EC2 takes the instance. Default 120. */
  readonly reclaimSeconds?: number;
  /** Default `terminate`. Whichever it is, the instance is lost to its group at the reclaim. */
  readonly action?: 'terminate' | 'stop' | 'hibernate';
}

/** The EventBridge event "EC2 Spot Instance Interruption Warning", as the EC2 User Guide prints it. */
export interface SpotInterruptionEvent {
  readonly version: '0';
  readonly id: string;
  readonly 'detail-type': 'EC2 Spot Instance Interruption Warning';
  readonly source: 'aws.ec2';
  readonly account: string;
  /** To the second, as EventBridge gives it. */
  readonly time: string;
  readonly region: string;
  readonly resources: readonly string[];
  readonly detail: { readonly 'instance-id': string; readonly 'instance-action': string };
}

export function spotInterruptionEvent(
  account: { readonly accountId: string; readonly region: string },
  notice: { readonly instanceId: string; readonly action: string; readonly at: Date },
): SpotInterruptionEvent {
  const time = notice.at.toISOString().replace(/\.\d+Z$/, 'Z');
  return {
    version: '0',
    id: uuidFrom(`${notice.instanceId} interrupted at ${time}`),
    'detail-type': 'EC2 Spot Instance Interruption Warning',
    source: 'aws.ec2',
    account: account.accountId,
    time,
    region: account.region,
    resources: [`arn:aws:ec2:${account.region}:${account.accountId}:instance/${notice.instanceId}`],
    detail: { 'instance-id': notice.instanceId, 'instance-action': notice.action },
  };
}
