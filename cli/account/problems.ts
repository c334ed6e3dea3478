import { isAnswer, networkCode } from '../../console/follow/passing-errors.ts';

/** What was asked for cannot be done: the message is one line that says why, and what to do. */
export class Refusal extends Error {}

/** One line for an error that has to do with the account, the credentials or the network; all there is of any other. */
export function problemText(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error instanceof Refusal) return error.message;
  const message = sentence(error.message);
  if (error.message === 'Region is missing') return `No region. ${regionHint}`;
  if (error.message.startsWith('Region not accepted')) return `${message} ${regionHint}`;
  if (isCredentialsProblem(error)) return /expired/i.test(message) ? expired(message) : noCredentials(message);
  if (expiredNames.has(error.name)) return expired(message);
  if (refusedNames.has(error.name)) return `AWS does not accept these credentials: ${message}`;
  if (deniedNames.has(error.name)) return `Access denied: ${message}`;
  const code = networkCode(error);
  if (code !== undefined) {
    // Where Node tried several addresses, its AggregateError has a code, but no message.
    return `AWS cannot be reached: ${message || `${code}.`} Check the network, and whether there is such a region.`;
  }
  return isAnswer(error) ? `AWS refused: ${error.name}: ${message}` : (error.stack ?? message);
}

/** The error is that of Ctrl-C. */
export function wasInterrupted(error: unknown, signal: AbortSignal): boolean {
  return signal.aborted && error instanceof Error && error.name === 'AbortError';
}

const regionHint = "Give --region, or set AWS_REGION, or a region in the profile's configuration.";

const expiredNames = new Set(['ExpiredToken', 'ExpiredTokenException']);
const refusedNames = new Set([
  'InvalidClientTokenId',
  'UnrecognizedClientException',
  'SignatureDoesNotMatch',
  'InvalidSignatureException',
]);
const deniedNames = new Set(['AccessDenied', 'AccessDeniedException']);
function isCredentialsProblem({ name }: Error): boolean {
  return name === 'CredentialsProviderError' || name === 'TokenProviderError';
}

function expired(message: string): string {
  return `The AWS credentials have expired: ${message} Log in again, for example with aws sso login.`;
}

function noCredentials(message: string): string {
  const profile = process.env.AWS_PROFILE;
  const hint = profile
    ? `Check the profile "${profile}" that AWS_PROFILE names.`
    : 'Set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.';
  return `No AWS credentials: ${message} ${hint}`;
}

/** On one line, with a full stop. */
function sentence(text: string): string {
  const line = text.replace(/\s+/g, ' ').trim();
  return line === '' || /[.!?]$/.test(line) ? line : `${line}.`;
}
