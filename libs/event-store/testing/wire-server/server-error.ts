import { Metadata, type ServiceError, type status } from '@grpc/grpc-js';

/** An error in the server's form: a status, and a typed exception in the trailers. */
export function serverError(code: status, details: string, trailers: Record<string, string> = {}): ServiceError {
  const metadata = new Metadata();
  for (const [name, value] of Object.entries(trailers)) metadata.set(name, value);
  return Object.assign(new Error(details), { code, details, metadata });
}
