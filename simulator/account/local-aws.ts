import { LocalDynamoDb, type TableSchema } from '../aws/dynamodb/dynamodb.ts';
import type { DynamoDbEngine } from '../aws/dynamodb/engine.ts';
import { type Intercept, SimulatedAws } from '../aws/index.ts';
import { httpListener } from '../aws/protocols/http-listener.ts';
import { type FrontedService, ServiceFront } from '../aws/protocols/service-front.ts';
import { serveOnLoopback } from './loopback.ts';

export interface LocalAwsOptions {
  readonly table: TableSchema;
  /** Default 0: any free port. */
  readonly port?: number;
  /** Asked about every call. Default: nothing goes wrong. */
  readonly intercept?: Intercept;
  /** Default: dynalite. */
  readonly tableEngine?: DynamoDbEngine;
}

/** Auto Scaling, Elastic Load Balancing and DynamoDB on one loopback port. */
export interface LocalAws {
  readonly aws: SimulatedAws;
  readonly dynamoDb: LocalDynamoDb;
  /** What AWS_ENDPOINT_URL has to be. */
  readonly endpoint: string;
  /** Serves more of AWS at the endpoint, from now on. */
  add(...services: readonly FrontedService[]): void;
  /** How often each action was called, failed calls included. */
  apiCalls(): Record<string, number>;
  close(): Promise<void>;
}

/** Starts local AWS with an empty table. Throws where the port is taken. */
export async function startLocalAws({ table, port = 0, intercept, tableEngine }: LocalAwsOptions): Promise<LocalAws> {
  const faults = intercept ? { intercept } : {};
  const dynamoDb = new LocalDynamoDb({ ...faults, ...(tableEngine && { engine: tableEngine }) });
  await dynamoDb.createTable(table);
  const aws = new SimulatedAws(faults);
  const front = frontOf(aws, dynamoDb);
  const server = await serveOnLoopback(front.requestListener, port);
  return {
    aws,
    dynamoDb,
    endpoint: server.endpoint,
    add: (...services) => front.add(...services),
    apiCalls: () => ({ ...aws.apiCalls, ...dynamoDb.apiCalls }),
    close: async () => {
      aws.stop();
      await server.close();
    },
  };
}

function frontOf(aws: SimulatedAws, dynamoDb: LocalDynamoDb): ServiceFront {
  const front = new ServiceFront(aws.requestListener);
  front.add(
    { title: 'Auto Scaling', signingName: 'autoscaling', listener: aws.requestListener },
    { title: 'Elastic Load Balancing', signingName: 'elasticloadbalancing', listener: aws.requestListener },
    {
      title: 'Systems Manager',
      signingName: 'ssm',
      targetPrefix: 'AmazonSSM',
      listener: httpListener(aws.systemsManagerEndpoint),
    },
    {
      title: 'DynamoDB',
      signingName: 'dynamodb',
      targetPrefix: 'DynamoDB_20120810',
      listener: dynamoDb.requestListener,
    },
  );
  return front;
}
