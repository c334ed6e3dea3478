import { CfnOutput, Stack, type StackProps } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { SpotInterruptionHandler, type SpotInterruptionHandlerProps } from './spot-interruption-handler.ts';

export interface SpotInterruptionStackProps extends StackProps, SpotInterruptionHandlerProps {}

/** The handler as a stack of its own. Outputs: `StateMachineArn`, `TableName`. */
export class SpotInterruptionStack extends Stack {
  readonly handler: SpotInterruptionHandler;

  constructor(scope: Construct, id: string, props: SpotInterruptionStackProps = {}) {
    super(scope, id, props);
    this.handler = new SpotInterruptionHandler(this, 'Handler', props);
    new CfnOutput(this, 'StateMachineArn', {
      description: 'To start an execution by hand: aws stepfunctions start-execution --state-machine-arn ...',
      value: this.handler.stateMachine.stateMachineArn,
    });
    new CfnOutput(this, 'TableName', {
      description: 'Who is interrupted, and the capacity lease of each Auto Scaling group',
      value: this.handler.interruptionTable.tableName,
    });
  }
}
