import type { IncomingHttpHeaders } from 'node:http';
import { uuidFrom } from './identifiers.ts';
import { errorXml, parseForm } from './query-protocol.ts';
import { signingName } from './service-endpoint.ts';
import { ServiceError } from './service-error.ts';

export interface UnservedRequest {
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export interface Refusal {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array;
}

/**
 * Refuses a request for a service that is not here, so that its client shows the message: as an error of the protocol that the
 * request is in, with a status that nobody repeats a request for.
 */
export function refusalOf(
  request: UnservedRequest,
  served: readonly { readonly title: string; readonly signingName: string }[],
): Refusal {
  const names = served.map(({ title, signingName }) => `${title} (${signingName})`).toSorted();
  const message = `This endpoint does not serve ${askedFor(request)}. It serves: ${names.join(', ')}.`;
  return inProtocolOf(request, message);
}

function askedFor({ headers, body }: UnservedRequest): string {
  const target = headers['x-amz-target'];
  const service = signingName(headers.authorization) ?? (typeof target === 'string' ? target.split('.')[0] : undefined);
  const action = typeof target === 'string' ? target.split('.')[1] : parseForm(body).get('Action');
  if (service === undefined) return 'requests that are not signed for a service';
  return action === undefined ? service : `${service} (${action})`;
}

/** @see https://smithy.io/2.0/aws/protocols/index.html */
function inProtocolOf({ headers, body }: UnservedRequest, message: string): Refusal {
  const service = signingName(headers.authorization) ?? '';
  if (headers['smithy-protocol'] === 'rpc-v2-cbor') return rpcV2Cbor(message);
  if (headers['x-amz-target'] !== undefined) return awsJson(headers, message);
  if (parseForm(body).has('Action')) return service === 'ec2' ? ec2Query(message) : awsQuery(service, message);
  if (service === 's3') return s3(message);
  return xmlServices.has(service) ? awsQuery(service, message) : restJson(message);
}

/** Of those that are called by path and method, the ones that answer in XML, as AWS Query does; the others do in JSON. */
const xmlServices: ReadonlySet<string> = new Set(['cloudfront', 'route53', 's3control']);

const requestId = uuidFrom('a request for a service that is not served');

function awsQuery(service: string, message: string): Refusal {
  const namespace = `http://${service}.amazonaws.com/`;
  return xml(errorXml(new ServiceError('InvalidAction', message), { namespace, requestId }));
}

function ec2Query(message: string): Refusal {
  const error = `<Error><Code>InvalidAction</Code><Message>${escaped(message)}</Message></Error>`;
  return xml(`<Response><Errors>${error}</Errors><RequestID>${requestId}</RequestID></Response>`);
}

function s3(message: string): Refusal {
  return xml(`<Error><Code>NotImplemented</Code><Message>${escaped(message)}</Message></Error>`);
}

function xml(body: string): Refusal {
  return { status: 400, headers: { 'content-type': 'text/xml' }, body };
}

function awsJson(headers: IncomingHttpHeaders, message: string): Refusal {
  return {
    status: 400,
    headers: { 'content-type': headers['content-type'] ?? 'application/x-amz-json-1.0' },
    body: JSON.stringify({ __type: code, message }),
  };
}

function restJson(message: string): Refusal {
  return {
    status: 400,
    headers: { 'content-type': 'application/json', 'x-amzn-errortype': code },
    body: JSON.stringify({ message }),
  };
}

function rpcV2Cbor(message: string): Refusal {
  const map = 0xa2;
  const body = Buffer.concat([Buffer.of(map), ...['__type', code, 'message', message].map(cborText)]);
  return { status: 400, headers: { 'content-type': 'application/cbor', 'smithy-protocol': 'rpc-v2-cbor' }, body };
}

/** A text string with a length of two bytes (RFC 8949, major type 3). */
function cborText(value: string): Uint8Array {
  const bytes = Buffer.from(value);
  const head = Buffer.from([0x79, 0, 0]);
  head.writeUInt16BE(bytes.length, 1);
  return Buffer.concat([head, bytes]);
}

const code = 'UnknownOperationException';

function escaped(message: string): string {
  return message.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
