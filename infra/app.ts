import { App } from 'aws-cdk-lib';
import { configFromContext, InvalidConfig } from './config.ts';
import { SpotInterruptionStack } from './spot-interruption-stack.ts';

// Without an environment: one template for every account and region, synthesized without credentials.
try {
  const app = new App();
  new SpotInterruptionStack(app, 'SpotInterruptionHandler', {
    ...configFromContext(app.node.getAllContext()),
    description: 'Takes interrupted Spot Instances out of their Auto Scaling groups gracefully',
  });
  app.synth();
} catch (error) {
  if (!(error instanceof InvalidConfig)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
