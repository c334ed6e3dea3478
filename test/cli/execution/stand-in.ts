import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { isJsonObject, type JsonObject } from '../../../simulator/json.ts';
import type { HistoryEventJson } from './history.ts';

/**
 * Stands in for CloudFormation (Query protocol) and Step Functions (AWS JSON 1.0) over HTTP, as far as `npm run execution`
 * goes: told apart as the services are, answering and refusing in their shapes.
 */
export interface StandIn {
  readonly endpoint: string;
  /** Each call's action, region of its signature, and parameters. */
  readonly calls: Call[];
  readonly starts: { readonly name: string; readonly stateMachineArn: string; readonly input: unknown }[];
  close(): Promise<void>;
}

interface Call {
  readonly action: string;
  readonly region: string;
  readonly parameters: JsonObject;
}

export interface Behaviour {
  /** The stack's outputs. Default: the state machine's ARN. Undefined: there is no such stack. */
  readonly outputs?: Readonly<Record<string, string>> | undefined;
  readonly stackStatus?: string;
  /** How many of the events each poll of the history shows, in the order of the polls; the last one stays. */
  readonly history?: readonly (readonly HistoryEventJson[])[];
  /** The most events a page has. Default: as asked for. */
  readonly pageSize?: number;
  /** Refuses a call, or never answers it. Default: neither. */
  readonly refuse?: (action: string, call: number) => Refusal | 'never answered' | undefined;
}

export interface Refusal {
  readonly status: number;
  readonly code: string;
  readonly message: string;
}

export const stateMachineArn = 'arn:aws:states:us-east-2:123456789012:stateMachine:Handler';
export const defaultOutputs = { StateMachineArn: stateMachineArn, TableName: 'interruptions' };

export async function startStandIn(behaviour: Behaviour = {}): Promise<StandIn> {
  const services = new Services(behaviour);
  const server = createServer((request, response) => void services.answer(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The server has no port.');
  return {
    endpoint: `http://127.0.0.1:${address.port}`,
    calls: services.calls,
    starts: services.starts,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

class Services {
  readonly calls: Call[] = [];
  readonly starts: { name: string; stateMachineArn: string; input: unknown }[] = [];
  readonly #behaviour: Behaviour;
  #polls = 0;

  constructor(behaviour: Behaviour) {
    this.#behaviour = behaviour;
  }

  async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await text(request);
    const region = /Credential=[^/]+\/\d+\/([^/]+)\//.exec(request.headers.authorization ?? '')?.[1] ?? 'unsigned';
    const target = request.headers['x-amz-target'];
    const service = typeof target === 'string' ? jsonService : queryService;
    const parameters = service.parse(body);
    const action = typeof target === 'string' ? (target.split('.')[1] ?? '') : String(parameters.Action);
    this.calls.push({ action, region, parameters });
    const refusal = this.#refusal(action, parameters);
    if (refusal === 'never answered') return;
    if (refusal) service.refuse(response, refusal);
    else service.send(response, this.#result(action, parameters));
  }

  #refusal(action: string, parameters: JsonObject): Refusal | 'never answered' | undefined {
    const count = this.calls.filter((call) => call.action === action).length;
    const wanted = this.#behaviour.refuse?.(action, count);
    if (wanted) return wanted;
    if (action === 'DescribeStacks' && 'outputs' in this.#behaviour && this.#behaviour.outputs === undefined) {
      const message = `Stack with id ${parameters.StackName} does not exist`;
      return { status: 400, code: 'ValidationError', message };
    }
    if (action === 'StartExecution' && parameters.stateMachineArn !== stateMachineArn) {
      const message = `State Machine Does Not Exist: '${parameters.stateMachineArn}'`;
      return { status: 400, code: 'StateMachineDoesNotExist', message };
    }
    return undefined;
  }

  #result(action: string, parameters: JsonObject): string {
    if (action === 'DescribeStacks') return this.#stacks(String(parameters.StackName));
    if (action === 'StartExecution') return JSON.stringify(this.#start(parameters));
    if (action === 'GetExecutionHistory') return JSON.stringify(this.#history(parameters));
    throw new Error(`The stand-in knows no ${action}.`);
  }

  #stacks(name: string): string {
    const { outputs = defaultOutputs, stackStatus = 'CREATE_COMPLETE' } = this.#behaviour;
    const members = Object.entries(outputs).map(
      ([key, value]) => `<member><OutputKey>${key}</OutputKey><OutputValue>${value}</OutputValue></member>`,
    );
    return `<DescribeStacksResponse xmlns="http://cloudformation.amazonaws.com/doc/2010-05-15/"><DescribeStacksResult>
      <Stacks><member><StackId>arn:aws:cloudformation:us-east-2:123456789012:stack/${name}/1</StackId>
      <StackName>${name}</StackName><CreationTime>2026-01-01T00:00:00.000Z</CreationTime>
      <StackStatus>${stackStatus}</StackStatus><Outputs>${members.join('')}</Outputs></member></Stacks>
      </DescribeStacksResult><ResponseMetadata><RequestId>1</RequestId></ResponseMetadata></DescribeStacksResponse>`;
  }

  #start({ name, input, stateMachineArn }: JsonObject) {
    this.starts.push({
      name: String(name),
      stateMachineArn: String(stateMachineArn),
      input: JSON.parse(String(input)),
    });
    const executionArn = `${String(stateMachineArn).replace(':stateMachine:', ':execution:')}:${name}`;
    return { executionArn, startDate: 1767286800 };
  }

  /** A token says where to go on in the history as it was shown first, as the service's do. */
  #history({ maxResults, nextToken, reverseOrder }: JsonObject) {
    const [poll, from] = typeof nextToken === 'string' ? nextToken.split(':').map(Number) : [this.#polls++, 0];
    const { history = [], pageSize = Number(maxResults ?? 100) } = this.#behaviour;
    const shown = history[Math.min(poll ?? 0, history.length - 1)] ?? [];
    const ordered = reverseOrder === true ? shown.toReversed() : shown;
    const to = (from ?? 0) + pageSize;
    return { events: ordered.slice(from, to), ...(to < ordered.length && { nextToken: `${poll}:${to}` }) };
  }
}

interface Protocol {
  parse(body: string): JsonObject;
  send(response: ServerResponse, result: string): void;
  refuse(response: ServerResponse, refusal: Refusal): void;
}

const jsonService: Protocol = {
  parse(body) {
    const parsed: unknown = JSON.parse(body);
    return isJsonObject(parsed) ? parsed : {};
  },
  send(response, result) {
    response.writeHead(200, { 'content-type': 'application/x-amz-json-1.0' }).end(result);
  },
  refuse(response, { status, code, message }) {
    const body = JSON.stringify({ __type: `com.amazonaws.states#${code}`, message });
    response.writeHead(status, { 'content-type': 'application/x-amz-json-1.0' }).end(body);
  },
};

const queryService: Protocol = {
  parse: (body) => Object.fromEntries(new URLSearchParams(body)),
  send(response, result) {
    response.writeHead(200, { 'content-type': 'text/xml' }).end(result);
  },
  refuse(response, { status, code, message }) {
    const body = `<ErrorResponse xmlns="http://cloudformation.amazonaws.com/doc/2010-05-15/"><Error><Type>Sender</Type>
      <Code>${code}</Code><Message>${message}</Message></Error><RequestId>1</RequestId></ErrorResponse>`;
    response.writeHead(status, { 'content-type': 'text/xml' }).end(body);
  },
};
