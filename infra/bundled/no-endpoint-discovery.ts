/**
 * Takes the place of `@aws-sdk/middleware-endpoint-discovery` in the functions' bundles: no operation that they call
 * looks its endpoint up, so the DynamoDB client's cache of such endpoints would be made and never asked.
 */
export const NODE_ENDPOINT_DISCOVERY_CONFIG_OPTIONS = {
  environmentVariableSelector: () => undefined,
  configFileSelector: () => undefined,
  default: false,
};

/** The client's configuration as it is. */
export function resolveEndpointDiscoveryConfig<Configuration>(configuration: Configuration): Configuration {
  return configuration;
}
