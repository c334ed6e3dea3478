import { Duration, Stack, type StackProps, Tags } from 'aws-cdk-lib';
import {
  AdditionalHealthCheckType,
  AutoScalingGroup,
  HealthChecks,
  OnDemandAllocationStrategy,
  SpotAllocationStrategy,
} from 'aws-cdk-lib/aws-autoscaling';
import {
  AmazonLinuxCpuType,
  InstanceType,
  type IVpc,
  LaunchTemplate,
  MachineImage,
  SecurityGroup,
  SubnetType,
  UserData,
  Vpc,
} from 'aws-cdk-lib/aws-ec2';
import { ApplicationLoadBalancer, ApplicationProtocol } from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import type { Construct } from 'constructs';
import { HandlerAlarms } from '../../infra/alarms.ts';
import { SpotInterruptionHandler } from '../../infra/spot-interruption-handler.ts';

/** How long open requests may take to finish: that long before the reclaim the handler detaches. */
const drainSeconds = 30;

/**
 * A web service on Spot Instances behind a load balancer in the default VPC, with the handler beside it in the same stack. It
 * needs an environment with account and region, for the VPC to be looked up.
 */
export class WebServiceStack extends Stack {
  readonly group: AutoScalingGroup;
  readonly loadBalancer: ApplicationLoadBalancer;
  readonly handler: SpotInterruptionHandler;

  constructor(scope: Construct, id: string, props: StackProps) {
    super(scope, id, props);
    const vpc = Vpc.fromLookup(this, 'Vpc', { isDefault: true });
    this.group = this.#webServers(vpc);
    this.loadBalancer = this.#loadBalance(vpc, this.group);

    // The handler touches no group but those with its tag, and IAM allows it no other.
    const groupTag = { key: 'spot-interruption-handler', value: 'yes' };
    Tags.of(this.group).add(groupTag.key, groupTag.value);
    this.handler = new SpotInterruptionHandler(this, 'SpotInterruptions', {
      groupTag,
      drainSeconds,
      minServing: '100%',
    });
    new HandlerAlarms(this, 'SpotAlarms', { handler: this.handler });
  }

  #webServers(vpc: IVpc): AutoScalingGroup {
    return new AutoScalingGroup(this, 'Group', {
      vpc,
      vpcSubnets: { subnetType: SubnetType.PUBLIC },
      minCapacity: 2,
      // Room for the handler to raise the group while a replacement starts.
      maxCapacity: 6,
      mixedInstancesPolicy: {
        launchTemplate: this.#launchTemplate(vpc),
        instancesDistribution: {
          onDemandPercentageAboveBaseCapacity: 0,
          onDemandAllocationStrategy: OnDemandAllocationStrategy.LOWEST_PRICE,
          spotAllocationStrategy: SpotAllocationStrategy.PRICE_CAPACITY_OPTIMIZED,
        },
        // Several pools, so that one interruption does not take every instance, and a replacement is found in another.
        launchTemplateOverrides: ['t4g.small', 'm6g.medium', 'm7g.medium', 'c6g.medium', 'c7g.medium'].map((type) => ({
          instanceType: new InstanceType(type),
        })),
      },
      healthChecks: HealthChecks.withAdditionalChecks({
        gracePeriod: Duration.minutes(1),
        additionalTypes: [AdditionalHealthCheckType.ELB],
      }),
    });
  }

  #launchTemplate(vpc: IVpc): LaunchTemplate {
    const userData = UserData.forLinux();
    userData.addCommands('cd "$(mktemp -d)" && hostname > index.html && nohup python3 -m http.server 80 &');
    return new LaunchTemplate(this, 'LaunchTemplate', {
      machineImage: MachineImage.latestAmazonLinux2023({ cpuType: AmazonLinuxCpuType.ARM_64 }),
      securityGroup: new SecurityGroup(this, 'WebServers', { vpc }),
      requireImdsv2: true,
      userData,
    });
  }

  #loadBalance(vpc: IVpc, group: AutoScalingGroup): ApplicationLoadBalancer {
    const loadBalancer = new ApplicationLoadBalancer(this, 'LoadBalancer', { vpc, internetFacing: true });
    loadBalancer.addListener('Http', { port: 80 }).addTargets('WebServers', {
      protocol: ApplicationProtocol.HTTP,
      targets: [group],
      // No longer than the drain window: what takes longer is cut off by the reclaim.
      deregistrationDelay: Duration.seconds(drainSeconds),
      // A replacement serves 10 s after it answers, instead of 150 s as by default.
      healthCheck: { interval: Duration.seconds(5), timeout: Duration.seconds(4), healthyThresholdCount: 2 },
    });
    return loadBalancer;
  }
}
