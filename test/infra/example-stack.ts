import {
  FaultInjectionStack,
  type FaultInjectionStackProps,
} from '../../examples/fault-injection/fault-injection-stack.ts';
import { WebServiceStack } from '../../examples/web-service/web-service-stack.ts';
import { createApp } from './synthesis.ts';

/** The example web service, with what the CDK CLI would look up for it. */
export function exampleStack(create = createApp): WebServiceStack {
  return new WebServiceStack(create(lookedUp), 'WebService', { env });
}

/** The same with the experiment. */
export function faultInjectionStack(
  props: Omit<FaultInjectionStackProps, 'env'> = {},
  create = createApp,
): FaultInjectionStack {
  return new FaultInjectionStack(create(lookedUp), 'FaultInjection', { ...props, env });
}

export const env = { account: '123456789012', region: 'eu-west-1' };

/** A default VPC with two subnets. */
const lookedUp = {
  [`vpc-provider:account=${env.account}:filter.isDefault=true:region=${env.region}:returnAsymmetricSubnets=true`]: {
    vpcId: 'vpc-0123456789abcdef0',
    vpcCidrBlock: '172.31.0.0/16',
    ownerAccountId: env.account,
    availabilityZones: [],
    subnetGroups: [
      {
        name: 'Public',
        type: 'Public',
        subnets: ['a', 'b'].map((zone) => ({
          subnetId: `subnet-0123456789abcdef${zone}`,
          availabilityZone: `${env.region}${zone}`,
          routeTableId: 'rtb-0123456789abcdef0',
          cidr: '172.31.0.0/20',
        })),
      },
    ],
  },
};
