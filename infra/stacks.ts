import type { Environment } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { AppConfig, TargetEnvironment } from './context.ts';
import { SpotInterruptionStack } from './spot-interruption-stack.ts';

/**
 * One stack for each of the configured regions and accounts, named for it, since names and exports have to tell them apart.
 * Without any, one stack without an environment: one template for every account and region, synthesized without credentials.
 */
export function createStacks(app: Construct, config: AppConfig): SpotInterruptionStack[] {
  const { environments, handler, notifications, runbookUrl } = config;
  const create = (id: string, env?: Environment) =>
    new SpotInterruptionStack(app, id, {
      ...handler,
      notifications,
      ...(runbookUrl !== undefined && { runbookUrl }),
      description: 'Takes interrupted Spot Instances out of their Auto Scaling groups gracefully',
      ...(env && { env }),
    });
  if (environments.length === 0) return [create('SpotInterruptionHandler')];
  return environments.map((environment) => create(stackName(environment), environmentOf(environment)));
}

function stackName({ account, region }: TargetEnvironment): string {
  return ['SpotInterruptionHandler', account, region].filter((part) => part !== undefined).join('-');
}

/** Without an account it is that of the credentials, which the CDK CLI passes on in CDK_DEFAULT_ACCOUNT where there are any. */
function environmentOf({ account = process.env.CDK_DEFAULT_ACCOUNT, region }: TargetEnvironment): Environment {
  return { region, ...(account && { account }) };
}
