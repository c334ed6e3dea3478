import type { LeaveBy } from '../shared/contract.ts';
import { leaveByAllowed, leaveByOf, type MinServing, minServingAllowed, minServingOf } from './values.ts';

/** How a function is configured, from its environment variables. */
export interface Settings {
  readonly tableName: string;
  readonly minServing: MinServing;
  readonly pollSeconds: number;
  readonly drainSeconds: number;
  /** How instances leave, where the group's tag does not say it. Default: `auto`. */
  readonly leaveBy?: LeaveBy;
  /** Only groups with this tag are handled; absent: every group. */
  readonly groupTag?: { readonly key: string; readonly value: string };
  /** Groups that another service manages for itself are handled, too. Default: false. */
  readonly includeServiceManagedGroups?: boolean;
  /** Instances are replaced on rebalance recommendations. Default: these are ignored. */
  readonly rebalance?: RebalanceSettings;
  /** The SSM document that a leaving instance is sent. Default: none is sent. */
  readonly shutdownDocument?: string;
  /** Those that a group's tag may name instead. Default: none. */
  readonly shutdownDocuments?: readonly string[];
  /** Instances that give way at MaxSize serve on until their replacements do. Default: false. */
  readonly serveOnAtMaxSize?: boolean;
  /** No group is changed; the outputs say what would have been done. Default: false. */
  readonly dryRun?: boolean;
}

export interface RebalanceSettings {
  /** How many of a group at a time: a share of its usual size, rounded down, or capacity units; at least one instance. */
  readonly budget: MinServing;
  /** When that has passed without a replacement, the instance stays in its group. */
  readonly timeoutMinutes: number;
}

/**
 * Reads TABLE_NAME, MIN_SERVING (`90%` or `2`), POLL_SECONDS, DRAIN_SECONDS and, where set, LEAVE_BY (`auto`, `detach`,
 * `terminate`), GROUP_TAG (`KEY=VALUE`), INCLUDE_SERVICE_MANAGED_GROUPS, SERVE_ON_AT_MAX_SIZE and DRY_RUN (`true`),
 * SHUTDOWN_DOCUMENT and SHUTDOWN_DOCUMENTS (names, commas between), REBALANCE_BUDGET (as MIN_SERVING) and
 * REBALANCE_TIMEOUT_MINUTES.
 * @throws Error that names the variable, its value and what is allowed.
 */
export function readSettings(environment: Environment): Settings {
  const groupTag = environment.GROUP_TAG;
  return {
    tableName: text(environment, 'TABLE_NAME'),
    minServing: minServing(environment, 'MIN_SERVING'),
    pollSeconds: wholeNumber(environment, 'POLL_SECONDS'),
    drainSeconds: wholeNumber(environment, 'DRAIN_SECONDS'),
    ...(environment.LEAVE_BY !== undefined && { leaveBy: leaveBy(environment.LEAVE_BY) }),
    ...(groupTag && { groupTag: tag(groupTag) }),
    ...(isSet(environment, 'INCLUDE_SERVICE_MANAGED_GROUPS') && { includeServiceManagedGroups: true }),
    ...(isSet(environment, 'SERVE_ON_AT_MAX_SIZE') && { serveOnAtMaxSize: true }),
    ...(isSet(environment, 'DRY_RUN') && { dryRun: true }),
    ...(environment.REBALANCE_BUDGET !== undefined && { rebalance: rebalance(environment) }),
    ...(environment.SHUTDOWN_DOCUMENT && { shutdownDocument: environment.SHUTDOWN_DOCUMENT }),
    ...(environment.SHUTDOWN_DOCUMENTS && { shutdownDocuments: environment.SHUTDOWN_DOCUMENTS.split(',') }),
  };
}

/** The value of the metrics' one dimension, SERVICE_NAME. @throws Error where it is not set. */
export function readServiceName(environment: Environment): string {
  return text(environment, 'SERVICE_NAME');
}

/** Whether SILENT is `true`: neither logs nor metrics are written. @throws Error where it is anything else. */
export function readSilent(environment: Environment): boolean {
  return isSet(environment, 'SILENT');
}

type Environment = Readonly<Record<string, string | undefined>>;

function text(environment: Environment, name: string): string {
  const value = environment[name];
  if (!value) throw new Error(`The environment variable ${name} is not set: the stack sets it, see infra/.`);
  return value;
}

function rebalance(environment: Environment): RebalanceSettings {
  return {
    budget: minServing(environment, 'REBALANCE_BUDGET'),
    timeoutMinutes: wholeNumber(environment, 'REBALANCE_TIMEOUT_MINUTES'),
  };
}

function minServing(environment: Environment, name: string): MinServing {
  const value = text(environment, name);
  const read = minServingOf(value);
  if (read) return read;
  throw new Error(`The environment variable ${name} is "${value}", but has to be ${minServingAllowed}.`);
}

function leaveBy(value: string): LeaveBy {
  const read = leaveByOf(value);
  if (read) return read;
  throw new Error(`The environment variable LEAVE_BY is "${value}", but has to be ${leaveByAllowed}.`);
}

function wholeNumber(environment: Environment, name: string): number {
  const value = text(environment, name);
  if (!/^\d+$/.test(value))
    throw new Error(`The environment variable ${name} is "${value}", but has to be a whole number.`);
  return Number(value);
}

/** Anything but `true` is refused: whoever sets it expects it to take effect. */
function isSet(environment: Environment, name: string): boolean {
  const value = environment[name];
  if (value !== undefined && value !== 'true')
    throw new Error(`The environment variable ${name} is "${value}", but has to be true, or not set.`);
  return value === 'true';
}

function tag(keyAndValue: string): { key: string; value: string } {
  const separator = keyAndValue.indexOf('=');
  if (separator < 1)
    throw new Error(`The environment variable GROUP_TAG is "${keyAndValue}", but has to be KEY=VALUE.`);
  return { key: keyAndValue.slice(0, separator), value: keyAndValue.slice(separator + 1) };
}
