/** A tag of an Auto Scaling group. */
export interface GroupTag {
  readonly key: string;
  readonly value: string;
}

/** What can be configured, by context or by the construct's props; see `SpotInterruptionHandlerProps`. */
export interface HandlerConfig {
  readonly minServingPeers: number;
  readonly pollSeconds: number;
  readonly drainSeconds: number;
  readonly groupTag?: GroupTag;
}

export const defaultConfig: HandlerConfig = { minServingPeers: 1, pollSeconds: 4, drainSeconds: 30 };

/** One configuration was refused. The message names every wrong key, its value and what is allowed. */
export class InvalidConfig extends Error {
  override readonly name = 'InvalidConfig';

  constructor(problems: readonly string[]) {
    super(['The configuration is not valid:', ...problems.map((problem) => `- ${problem}`)].join('\n'));
  }
}

/**
 * Reads the CDK context: cdk.json's values, or strings where they were given by `cdk -c KEY=VALUE`.
 * @param context all of it, for example `app.node.getAllContext()`.
 * @throws InvalidConfig
 */
export function configFromContext(context: Readonly<Record<string, unknown>>): HandlerConfig {
  const problems = unknownKeys(context);
  const wholeNumber = (key: NumberKey) =>
    attempt(problems, defaultConfig[key], () => readWholeNumber(key, context[key]));
  const groupTag = attempt(problems, undefined, () => readGroupTag(context.groupTag));
  const config: HandlerConfig = {
    minServingPeers: wholeNumber('minServingPeers'),
    pollSeconds: wholeNumber('pollSeconds'),
    drainSeconds: wholeNumber('drainSeconds'),
    ...(groupTag && { groupTag }),
  };
  problems.push(...problemsOf(config));
  if (problems.length > 0) throw new InvalidConfig(problems);
  return config;
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

type NumberKey = 'minServingPeers' | 'pollSeconds' | 'drainSeconds';

interface Limits {
  readonly min: number;
  readonly max: number;
}

const limits: Readonly<Record<NumberKey, Limits>> = {
  minServingPeers: { min: 1, max: 100 },
  pollSeconds: { min: 1, max: 30 },
  drainSeconds: { min: 0, max: 90 },
};

const numberKeys: readonly NumberKey[] = ['minServingPeers', 'pollSeconds', 'drainSeconds'];

/** EC2 gives a Spot Instance two minutes. */
const noticeSeconds = 120;
/** For the event's delivery, the raise, and DetachInstances with a retry. */
const actingSeconds = 20;

function problemsOf(config: HandlerConfig): string[] {
  const outOfLimits = numberKeys.filter((key) => !isWithin(limits[key], config[key]));
  const problems = outOfLimits.map((key) => wrong(key, config[key], wholeNumberWithin(limits[key])));
  if (outOfLimits.length === 0) problems.push(...timeProblems(config));
  if (config.groupTag) problems.push(...tagProblems(config.groupTag));
  return problems;
}

/** At least two looks at the group have to fit between the notice and the drain window. */
function timeProblems({ drainSeconds, pollSeconds }: HandlerConfig): string[] {
  const left = noticeSeconds - drainSeconds;
  const needed = 2 * pollSeconds + actingSeconds;
  if (left >= needed) return [];
  return [
    `drainSeconds ${drainSeconds} and pollSeconds ${pollSeconds} do not go together: of the notice's ${noticeSeconds} s, ` +
      `${noticeSeconds} - ${drainSeconds} = ${left} s are left to act in, but 2 polls of ${pollSeconds} s and ` +
      `${actingSeconds} s for acting take ${needed} s. Lower one of them.`,
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

/** A misspelt key would silently mean the default. CDK's own keys are told apart by their punctuation. */
function unknownKeys(context: Readonly<Record<string, unknown>>): string[] {
  const known: readonly string[] = [...numberKeys, 'groupTag'];
  return Object.keys(context)
    .filter((key) => /^[a-z]+$/i.test(key) && !known.includes(key))
    .map((key) => `${key} is not known: it has to be one of ${known.join(', ')}.`);
}

function readWholeNumber(key: NumberKey, value: unknown): number {
  if (value === undefined) return defaultConfig[key];
  if (typeof value === 'number') return value;
  if (typeof value === 'string' && /^-?\d+$/.test(value)) return Number(value);
  throw new InvalidValue(wrong(key, value, wholeNumberWithin(limits[key])));
}

function readGroupTag(value: unknown): GroupTag | undefined {
  if (value === undefined || value === null) return undefined;
  const separator = typeof value === 'string' ? value.indexOf('=') : -1;
  if (typeof value !== 'string' || separator < 1) {
    throw new InvalidValue(wrong('groupTag', value, 'KEY=VALUE, or absent to handle every group'));
  }
  return { key: value.slice(0, separator), value: value.slice(separator + 1) };
}

class InvalidValue extends Error {}

function attempt<T>(problems: string[], fallback: T, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof InvalidValue)) throw error;
    problems.push(error.message);
    return fallback;
  }
}

function isWithin({ min, max }: Limits, value: number): boolean {
  return Number.isInteger(value) && value >= min && value <= max;
}

function wholeNumberWithin({ min, max }: Limits): string {
  return `a whole number from ${min} to ${max}`;
}

function wrong(key: string, value: unknown, allowed: string): string {
  const shown = typeof value === 'number' ? String(value) : JSON.stringify(value);
  return `${key} is ${shown}, but has to be ${allowed}.`;
}
