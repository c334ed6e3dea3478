import fc from 'fast-check';
import type { FunctionName, LeaveBy, WayToLeave } from '../../functions/shared/contract.ts';
import type { ActorPlan } from '../../simulator/actors/index.ts';
import type { Fault, LifecycleHookOptions } from '../../simulator/aws/index.ts';

/** All that a run depends on, as plain JSON: the same world has the same history, byte for byte. */
export interface World {
  /** Of the faults' dice and of the retries' jitter. */
  readonly seed: number;
  /** As it is configured: `"90%"`, `"2"`. */
  readonly minServing: string;
  /** Only groups that are `tagged` are to be handled. */
  readonly onlyTagged: boolean;
  readonly groups: readonly GroupPlan[];
  readonly notices: readonly NoticePlan[];
  readonly faults: readonly FaultPlan[];
  readonly kills: readonly KillPlan[];
  /** Rebalance recommendations are acted on. Absent: they are ignored. */
  readonly rebalance?: { readonly budget: string; readonly timeoutMinutes: number };
  /** What EC2 recommends. Default: nothing. */
  readonly recommendations?: readonly RecommendationPlan[];
  /** A shutdown document is configured: it takes the parameters, or others; and instances have the agent, or not. Absent: none is. */
  readonly shutdown?: 'agent' | 'other parameters' | 'no agent';
  /** As it is configured. Default: `auto`. */
  readonly leaveBy?: LeaveBy;
  /** As it is configured. Default: false. */
  readonly serveOnAtMaxSize?: boolean;
}

/** Of one of a group's first instances, which may have a notice as well: before it, after it, or at the same time. */
export interface RecommendationPlan {
  /** Indexes as in a notice, but the instance is this one. */
  readonly group: number;
  readonly instance: number;
  readonly atSeconds: number;
  readonly deliveredAfterSeconds: readonly number[];
}

export interface GroupPlan {
  /** Capacity units that an instance counts for. */
  readonly weight: number;
  /** InService at the beginning. */
  readonly instances: number;
  /** Instances: MinSize is so far below DesiredCapacity, and MaxSize so far above. */
  readonly below: number;
  readonly above: number;
  /** Of each launch in turn, beginning anew after the last. */
  readonly launchSeconds: readonly (number | 'never')[];
  /** From InService to a healthy target; 0: the group has no target group. */
  readonly healthCheckSeconds: number;
  readonly tagged: boolean;
  /** Launches (1 is the first) whose instance is interrupted itself, and how long after the launch began. */
  readonly interruptedLaunches: readonly { readonly launch: number; readonly afterSeconds: number }[];
  /** Who changes the group besides us, from the world's beginning on. */
  readonly others: readonly ActorPlan[];
  /** What it runs when it terminates an instance. Default: no hook. */
  readonly terminationHook?: Omit<LifecycleHookOptions, 'name' | 'transition'>;
  /** What its tag asks for. Default: it has none. */
  readonly leaveBy?: WayToLeave;
}

export interface NoticePlan {
  /** Index into the groups, taken modulo their number; -1: an instance in no group. */
  readonly group: number;
  /** Index into the group's first instances, taken modulo their number; the next one where that has its notice already. */
  readonly instance: number;
  readonly atSeconds: number;
  /** When EventBridge delivers the event, after the notice: more than once for duplicates. */
  readonly deliveredAfterSeconds: readonly number[];
  readonly vanishes?: { readonly how: 'reclaimed early' | 'terminated'; readonly afterSeconds: number };
  /** Someone stops the first execution, and redrives it 20 s later: no function of it runs any more. */
  readonly stoppedAfterSeconds?: number;
}

/** Some calls go wrong for a while. */
export interface FaultPlan {
  readonly where: FaultPlace;
  readonly kind: Fault['kind'];
  /** Of the calls: 1 is an outage. */
  readonly share: number;
  readonly fromSeconds: number;
  /** Absent: for good. */
  readonly toSeconds?: number;
}

/** A service, or one of its actions; for Lambda, one of the functions. */
type FaultPlace =
  | 'dynamodb'
  | 'autoscaling'
  | 'elasticloadbalancing'
  | 'lambda'
  | 'DescribeAutoScalingGroups'
  | 'DescribeAutoScalingInstances'
  | 'SetDesiredCapacity'
  | 'DetachInstances'
  | 'TerminateInstanceInAutoScalingGroup'
  | 'DescribeLifecycleHooks'
  | 'TerminateInstances'
  | 'RegisterTargets'
  | 'DeregisterTargets'
  | 'UpdateItem'
  | 'SendCommand'
  | FunctionName;

