import {
  defaultConfig,
  type GroupTag,
  type HandlerConfig,
  InvalidConfig,
  leftBehindLimits,
  limits,
  type NumberKey,
  nobodyToNotify,
  numberKeys,
  problemsOf,
  recommendationModes,
  recommendationModesAllowed,
  wholeNumberWithin,
  wrong,
} from '../functions/configuration/handler-config.ts';
import { leaveByAllowed, leaveByOf, minServingAllowed } from '../functions/configuration/values.ts';
import type { LeaveBy } from '../functions/shared/contract.ts';

/** What the app deploys, and where. */
export interface AppConfig {
  readonly handler: HandlerConfig;
  /** One stack each. None: one stack for whatever account and region it is deployed to. */
  readonly environments: readonly TargetEnvironment[];
  readonly notifications: Notifications;
  /** Where docs/operations.md can be read. Default: alarms link to no page. */
  readonly runbookUrl?: string;
}

export interface TargetEnvironment {
  readonly region: string;
  /** Twelve digits. Default: the account of the credentials that deploy. */
  readonly account?: string;
}

/** Who is told of alarms and failed handlings: an existing topic, or e-mail addresses for a topic of our own, or nobody. */
export interface Notifications {
  /**
   * A standard topic of the same region.
   *
   * @default - none; a topic is created where there are addresses
   */
  readonly topicArn?: string;
  /** Addresses for a topic of the stack's own; none where `topicArn` is given. */
  readonly emails: readonly string[];
  /** Default: of failures. */
  readonly notify?: 'failures' | 'all';
}

/**
 * Reads the CDK context: cdk.json's values, or strings where they were given by `cdk -c KEY=VALUE`.
 * @param context all of it, for example `app.node.getAllContext()`.
 * @throws InvalidConfig
 */
export function configFromContext(context: Readonly<Record<string, unknown>>): AppConfig {
  const problems = unknownKeys(context);
  const reader = new Reader(context, problems);
  const groupTag = reader.read('groupTag', undefined, readGroupTag);
  const shutdownDocument = reader.read('shutdownDocument', undefined, readName);
  const runbookUrl = reader.read('runbookUrl', undefined, readUrl);
  const notify = reader.read('notify', undefined, readNotify);
  const leftBehind = reader.read('terminateLeftBehindAfterMinutes', undefined, readMinutes);
  const topicArn = reader.read('notificationTopicArn', undefined, readTopicArn);
  const config: AppConfig = {
    handler: {
      minServing: reader.read('minServing', defaultConfig.minServing, readMinServing),
      pollSeconds: reader.wholeNumber('pollSeconds'),
      drainSeconds: reader.wholeNumber('drainSeconds'),
      leaveBy: reader.read('leaveBy', defaultConfig.leaveBy, readLeaveBy),
      serveOnAtMaxSize: reader.read('serveOnAtMaxSize', defaultConfig.serveOnAtMaxSize, readBoolean),
      dryRun: reader.read('dryRun', defaultConfig.dryRun, readBoolean),
      includeServiceManagedGroups: reader.read(
        'includeServiceManagedGroups',
        defaultConfig.includeServiceManagedGroups,
        readBoolean,
      ),
      ...(groupTag && { groupTag }),
      onRebalanceRecommendation: reader.read('onRebalanceRecommendation', 'ignore', readRecommendationMode),
      rebalanceBudget: reader.read('rebalanceBudget', defaultConfig.rebalanceBudget, readMinServing),
      rebalanceTimeoutMinutes: reader.wholeNumber('rebalanceTimeoutMinutes'),
      ...(shutdownDocument !== undefined && { shutdownDocument }),
      shutdownDocuments: reader.read('shutdownDocuments', defaultConfig.shutdownDocuments, readNames),
      ...(leftBehind !== undefined && { terminateLeftBehindAfterMinutes: leftBehind }),
    },
    environments: reader.read('regions', [], readEnvironments),
    notifications: {
      ...(topicArn !== undefined && { topicArn }),
      emails: reader.read('notificationEmails', [], readEmails),
      ...(notify && { notify }),
    },
    ...(runbookUrl !== undefined && { runbookUrl }),
  };
  problems.push(...problemsOf(config.handler), ...notificationProblems(config));
  if (problems.length > 0) throw new InvalidConfig(problems);
  return config;
}

