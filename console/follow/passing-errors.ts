/** Throttling, a server's fault, the network, or an execution that is so new that a read does not show it yet. */
export function mayPass(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if (isNotYetVisible(error)) return true;
  if (networkCode(error) !== undefined || passingNames.has(error.name)) return true;
  return isAnswer(error) && statusOf(error) >= 500;
}

/** Just after StartExecution a read may not know the execution: reads are eventually consistent (DescribeExecution). */
export function isNotYetVisible(error: unknown): boolean {
  return error instanceof Error && error.name === 'ExecutionDoesNotExist';
}

/** The network's own code for an error (ENOTFOUND), where it is the network's. */
export function networkCode(error: Error): string | undefined {
  const code = 'code' in error ? error.code : undefined;
  return typeof code === 'string' && networkCodes.has(code) ? code : undefined;
}

/** The SDK's errors of a service's answer have `$metadata`. */
export function isAnswer(error: Error): boolean {
  return statusOf(error) > 0;
}

const passingNames = new Set([
  'ThrottlingException',
  'Throttling',
  'TooManyRequestsException',
  'RequestLimitExceeded',
  'TimeoutError',
]);
const networkCodes = new Set([
  'ENOTFOUND',
  'EAI_AGAIN',
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ETIMEDOUT',
]);

function statusOf(error: Error): number {
  const metadata: unknown = '$metadata' in error ? error.$metadata : undefined;
  if (typeof metadata !== 'object' || metadata === null || !('httpStatusCode' in metadata)) return 0;
  return typeof metadata.httpStatusCode === 'number' ? metadata.httpStatusCode : 0;
}
