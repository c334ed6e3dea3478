import { createServer, type Server } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ServiceFront } from '../../../../simulator/aws/protocols/service-front.ts';

let server: Server;
let endpoint: string;

beforeAll(async () => {
  const front = new ServiceFront((_, response) => response.end('a form that is not signed'));
  front.add(
    { title: 'Step Functions', signingName: 'states', targetPrefix: 'AWSStepFunctions', listener: named('states') },
    { title: 'Auto Scaling', signingName: 'autoscaling', listener: named('autoscaling') },
  );
  server = createServer(front.requestListener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  endpoint = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
});

afterAll(() => server.close());

describe('a request', () => {
  it.each([
    ['signed for a service that is served', signedFor('autoscaling'), 'autoscaling'],
    ['with the target of one', { 'x-amz-target': 'AWSStepFunctions.ListExecutions' }, 'states'],
    ['that is a form and not signed', form, 'a form that is not signed'],
  ])('%s is answered by it', async (_, headers, answer) => {
    const response = await fetch(endpoint, { method: 'POST', body: 'Action=Do', headers });
    expect(await response.text()).toBe(answer);
  });
});

const served = 'It serves: Auto Scaling (autoscaling), Step Functions (states).';

describe('a request for a service that is not served is told what is', () => {
  it('in the AWS Query protocol', async () => {
    const response = await post('Action=GetCallerIdentity&Version=2011-06-15', signedFor('sts'));
    expect(await response.text()).toContain(
      `<Code>InvalidAction</Code><Message>This endpoint does not serve sts (GetCallerIdentity). ${served}</Message>`,
    );
  });

  it('in the protocol of EC2', async () => {
    const response = await post('Action=DescribeInstances&Version=2016-11-15', signedFor('ec2'));
    expect(await response.text()).toMatch(
      /^<Response><Errors><Error><Code>InvalidAction<\/Code><Message>This endpoint does not serve ec2 .+<\/Message><\/Error><\/Errors><RequestID>/,
    );
  });

  it('in the AWS JSON protocol, of its version', async () => {
    const headers = { ...signedFor('logs'), 'x-amz-target': 'Logs_20140328.DescribeLogGroups', 'content-type': json11 };
    const response = await post('{}', headers);
    expect(response.headers.get('content-type')).toBe(json11);
    expect(await response.json()).toEqual({
      __type: 'UnknownOperationException',
      message: `This endpoint does not serve logs (DescribeLogGroups). ${served}`,
    });
  });

  it('in JSON, where it is called by path', async () => {
    const response = await fetch(`${endpoint}/2015-03-31/functions`, { headers: signedFor('lambda') });
    expect(response.headers.get('x-amzn-errortype')).toBe('UnknownOperationException');
    expect(await response.json()).toEqual({ message: `This endpoint does not serve lambda. ${served}` });
  });

  it('in the XML of S3', async () => {
    const response = await fetch(endpoint, { headers: signedFor('s3') });
    expect(await response.text()).toBe(
      `<Error><Code>NotImplemented</Code><Message>This endpoint does not serve s3. ${served}</Message></Error>`,
    );
  });

  it('in XML, where its service answers in XML by path', async () => {
    const response = await fetch(`${endpoint}/2013-04-01/hostedzone`, { headers: signedFor('route53') });
    expect(await response.text()).toContain('<Message>This endpoint does not serve route53.');
  });

  it('in CBOR', async () => {
    const headers = { ...signedFor('monitoring'), 'smithy-protocol': 'rpc-v2-cbor' };
    const response = await fetch(`${endpoint}/service/GraniteServiceVersion20100801/operation/ListMetrics`, {
      method: 'POST',
      headers,
    });
    const message = `This endpoint does not serve monitoring. ${served}`;
    const text = (value: string) =>
      `79${value.length.toString(16).padStart(4, '0')}${Buffer.from(value).toString('hex')}`;
    const members = ['__type', 'UnknownOperationException', 'message', message].map(text);
    expect(Buffer.from(await response.arrayBuffer()).toString('hex')).toBe(`a2${members.join('')}`);
  });

  it('though it is not signed', async () => {
    const response = await fetch(endpoint);
    expect(await response.json()).toEqual({
      message: `This endpoint does not serve requests that are not signed for a service. ${served}`,
    });
  });

  it('with a status that nobody repeats it for', async () => {
    expect((await post('Action=GetCallerIdentity', signedFor('sts'))).status).toBe(400);
  });
});

const form = { 'content-type': 'application/x-www-form-urlencoded; charset=utf-8' };
const json11 = 'application/x-amz-json-1.1';

function post(body: string, headers: Record<string, string>): Promise<Response> {
  return fetch(endpoint, { method: 'POST', body, headers: { ...form, ...headers } });
}

function signedFor(service: string): Record<string, string> {
  const scope = `AKID/20260301/us-east-2/${service}/aws4_request`;
  return { authorization: `AWS4-HMAC-SHA256 Credential=${scope}, SignedHeaders=host, Signature=0` };
}

function named(name: string) {
  return (_: unknown, response: { end(body: string): unknown }) => void response.end(name);
}
