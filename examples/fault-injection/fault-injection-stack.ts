import { CfnOutput, Duration, Stack, type StackProps } from 'aws-cdk-lib';
import { Alarm, Stats, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { HttpCodeElb } from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { CfnExperimentTemplate } from 'aws-cdk-lib/aws-fis';
import { PolicyDocument, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import { WebServiceStack } from '../web-service/web-service-stack.ts';

export interface FaultInjectionStackProps extends StackProps {
  /**
   * How many instances an experiment interrupts: 1 to 5, which is the default of the quota "Target SpotInstances for
   * aws:ec2:send-spot-instance-interruptions".
   *
   * @default 1
   */
  readonly interruptedInstances?: number;
}

/** The example web service, and an experiment that interrupts instances of it. Outputs: what `npm run drill` needs. */
export class FaultInjectionStack extends WebServiceStack {
  constructor(scope: Construct, id: string, { interruptedInstances = 1, ...props }: FaultInjectionStackProps) {
    super(scope, id, props);
    if (!Number.isInteger(interruptedInstances) || interruptedInstances < 1 || interruptedInstances > 5) {
      throw new Error(`interruptedInstances is ${interruptedInstances}, but has to be a whole number from 1 to 5.`);
    }
    const experiment = this.#experimentTemplate(interruptedInstances);

    new CfnOutput(this, 'StateMachineArn', { value: this.handler.stateMachine.stateMachineArn });
    new CfnOutput(this, 'ExperimentTemplateId', {
      description: 'What npm run drill starts',
      value: experiment.attrId,
    });
    new CfnOutput(this, 'AutoScalingGroupName', { value: this.group.autoScalingGroupName });
    new CfnOutput(this, 'Url', { value: `http://${this.loadBalancer.loadBalancerDnsName}` });
  }

  #experimentTemplate(instances: number): CfnExperimentTemplate {
    return new CfnExperimentTemplate(this, 'Experiment', {
      description: `Interrupts ${instances} of the Spot Instances of the example web service`,
      roleArn: this.#experimentRole().roleArn,
      targets: {
        Instances: {
          resourceType: 'aws:ec2:spot-instance',
          resourceTags: { 'aws:autoscaling:groupName': this.group.autoScalingGroupName },
          filters: [{ path: 'State.Name', values: ['running'] }],
          selectionMode: `COUNT(${instances})`,
        },
      },
      actions: {
        Interrupt: {
          actionId: 'aws:ec2:send-spot-instance-interruptions',
          // The notice comes at once; with more, only the rebalance recommendation does.
          parameters: { durationBeforeInterruption: 'PT2M' },
          targets: { SpotInstances: 'Instances' },
        },
      },
      // An alarm that is on already keeps an experiment from starting.
      stopConditions: [{ source: 'aws:cloudwatch:alarm', value: this.#requestsFail().alarmArn }],
      experimentOptions: { emptyTargetResolutionMode: 'fail' },
      tags: { Name: `${this.stackName} interruptions` },
    });
  }

  /** What FIS may do: interrupt instances of this one group, for experiments of this account. */
  #experimentRole(): Role {
    const { account, region, partition } = Stack.of(this);
    return new Role(this, 'ExperimentRole', {
      description: 'AWS FIS: interrupts Spot Instances of the example web service',
      assumedBy: new ServicePrincipal('fis.amazonaws.com', {
        conditions: {
          StringEquals: { 'aws:SourceAccount': account },
          ArnLike: { 'aws:SourceArn': `arn:${partition}:fis:${region}:${account}:experiment/*` },
        },
      }),
      inlinePolicies: {
        Interrupt: new PolicyDocument({
          statements: [
            // Describe actions take no resource.
            new PolicyStatement({ actions: ['ec2:DescribeInstances'], resources: ['*'] }),
            new PolicyStatement({
              actions: ['ec2:SendSpotInstanceInterruptions'],
              resources: [`arn:${partition}:ec2:${region}:${account}:instance/*`],
              conditions: {
                StringEquals: { 'aws:ResourceTag/aws:autoscaling:groupName': this.group.autoScalingGroupName },
              },
            }),
          ],
        }),
      },
    });
  }

  /** The load balancer itself answers with 5XX: no instance took the request. */
  #requestsFail(): Alarm {
    return new Alarm(this, 'RequestsFail', {
      alarmDescription: 'The load balancer of the example web service answers with 5XX: experiments are stopped.',
      metric: this.loadBalancer.metrics.httpCodeElb(HttpCodeElb.ELB_5XX_COUNT, {
        period: Duration.minutes(1),
        statistic: Stats.SUM,
      }),
      threshold: 1,
      evaluationPeriods: 1,
      treatMissingData: TreatMissingData.NOT_BREACHING,
    });
  }
}
