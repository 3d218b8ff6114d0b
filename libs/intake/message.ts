import { traceparentIn } from '@touchline/core';
import { Problem, readJson } from '@touchline/http';
import { MOST_HEADERS } from '@touchline/kafka';

/** Headers as clients give them; one that has no value is absent, and may stand there all the same. */
export type MessageHeaders = Readonly<Record<string, Buffer | string | (Buffer | string | null)[] | null | undefined>>;

/** What a system sent, as Kafka holds it. */
export interface SentMessage {
  headers: MessageHeaders;
  value: Buffer | null;
  /** How many headers are not among them, since there were too many. */
  headersLeftOut?: number;
}

/** A message of CloudEvents 1.0 by which a system tells of a touchpoint. */
export interface TouchpointMessage {
  /** `dev.touchline.intake.<name of the touchpoint>` */
  type: string;
  /** The system that sends, as `/<group>/<login>`. */
  source: string;
  /** The system's own reference for what it tells: the same again is the same (ADR 0003). */
  reference: string;
  /** Ties together what led to it, where the system says so (`correlationid`, as the topics say it). */
  correlationId?: string;
  /** W3C trace context, from the attribute of CloudEvents' tracing extension or, beside it, the record's own header. */
  traceparent?: string;
  /** The body that the touchpoint's route takes. */
  data: unknown;
}

/** The trace that a message came with. */
export const traceparentOf = (message: SentMessage): string | undefined => traceIn(attributesOf(message), message.headers);

const traceIn = (attribute: Attribute, headers: MessageHeaders): string | undefined =>
  traceparentIn(attribute('traceparent')) ?? traceparentIn(textOf(headers['traceparent']));

/** What a message says of itself, as far as that is fit to be told on. */
export type Named = Partial<Pick<TouchpointMessage, 'type' | 'source' | 'reference'>>;

const ATTRIBUTE = /^[\x21-\x7e]{1,200}$/;
const CORRELATION = /^[A-Za-z0-9._-]{8,64}$/;
const STRUCTURED = 'application/cloudevents+json';

const textOf = (header: MessageHeaders[string]): string | undefined =>
  header === undefined || header === null || Array.isArray(header) ? undefined : header.toString();

/**
 * Reads a message in either of CloudEvents' two forms: attributes in headers (`ce_…`) and the body as value, or all of it
 * as one JSON object. The limit is that of a request's body.
 * @throws Problem 400, 413, 415, 431 as a request of that form would be refused
 */
export function readMessage({ headers, value, headersLeftOut = 0 }: SentMessage, limitBytes: number): TouchpointMessage {
  if (headersLeftOut > 0) throw new Problem(431, 'message.too-many-headers', `the message has more than ${MOST_HEADERS} headers`);
  if ((value?.length ?? 0) > limitBytes) throw new Problem(413, 'body.too-large', 'the message is larger than allowed');
  const mediaType = mediaTypeOf(headers);
  if (mediaType !== STRUCTURED && mediaType !== 'application/json')
    throw new Problem(415, 'body.unsupported-media-type', `send application/json, or ${STRUCTURED}`);
  const json = parse(value);
  const { attribute, data } = mediaType === STRUCTURED ? structured(json) : binary(headers, json);
  const read = (name: string, form: RegExp, detail: string): string => {
    const found = attribute(name);
    if (typeof found === 'string' && form.test(found)) return found;
    throw new Problem(400, 'request.invalid', 'the message is not a CloudEvent of the form it should have', {
      errors: [{ field: `ce_${name}`, rule: 'attribute', detail }],
    });
  };
  read('specversion', /^1\.0$/, 'must be 1.0');
  const correlationId = attribute('correlationid');
  const traceparent = traceIn(attribute, headers);
  const ascii = 'must be 1 to 200 visible ASCII characters';
  return {
    type: read('type', ATTRIBUTE, ascii),
    source: read('source', ATTRIBUTE, ascii),
    reference: read('id', ATTRIBUTE, ascii),
    ...(typeof correlationId === 'string' && CORRELATION.test(correlationId) && { correlationId }),
    ...(traceparent !== undefined && { traceparent }),
    data,
  };
}

/** What a message that was not taken says of itself; nothing where it cannot be made out. */
export function namedBy(message: SentMessage): Named {
  const attribute = attributesOf(message);
  const fit = (name: string): string | undefined => {
    const found = attribute(name);
    return typeof found === 'string' && ATTRIBUTE.test(found) ? found : undefined;
  };
  const [type, source, reference] = [fit('type'), fit('source'), fit('id')];
  return { ...(type !== undefined && { type }), ...(source !== undefined && { source }), ...(reference !== undefined && { reference }) };
}

type Attribute = (name: string) => unknown;

function attributesOf({ headers, value }: SentMessage): Attribute {
  if (mediaTypeOf(headers) !== STRUCTURED) return binary(headers, null).attribute;
  try {
    return structured(parse(value)).attribute;
  } catch {
    return () => undefined;
  }
}

const binary = (headers: MessageHeaders, json: unknown): { attribute: Attribute; data: unknown } => ({
  attribute: (name) => textOf(headers[`ce_${name}`]),
  data: json,
});

function structured(json: unknown): { attribute: Attribute; data: unknown } {
  if (typeof json !== 'object' || json === null || Array.isArray(json)) throw malformed('the message is JSON, but no object');
  const event = json as Record<string, unknown>;
  return { attribute: (name) => (Object.hasOwn(event, name) ? event[name] : undefined), data: event['data'] };
}

/** Without parameters; a message that does not say is JSON. */
const mediaTypeOf = (headers: MessageHeaders): string =>
  (textOf(headers['content-type']) ?? 'application/json').split(';', 1)[0]!.trim().toLowerCase();

const parse = (value: Buffer | null): unknown => (value === null ? undefined : readJson(value));

const malformed = (detail: string): Problem => new Problem(400, 'body.malformed', detail);
