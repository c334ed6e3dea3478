import type { RequestListener } from 'node:http';
import { LocalDynamoDb, type TableSchema } from './dynamodb.ts';
import { serveOnLoopback } from './loopback.ts';
import { type Intercept, SimulatedAws } from './services/index.ts';

export interface LocalAwsOptions {
  readonly table: TableSchema;
  /** Default 0: any free port. */
  readonly port?: number;
  /** Asked about every call. Default: nothing goes wrong. */
  readonly intercept?: Intercept;
}

/** Auto Scaling, Elastic Load Balancing and DynamoDB on one loopback port. */
export interface LocalAws {
  readonly aws: SimulatedAws;
  readonly dynamoDb: LocalDynamoDb;
  /** What AWS_ENDPOINT_URL has to be. */
  readonly endpoint: string;
  /** How often each action was called, failed calls included. */
  apiCalls(): Record<string, number>;
  close(): Promise<void>;
}

/** Starts local AWS with an empty table. Throws where the port is taken. */
export async function startLocalAws({ table, port = 0, intercept }: LocalAwsOptions): Promise<LocalAws> {
  const faults = intercept ? { intercept } : {};
  const dynamoDb = new LocalDynamoDb(faults);
  await dynamoDb.createTable(table);
  const aws = new SimulatedAws(faults);
  const server = await serveOnLoopback(listener(aws, dynamoDb), port);
  return {
    aws,
    dynamoDb,
    endpoint: server.endpoint,
    apiCalls: () => ({ ...aws.apiCalls, ...dynamoDb.apiCalls }),
    close: async () => {
      aws.stop();
      await server.close();
    },
  };
}

/** DynamoDB's requests name their action in a header; the others' form-encoded bodies are told apart behind. */
function listener(aws: SimulatedAws, dynamoDb: LocalDynamoDb): RequestListener {
  return (request, response) => {
    const isDynamoDb = String(request.headers['x-amz-target']).startsWith('DynamoDB_');
    return isDynamoDb ? dynamoDb.requestListener(request, response) : aws.requestListener(request, response);
  };
}
