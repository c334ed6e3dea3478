import { App } from 'aws-cdk-lib';
import { WebServiceStack } from './web-service-stack.ts';

/** From the project's folder, with credentials: npx cdk deploy --app 'node examples/web-service/app.ts' */
const { CDK_DEFAULT_ACCOUNT: account, CDK_DEFAULT_REGION: region } = process.env;
if (!account || !region) throw new Error('No account or region: run this through the CDK CLI, with AWS credentials.');

const app = new App();
new WebServiceStack(app, 'WebService', { env: { account, region } });
app.synth();
