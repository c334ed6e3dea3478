import type { LeaveBy } from '../shared/contract.ts';
import { handlingSeconds, reclaimSeconds } from '../shared/timing.ts';
import { leaveByAllowed, leaveByOf, minServingAllowed, minServingOf } from './values.ts';

/** A tag of an Auto Scaling group. */
export interface GroupTag {
  /** 1 to 128 characters, none of them `=`, not beginning with `aws:`. */
  readonly key: string;
  /** At most 256 characters. */
  readonly value: string;
}

/** What can be configured, by context or by the construct's props; see `SpotInterruptionHandlerProps`. */
export interface HandlerConfig {
  /** `"90%"` of the group's usual size, or a number of instances. */
  readonly minServing: string | number;
  readonly pollSeconds: number;
  readonly drainSeconds: number;
  readonly leaveBy: LeaveBy;
  readonly serveOnAtMaxSize: boolean;
  readonly dryRun: boolean;
  readonly includeServiceManagedGroups: boolean;
  readonly groupTag?: GroupTag;
  /** The SSM document for instances that have left; and those that a group's tag may name instead. */
  readonly shutdownDocument?: string;
  readonly shutdownDocuments: readonly string[];
  readonly onRebalanceRecommendation: 'ignore' | 'replace';
  /** `"10%"` of the group's usual size, or a number of instances. */
  readonly rebalanceBudget: string | number;
  readonly rebalanceTimeoutMinutes: number;
  /** Absent: what is left behind runs on. */
  readonly terminateLeftBehindAfterMinutes?: number;
}

export const defaultConfig: HandlerConfig = {
  minServing: '100%',
  pollSeconds: 4,
  drainSeconds: 30,
  leaveBy: 'auto',
  serveOnAtMaxSize: false,
  dryRun: false,
  includeServiceManagedGroups: false,
  shutdownDocuments: [],
  onRebalanceRecommendation: 'ignore',
  rebalanceBudget: '10%',
  rebalanceTimeoutMinutes: 15,
};

/** One configuration was refused. The message names every wrong key, its value and what is allowed. */
export class InvalidConfig extends Error {
  /** To tell it from other errors. */
  override readonly name = 'InvalidConfig';

  /** @param problems - one sentence each */
  constructor(problems: readonly string[]) {
    super(['The configuration is not valid:', ...problems.map((problem) => `- ${problem}`)].join('\n'));
  }
}

/**
 * Checks a configuration, however it was given.
 * @throws InvalidConfig
 */
export function checkConfig(config: HandlerConfig): HandlerConfig {
  const problems = problemsOf(config);
  if (problems.length > 0) throw new InvalidConfig(problems);
  return config;
}

export type NumberKey = 'pollSeconds' | 'drainSeconds' | 'rebalanceTimeoutMinutes';

/** EC2 reclaims an instance two minutes after its notice, so that it has by then. */
export const leftBehindLimits: Limits = { min: 3, max: 1440 };

interface Limits {
  readonly min: number;
  readonly max: number;
}

export const limits: Readonly<Record<NumberKey, Limits>> = {
  pollSeconds: { min: 1, max: 30 },
  drainSeconds: { min: 0, max: 90 },
  rebalanceTimeoutMinutes: { min: 2, max: 60 },
};

export const numberKeys: readonly NumberKey[] = ['pollSeconds', 'drainSeconds', 'rebalanceTimeoutMinutes'];

export const recommendationModes: readonly HandlerConfig['onRebalanceRecommendation'][] = ['ignore', 'replace'];
export const recommendationModesAllowed = '"ignore" or "replace"';

export const nobodyToNotify =
  'notify is "all", but there is nobody to tell: give notificationEmails or notificationTopicArn, or to the construct a notificationTopic.';

