import { uuidFrom } from '../protocols/identifiers.ts';

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

/** What every event of EC2's has on EventBridge. */
interface Ec2Event<DetailType extends string, Detail> {
  readonly version: '0';
  readonly id: string;
  readonly 'detail-type': DetailType;
  readonly source: 'aws.ec2';
  readonly account: string;
  /** To the second, as EventBridge gives it. */
  readonly time: string;
  readonly region: string;
  readonly resources: readonly string[];
  readonly detail: Detail;
}

/** As the EC2 User Guide prints it ("Spot Instance interruption notices"). */
export type SpotInterruptionEvent = Ec2Event<
  'EC2 Spot Instance Interruption Warning',
  { readonly 'instance-id': string; readonly 'instance-action': string }
>;

/** As the EC2 User Guide prints it ("Monitor Capacity Blocks", "Monitor interruptible Capacity Reservations"). */
export type ReservationInterruptionEvent = Ec2Event<
  'EC2 Capacity Reservation Instance Interruption Warning',
  {
    readonly 'instance-id': string;
    readonly 'instance-action': string;
    readonly 'instance-termination-time': string;
    readonly 'availability-zone-id': string;
  }
>;

/** As the EC2 User Guide prints it ("EC2 instance rebalance recommendations"). */
export type RebalanceRecommendationEvent = Ec2Event<
  'EC2 Instance Rebalance Recommendation',
  { readonly 'instance-id': string }
>;

interface Account {
  readonly accountId: string;
  readonly region: string;
}

export function spotInterruptionEvent(
  account: Account,
  notice: { readonly instanceId: string; readonly action: string; readonly at: Date },
): SpotInterruptionEvent {
  const { action, at, instanceId } = notice;
  const detail = { 'instance-id': instanceId, 'instance-action': action };
  return ec2Event(account, instanceId, 'EC2 Spot Instance Interruption Warning', 'interrupted', at, detail);
}

export function reservationInterruptionEvent(
  account: Account,
  notice: { readonly instanceId: string; readonly at: Date; readonly reclaimAt: Date },
): ReservationInterruptionEvent {
  const { at, instanceId, reclaimAt } = notice;
  const detail = {
    'instance-id': instanceId,
    'instance-action': 'terminate',
    'instance-termination-time': toTheSecond(reclaimAt),
    'availability-zone-id': 'use2-az1',
  };
  const detailType = 'EC2 Capacity Reservation Instance Interruption Warning';
  return ec2Event(account, instanceId, detailType, 'to be terminated', at, detail);
}

export function rebalanceRecommendationEvent(
  account: Account,
  instanceId: string,
  at: Date,
): RebalanceRecommendationEvent {
  const detailType = 'EC2 Instance Rebalance Recommendation';
  const detail = { 'instance-id': instanceId };
  return ec2Event(account, instanceId, detailType, 'recommended to be rebalanced', at, detail);
}

function ec2Event<DetailType extends string, Detail>(
  account: Account,
  instanceId: string,
  detailType: DetailType,
  whatHappened: string,
  at: Date,
  detail: Detail,
): Ec2Event<DetailType, Detail> {
  const time = toTheSecond(at);
  return {
    version: '0',
    id: uuidFrom(`${instanceId} ${whatHappened} at ${time}`),
    'detail-type': detailType,
    source: 'aws.ec2',
    account: account.accountId,
    time,
    region: account.region,
    resources: [instanceArn(account, instanceId)],
    detail,
  };
}

function toTheSecond(time: Date): string {
  return time.toISOString().replace(/\.\d+Z$/, 'Z');
}

function instanceArn({ region, accountId }: Account, instanceId: string): string {
  return `arn:aws:ec2:${region}:${accountId}:instance/${instanceId}`;
}
