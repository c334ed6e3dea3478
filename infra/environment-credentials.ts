/**
 * Takes the place of `@aws-sdk/credential-provider-node` in the functions' bundles. Lambda hands a function its role's
 * credentials in the environment ("Defined runtime environment variables"), so the SDK's chain of shared files, SSO,
 * processes and metadata services would only be loaded and never used.
 */
export function defaultProvider() {
  return async () => credentialsOf(process.env);
}

interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

/** @throws Error that names the variables which are not set. */
export function credentialsOf(environment: Readonly<Record<string, string | undefined>>): Credentials {
  const {
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
    AWS_SESSION_TOKEN: sessionToken,
  } = environment;
  if (!accessKeyId || !secretAccessKey) {
    const missing = [!accessKeyId && 'AWS_ACCESS_KEY_ID', !secretAccessKey && 'AWS_SECRET_ACCESS_KEY'].filter(Boolean);
    throw new Error(
      `No AWS credentials: ${missing.join(' and ')} not set. Lambda sets them itself; elsewhere export them, since this bundle reads them from the environment only.`,
    );
  }
  return { accessKeyId, secretAccessKey, ...(sessionToken && { sessionToken }) };
}
