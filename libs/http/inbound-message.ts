import type { Issuer } from '@touchline/commands';
import type { RecordedAnswer } from './answer.js';

type Handler = (body: never, issuer: Issuer) => Promise<RecordedAnswer>;

const INBOUND_MESSAGE = 'touchline:taken-in';

/**
 * What a route records is also taken as a message, whose body is the route's and whose type ends in this name for ever. Such
 * a route takes a body and its sender, and nothing of the address. A route that does not say so takes no messages.
 */
export const InboundMessage =
  (name: string) =>
  <T extends Handler>(_controller: object, _method: string, { value }: TypedPropertyDescriptor<T>): void => {
    if (value !== undefined) Reflect.defineMetadata(INBOUND_MESSAGE, name, value);
  };

/** The name under which messages are taken for a handler; undefined where none are. */
export const inboundMessageName = (handler: object): string | undefined =>
  Reflect.getMetadata(INBOUND_MESSAGE, handler) as string | undefined;
