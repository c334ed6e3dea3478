import { App } from 'aws-cdk-lib';
import { FaultInjectionStack } from './fault-injection-stack.ts';

/** From the project's folder, with credentials: npx cdk deploy --app 'node examples/fault-injection/app.ts' */
const { CDK_DEFAULT_ACCOUNT: account, CDK_DEFAULT_REGION: region } = process.env;
if (!account || !region) throw new Error('No account or region: run this through the CDK CLI, with AWS credentials.');

const app = new App();
new FaultInjectionStack(app, 'FaultInjection', {
  env: { account, region },
  interruptedInstances: Number(app.node.tryGetContext('interruptedInstances') ?? 1),
});
app.synth();