/** One invocation of a function dies after some of its API calls. */
interface KillPlan {
  readonly functionName: FunctionName;
  /** Which: 1 is the first of this function in the world. */
  readonly invocation: number;
  readonly afterCalls: number;
}

/** Milliseconds matter for what interleaves. */
function seconds(min: number, max: number): fc.Arbitrary<number> {
  return fc.integer({ min: min * 1000, max: max * 1000 }).map((milliseconds) => milliseconds / 1000);
}

/** One in twelve. */
function rarely<T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> {
  return fc.oneof({ weight: 11, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary });
}

/** Sizes are in capacity units: what is beyond the group's limits is brought within them. */
const other: fc.Arbitrary<ActorPlan> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constantFrom<'person' | 'scheduled-action'>('person', 'scheduled-action'),
      afterSeconds: seconds(0, 130),
      desiredCapacity: fc.integer({ min: 0, max: 16 }),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant<'cluster-autoscaler'>('cluster-autoscaler'),
      afterSeconds: seconds(0, 100),
      change: fc.integer({ min: -3, max: 4 }),
      writesAfterSeconds: seconds(0, 2),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant<'target-tracking'>('target-tracking'),
      load: fc.array(
        fc.record({ fromSeconds: seconds(0, 150), share: fc.double({ min: 0.1, max: 1.5, noNaN: true }) }),
        {
          minLength: 1,
          maxLength: 3,
        },
      ),
      firstAfterSeconds: seconds(0, 60),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant<'step-scaling'>('step-scaling'),
      load: fc.array(
        fc.record({ fromSeconds: seconds(0, 150), share: fc.double({ min: 0.1, max: 1.5, noNaN: true }) }),
        {
          minLength: 1,
          maxLength: 3,
        },
      ),
      steps: fc.constant([
        { beyond: 'above', utilization: 0.8, change: 2 },
        { beyond: 'below', utilization: 0.3, change: -1 },
      ] as const),
      firstAfterSeconds: seconds(0, 60),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant<'terminations'>('terminations'),
      afterSeconds: seconds(0, 120),
      instances: fc.array(fc.nat(5), { minLength: 1, maxLength: 3 }),
      decrement: fc.boolean(),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant<'instance-refresh'>('instance-refresh'),
      afterSeconds: seconds(0, 100),
      minHealthyPercentage: fc.constantFrom(50, 90, 100),
    }),
  },
);

/** Hooks that finish, that time out, before the reclaim or long after it, and that are abandoned. */
const terminationHook: fc.Arbitrary<NonNullable<GroupPlan['terminationHook']>> = fc.record({
  heartbeatTimeoutSeconds: fc.constantFrom(30, 60, 120, 3600),
  completedAfterSeconds: fc.oneof(fc.integer({ min: 1, max: 90 }), fc.constant<'never'>('never')),
  completedWith: fc.constantFrom<'CONTINUE' | 'ABANDON'>('CONTINUE', 'ABANDON'),
  defaultResult: fc.constantFrom<'CONTINUE' | 'ABANDON'>('CONTINUE', 'ABANDON'),
});

const plainGroup: fc.Arbitrary<GroupPlan> = fc.record({
  others: fc.oneof(
    { weight: 11, arbitrary: fc.constant([]) },
    { weight: 9, arbitrary: fc.array(other, { minLength: 1, maxLength: 3 }) },
  ),
  weight: fc.oneof({ weight: 5, arbitrary: fc.constant(1) }, { weight: 1, arbitrary: fc.integer({ min: 2, max: 4 }) }),
  instances: fc.oneof(
    { weight: 60, arbitrary: fc.integer({ min: 1, max: 3 }) },
    { weight: 15, arbitrary: fc.integer({ min: 4, max: 12 }) },
    { weight: 5, arbitrary: fc.integer({ min: 13, max: 40 }) },
    { weight: 1, arbitrary: fc.integer({ min: 41, max: 200 }) },
  ),
  below: fc.integer({ min: 0, max: 3 }),
  above: fc.oneof({ weight: 1, arbitrary: fc.constant(0) }, { weight: 3, arbitrary: fc.integer({ min: 1, max: 12 }) }),
  launchSeconds: fc.array(
    fc.oneof(
      { weight: 4, arbitrary: fc.integer({ min: 20, max: 60 }) },
      { weight: 1, arbitrary: fc.integer({ min: 61, max: 120 }) },
      { weight: 1, arbitrary: fc.constant<'never'>('never') },
    ),
    { minLength: 1, maxLength: 3 },
  ),
  healthCheckSeconds: fc.oneof(fc.constant(0), fc.integer({ min: 5, max: 30 })),
  tagged: fc.oneof({ weight: 4, arbitrary: fc.constant(true) }, { weight: 1, arbitrary: fc.constant(false) }),
  interruptedLaunches: fc.oneof(
    { weight: 4, arbitrary: fc.constant([]) },
    {
      weight: 1,
      arbitrary: fc.array(fc.record({ launch: fc.integer({ min: 1, max: 4 }), afterSeconds: seconds(1, 90) }), {
        minLength: 1,
        maxLength: 2,
      }),
    },
  ),
});