export const contextKeys: readonly string[] = [
  'minServing',
  ...numberKeys,
  'leaveBy',
  'groupTag',
  'includeServiceManagedGroups',
  'serveOnAtMaxSize',
  'terminateLeftBehindAfterMinutes',
  'dryRun',
  'shutdownDocument',
  'shutdownDocuments',
  'onRebalanceRecommendation',
  'rebalanceBudget',
  'notificationTopicArn',
  'notificationEmails',
  'notify',
  'runbookUrl',
  'regions',
];

/** A misspelt key would silently mean the default. CDK's own keys are told apart by their punctuation. */
function unknownKeys(context: Readonly<Record<string, unknown>>): string[] {
  return Object.keys(context)
    .filter((key) => /^[a-z]+$/i.test(key) && !contextKeys.includes(key))
    .map((key) => renamedKeys[key] ?? `${key} is not known: it has to be one of ${contextKeys.join(', ')}.`);
}

const renamedKeys: Readonly<Record<string, string>> = {
  minServingPeers:
    'minServingPeers is not known any more: set minServing, which counts all instances that have to serve, not peers. It is a ' +
    'share of the group such as "90%", or a number of instances.',
};

/** An alarm notifies topics of its own region only (CloudWatch, PutMetricAlarm). */
function notificationProblems({ environments, notifications: { emails, notify, topicArn } }: AppConfig): string[] {
  if (topicArn === undefined) return notify === 'all' && emails.length === 0 ? [nobodyToNotify] : [];
  if (emails.length > 0) {
    return [
      'notificationTopicArn and notificationEmails do not go together: subscribe the addresses to the topic, or leave out ' +
        'the topic for one to be created.',
    ];
  }
  const region = topicArn.split(':')[3];
  const elsewhere = environments.filter((environment) => environment.region !== region);
  return elsewhere.map(
    (environment) =>
      `notificationTopicArn is in ${region}, but regions has ${environment.region}, whose alarms cannot notify it: ` +
      'give notificationEmails, for a topic in each region.',
  );
}

class Reader {
  readonly #context: Readonly<Record<string, unknown>>;
  readonly #problems: string[];

  constructor(context: Readonly<Record<string, unknown>>, problems: string[]) {
    this.#context = context;
    this.#problems = problems;
  }

  /** The value of a key; the fallback where it is absent, or wrong, which is noted. */
  read<T>(key: string, fallback: T, parse: (key: string, value: unknown) => T): T {
    const value = this.#context[key];
    if (value === undefined) return fallback;
    try {
      return parse(key, value);
    } catch (error) {
      if (!(error instanceof InvalidValue)) throw error;
      this.#problems.push(error.message);
      return fallback;
    }
  }

  wholeNumber(key: NumberKey): number {
    return this.read(key, defaultConfig[key], (_, value) => {
      if (typeof value === 'number') return value;
      if (typeof value === 'string' && /^-?\d+$/.test(value)) return Number(value);
      throw new InvalidValue(wrong(key, value, wholeNumberWithin(limits[key])));
    });
  }
}

class InvalidValue extends Error {}

function readMinServing(key: string, value: unknown): string | number {
  if (typeof value === 'number' || typeof value === 'string') return value;
  throw new InvalidValue(wrong(key, value, minServingAllowed));
}

function readName(key: string, value: unknown): string | undefined {
  if (value === null || value === '') return undefined;
  if (typeof value === 'string') return value;
  throw new InvalidValue(wrong(key, value, 'the name of an SSM Command document, or absent'));
}

function readNames(key: string, value: unknown): readonly string[] {
  return readList(key, value, 'a list of names of SSM Command documents', () => true);
}

