/** What a simulated service is to the fronts that carry its requests: a socket, or an SDK client in this process. */
export interface ServiceEndpoint {
  /** Rejects with ConnectionLost where a fault takes the answer away. */
  answer(request: ServiceRequest): Promise<ServiceAnswer>;
}

export interface ServiceRequest {
  /** The Authorization header. Its signature is not checked, its credential scope names the service. */
  readonly authorization: string | undefined;
  /** The X-Amz-Target header, by which the AWS JSON protocol names service and action. */
  readonly target?: string | undefined;
  /** By which the REST protocols name the action: the method, and the path with its query. */
  readonly method?: string | undefined;
  readonly path?: string | undefined;
  readonly body: string;
}

export interface ServiceAnswer {
  readonly status: number;
  readonly requestId: string;
  readonly contentType: string;
  /** Of an error: its code, where the protocol carries it in the header X-Amzn-Errortype. */
  readonly errorType?: string;
  readonly body: string;
}

/** The connection ended without an answer. */
export class ConnectionLost extends Error {
  override readonly name = 'TimeoutError';
}

/**
 * The service that a request is signed for (`states`, `events`, …), by the credential scope of Signature Version 4:
 * `Credential=KEY/DATE/REGION/SERVICE/aws4_request`. Undefined where it is not signed.
 */
export function signingName(authorization: string | undefined): string | undefined {
  return /Credential=[^/]+\/\d+\/[^/]+\/([^/]+)\/aws4_request/.exec(authorization ?? '')?.[1];
}