/** What is wrong with a configuration, one sentence each. */
export function problemsOf(config: HandlerConfig): string[] {
  const outOfLimits = numberKeys.filter((key) => !isWithin(limits[key], config[key]));
  const problems = outOfLimits.map((key) => wrong(key, config[key], wholeNumberWithin(limits[key])));
  if (outOfLimits.length === 0) problems.push(...timeProblems(config));
  if (minServingOf(String(config.minServing)) === undefined) {
    problems.push(wrong('minServing', config.minServing, minServingAllowed));
  }
  if (minServingOf(String(config.rebalanceBudget)) === undefined) {
    problems.push(wrong('rebalanceBudget', config.rebalanceBudget, minServingAllowed));
  }
  if (!recommendationModes.includes(config.onRebalanceRecommendation)) {
    problems.push(wrong('onRebalanceRecommendation', config.onRebalanceRecommendation, recommendationModesAllowed));
  }
  // The types are of no help to whoever configures in JavaScript or by context.
  if (leaveByOf(config.leaveBy) === undefined) problems.push(wrong('leaveBy', config.leaveBy, leaveByAllowed));
  if (config.serveOnAtMaxSize && config.leaveBy === 'terminate') {
    problems.push(
      'serveOnAtMaxSize and leaveBy "terminate" do not go together: an instance that is being terminated cannot serve on. Set ' +
        'leaveBy to "auto" or "detach", or leave out serveOnAtMaxSize.',
    );
  }
  const { terminateLeftBehindAfterMinutes: minutes } = config;
  if (minutes !== undefined && !isWithin(leftBehindLimits, minutes)) {
    problems.push(wrong('terminateLeftBehindAfterMinutes', minutes, wholeNumberWithin(leftBehindLimits)));
  }
  if (config.groupTag) problems.push(...tagProblems(config.groupTag));
  problems.push(...documentProblems(config));
  return problems;
}

/** At least two looks at the group have to fit between the notice and the drain window. */
function timeProblems({ drainSeconds, pollSeconds }: HandlerConfig): string[] {
  const left = reclaimSeconds - drainSeconds;
  const needed = 2 * pollSeconds + handlingSeconds;
  if (left >= needed) return [];
  return [
    `drainSeconds ${drainSeconds} and pollSeconds ${pollSeconds} do not go together: of the notice's ${reclaimSeconds} s, ` +
      `${reclaimSeconds} - ${drainSeconds} = ${left} s are left to act in, but 2 polls of ${pollSeconds} s and ` +
      `${handlingSeconds} s for acting take ${needed} s. Lower one of them.`,
  ];
}

/** What Auto Scaling allows in a tag (CreateOrUpdateTags), less `=` in a key, which `KEY=VALUE` could not express. */
function tagProblems({ key, value }: GroupTag): string[] {
  const problems: string[] = [];
  if (!/^(?!aws:)[\p{L}\p{N} _.:/+\-@]{1,128}$/iu.test(key)) {
    problems.push(
      wrong('groupTag key', key, '1 to 128 letters, digits, spaces or _ . : / + - @, and not to begin with "aws:"'),
    );
  }
  if (!/^[\p{L}\p{N} _.:/=+\-@]{0,256}$/u.test(value)) {
    problems.push(wrong('groupTag value', value, 'at most 256 letters, digits, spaces or _ . : / = + - @'));
  }
  return problems;
}

/** Names of documents of one's own: those that begin with `aws` or `amazon` are AWS's (CreateDocument), none of which fits. */
function documentProblems({ shutdownDocument, shutdownDocuments }: HandlerConfig): string[] {
  const isName = (name: string) => /^(?!aws|amazon|amzn)[\w.-]{3,128}$/i.test(name);
  const allowed = 'the name of an SSM Command document of this account: 3 to 128 letters, digits, _ . or -';
  return [
    ...(shutdownDocument === undefined || isName(shutdownDocument)
      ? []
      : [wrong('shutdownDocument', shutdownDocument, allowed)]),
    ...shutdownDocuments.filter((name) => !isName(name)).map((name) => wrong('shutdownDocuments', name, allowed)),
  ];
}

/** All that an instance may be sent. */
export function allShutdownDocuments({ shutdownDocument, shutdownDocuments }: HandlerConfig): readonly string[] {
  return [...new Set([...(shutdownDocument === undefined ? [] : [shutdownDocument]), ...shutdownDocuments])];
}

function isWithin({ min, max }: Limits, value: number): boolean {
  return Number.isInteger(value) && value >= min && value <= max;
}

export function wholeNumberWithin({ min, max }: Limits): string {
  return `a whole number from ${min} to ${max}`;
}

/** Names the key, the value and what is allowed. */
export function wrong(key: string, value: unknown, allowed: string): string {
  const shown = typeof value === 'number' ? String(value) : JSON.stringify(value);
  return `${key} is ${shown}, but has to be ${allowed}.`;
}