const group: fc.Arbitrary<GroupPlan> = fc
  .tuple(
    plainGroup,
    fc.oneof(
      { weight: 3, arbitrary: fc.constant(undefined) },
      { weight: 1, arbitrary: fc.record({ hook: terminationHook }) },
    ),
    rarely(fc.constantFrom<WayToLeave>('detach', 'terminate')),
  )
  .map(([plan, hooked, leaveBy]) => ({
    ...plan,
    ...(hooked && { terminationHook: hooked.hook }),
    ...(leaveBy && { leaveBy }),
  }));

const notice: fc.Arbitrary<NoticePlan> = fc
  .record({
    group: fc.oneof({ weight: 12, arbitrary: fc.nat(2) }, { weight: 1, arbitrary: fc.constant(-1) }),
    instance: fc.nat(39),
    atSeconds: fc.oneof(
      { weight: 8, arbitrary: seconds(0, 2) },
      { weight: 2, arbitrary: seconds(0, 60) },
      { weight: 1, arbitrary: seconds(60, 240) },
    ),
    deliveredAfterSeconds: fc.oneof(
      { weight: 6, arbitrary: fc.array(seconds(0, 2), { minLength: 1, maxLength: 1 }) },
      { weight: 1, arbitrary: fc.array(seconds(0, 30), { minLength: 2, maxLength: 3 }) },
      { weight: 1, arbitrary: fc.array(seconds(0, 140), { minLength: 2, maxLength: 3 }) },
    ),
    vanishes: rarely(
      fc.record({
        how: fc.constantFrom<'reclaimed early' | 'terminated'>('reclaimed early', 'terminated'),
        afterSeconds: seconds(1, 100),
      }),
    ),
    stoppedAfterSeconds: rarely(seconds(1, 60)),
  })
  .map(({ vanishes, stoppedAfterSeconds, ...plan }) => ({
    ...plan,
    ...(vanishes && { vanishes }),
    ...(stoppedAfterSeconds !== undefined && { stoppedAfterSeconds }),
  }));

const fault: fc.Arbitrary<FaultPlan> = fc
  .record({
    where: fc.constantFrom<FaultPlace>(
      'dynamodb',
      'dynamodb',
      'autoscaling',
      'autoscaling',
      'elasticloadbalancing',
      'lambda',
      'DescribeAutoScalingGroups',
      'DescribeAutoScalingInstances',
      'SetDesiredCapacity',
      'DetachInstances',
      'TerminateInstanceInAutoScalingGroup',
      'DescribeLifecycleHooks',
      'RegisterTargets',
      'DeregisterTargets',
      'UpdateItem',
      'SendCommand',
      'check-capacity',
      'set-desired-capacity',
      'detach-instances',
    ),
    kind: fc.constantFrom<Fault['kind']>(
      'throttle',
      'contention',
      'internal',
      'timeout-before',
      'timeout-after',
      'timeout-after',
      'stale',
      'stale',
      'slow',
    ),
    share: fc.constantFrom(0.1, 0.3, 0.5, 0.8, 1, 1),
    fromSeconds: fc.oneof(fc.constant(0), seconds(0, 100)),
    lasts: fc.oneof(
      { weight: 3, arbitrary: seconds(2, 40) },
      { weight: 2, arbitrary: seconds(40, 150) },
      { weight: 1, arbitrary: fc.constant(undefined) },
    ),
  })
  .map(({ lasts, ...plan }) => ({ ...plan, ...(lasts !== undefined && { toSeconds: plan.fromSeconds + lasts }) }));

