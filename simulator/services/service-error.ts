/** An error that a service answers with, as its Query protocol carries it. */
export class ServiceError extends Error {
  readonly code: string;
  /** HTTP status: 400 blames the caller (`Sender`), 500 the service (`Receiver`). */
  readonly status: 400 | 500;

  constructor(code: string, message: string, status: 400 | 500 = 400) {
    super(message);
    this.name = code;
    this.code = code;
    this.status = status;
  }
}

export function validationError(message: string): ServiceError {
  return new ServiceError('ValidationError', message);
}