function readRecommendationMode(key: string, value: unknown): HandlerConfig['onRebalanceRecommendation'] {
  const mode = recommendationModes.find((one) => one === value);
  if (mode) return mode;
  throw new InvalidValue(wrong(key, value, recommendationModesAllowed));
}

function readNotify(key: string, value: unknown): 'failures' | 'all' {
  if (value === 'failures' || value === 'all') return value;
  throw new InvalidValue(wrong(key, value, '"failures" or "all"'));
}

function readLeaveBy(key: string, value: unknown): LeaveBy {
  const read = typeof value === 'string' ? leaveByOf(value) : undefined;
  if (read) return read;
  throw new InvalidValue(wrong(key, value, leaveByAllowed));
}

function readMinutes(key: string, value: unknown): number | undefined {
  if (value === null) return undefined;
  if (typeof value === 'number') return value;
  if (typeof value === 'string' && /^\d+$/.test(value)) return Number(value);
  throw new InvalidValue(wrong(key, value, `${wholeNumberWithin(leftBehindLimits)}, or absent to leave it running`));
}

function readBoolean(key: string, value: unknown): boolean {
  if (value === true || value === 'true') return true;
  if (value === false || value === 'false') return false;
  throw new InvalidValue(wrong(key, value, 'true or false'));
}

function readGroupTag(key: string, value: unknown): GroupTag | undefined {
  if (value === null) return undefined;
  const separator = typeof value === 'string' ? value.indexOf('=') : -1;
  if (typeof value !== 'string' || separator < 1) {
    throw new InvalidValue(wrong(key, value, 'KEY=VALUE, or absent to handle every group'));
  }
  return { key: value.slice(0, separator), value: value.slice(separator + 1) };
}

/** Standard topics: an alarm cannot notify a FIFO topic. */
function readTopicArn(key: string, value: unknown): string | undefined {
  if (value === null || value === '') return undefined;
  const isTopic = typeof value === 'string' && /^arn:aws[a-z-]*:sns:[a-z0-9-]+:\d{12}:[\w-]{1,256}$/.test(value);
  if (isTopic) return value;
  throw new InvalidValue(wrong(key, value, 'arn:aws:sns:REGION:ACCOUNT:NAME of a standard topic, or absent'));
}

function readEmails(key: string, value: unknown): readonly string[] {
  return readList(key, value, 'a list of e-mail addresses', (email) => /^[^\s@,]+@[^\s@,]+\.[^\s@,]+$/.test(email));
}

function readEnvironments(key: string, value: unknown): readonly TargetEnvironment[] {
  const allowed = 'a list of regions such as eu-west-1, or of ACCOUNT/REGION such as 123456789012/eu-west-1';
  return readList(key, value, allowed, (entry) => environmentPattern.test(entry)).map((entry) => {
    const [region = '', account] = entry.split('/').reverse();
    return { region, ...(account !== undefined && { account }) };
  });
}

const environmentPattern = /^(?:\d{12}\/)?[a-z]{2,4}(?:-[a-z]+)+-\d{1,2}$/;

/** A list, or a text with commas as from -c; empty and null mean none. */
function readList(
  key: string,
  value: unknown,
  allowed: string,
  isAllowed: (entry: string) => boolean,
): readonly string[] {
  const entries: unknown = typeof value === 'string' ? value.split(',').map((entry) => entry.trim()) : (value ?? []);
  if (!Array.isArray(entries)) throw new InvalidValue(wrong(key, value, `${allowed}, each once`));
  const texts = entries.filter((entry) => typeof entry === 'string' && entry !== '');
  const isList = value === '' || (texts.length === entries.length && texts.every(isAllowed));
  if (!isList || new Set(texts).size < texts.length) throw new InvalidValue(wrong(key, value, `${allowed}, each once`));
  return texts;
}

/** It ends up in descriptions of at most 1,024 characters. */
function readUrl(key: string, value: unknown): string | undefined {
  if (value === null) return undefined;
  if (typeof value === 'string' && /^[^\s#]{1,500}$/.test(value)) return value;
  throw new InvalidValue(wrong(key, value, 'an address without spaces and without #, of at most 500 characters'));
}