const kill: fc.Arbitrary<KillPlan> = fc.record({
  functionName: fc.constantFrom<FunctionName>(
    'describe-instance',
    'check-capacity',
    'set-desired-capacity',
    'set-desired-capacity',
    'detach-instances',
    'detach-instances',
  ),
  invocation: fc.integer({ min: 1, max: 4 }),
  afterCalls: fc.integer({ min: 0, max: 9 }),
});

const recommendation: fc.Arbitrary<RecommendationPlan> = fc.record({
  group: fc.nat(2),
  instance: fc.nat(11),
  atSeconds: fc.oneof({ weight: 3, arbitrary: seconds(0, 5) }, { weight: 1, arbitrary: seconds(0, 120) }),
  deliveredAfterSeconds: fc.oneof(
    { weight: 6, arbitrary: fc.array(seconds(0, 2), { minLength: 1, maxLength: 1 }) },
    { weight: 1, arbitrary: fc.array(seconds(0, 60), { minLength: 2, maxLength: 3 }) },
  ),
});

/** In every third world, and mostly with a notice for the same instance. */
const signals = fc.oneof(
  { weight: 2, arbitrary: fc.constant({}) },
  {
    weight: 1,
    arbitrary: fc.record({
      rebalance: fc.record({
        budget: fc.constantFrom('1%', '10%', '50%', '100%', '1', '3'),
        timeoutMinutes: fc.integer({ min: 2, max: 4 }),
      }),
      recommendations: fc.array(recommendation, { minLength: 1, maxLength: 8, size: 'max' }),
    }),
  },
);

const shutdown = fc.oneof(
  { weight: 3, arbitrary: fc.constant({}) },
  {
    weight: 1,
    arbitrary: fc.record({
      shutdown: fc.constantFrom<NonNullable<World['shutdown']>>('agent', 'other parameters', 'no agent'),
    }),
  },
);

const worldOfNotices: fc.Arbitrary<World> = fc.record({
  serveOnAtMaxSize: fc.oneof({ weight: 2, arbitrary: fc.constant(false) }, { weight: 1, arbitrary: fc.constant(true) }),
  leaveBy: fc.oneof(
    { weight: 6, arbitrary: fc.constant<LeaveBy>('auto') },
    { weight: 1, arbitrary: fc.constantFrom<LeaveBy>('detach', 'terminate') },
  ),
  seed: fc.nat(),
  minServing: fc.oneof(
    { weight: 4, arbitrary: fc.constant('100%') },
    { weight: 3, arbitrary: fc.integer({ min: 1, max: 100 }).map((percent) => `${percent}%`) },
    { weight: 1, arbitrary: fc.integer({ min: 0, max: 6 }).map(String) },
  ),
  onlyTagged: fc.oneof({ weight: 4, arbitrary: fc.constant(false) }, { weight: 1, arbitrary: fc.constant(true) }),
  groups: fc.oneof(
    { weight: 3, arbitrary: fc.array(group, { minLength: 1, maxLength: 1 }) },
    { weight: 1, arbitrary: fc.array(group, { minLength: 2, maxLength: 3 }) },
  ),
  notices: fc.oneof(
    { weight: 12, arbitrary: fc.array(notice, { minLength: 1, maxLength: 5, size: 'max' }) },
    { weight: 3, arbitrary: fc.array(notice, { minLength: 5, maxLength: 12, size: 'max' }) },
    { weight: 1, arbitrary: fc.array(notice, { minLength: 12, maxLength: 40, size: 'max' }) },
  ),
  faults: fc.oneof(
    { weight: 1, arbitrary: fc.constant([]) },
    { weight: 3, arbitrary: fc.array(fault, { minLength: 1, maxLength: 4, size: 'max' }) },
  ),
  kills: fc.oneof(
    { weight: 2, arbitrary: fc.constant([]) },
    { weight: 1, arbitrary: fc.array(kill, { minLength: 1, maxLength: 4, size: 'max' }) },
  ),
});

const anyWorld: fc.Arbitrary<World> = fc
  .tuple(worldOfNotices, signals, shutdown)
  .map(([world, ...others]) => Object.assign({}, world, ...others));

/**
 * Mostly small worlds, in which most goes wrong; now and then a storm over dozens of instances. The weights above are the
 * bias; fast-check's own, towards extreme values, would make most worlds dull.
 */
export const worlds: fc.Arbitrary<World> = fc.noBias(anyWorld);
