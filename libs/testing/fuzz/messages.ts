import fc from 'fast-check';
import type { SentMessage } from '@touchline/intake/message.js';
import type { Schema } from '@touchline/server/openapi-examples.js';
import type { Grammar } from './fitting.js';
import { INHERITED, hostileText, jsonOf, oneIn } from './hostile.js';

interface MessageKind {
  headers?: Schema;
  payload: Schema;
}
export interface AsyncApi {
  components: { messages: Record<string, MessageKind> };
}

const TAKEN = /^intake\./;

/** Messages of every kind that the document says is taken, in both forms; most would be taken but for something. */
export function messagesOf({ components }: AsyncApi, grammar: Grammar, source: string): fc.Arbitrary<SentMessage> {
  const kinds = Object.entries(components.messages).filter(([name]) => TAKEN.test(name));
  return fc.oneof(...kinds.map(([name, { payload }]) => messageOf(`dev.touchline.${name}`, payload, grammar, source)));
}

const oddHeaders: fc.Arbitrary<Record<string, unknown>> = fc.dictionary(
  fc.constantFrom(
    ...INHERITED,
    'content-type',
    'ce_id',
    'ce_type',
    'ce_source',
    'ce_specversion',
    'ce_correlationid',
    'ce_time',
    'traceparent',
    '',
  ),
  fc.oneof(
    fc.constant(null),
    hostileText.map((text) => Buffer.from(text)),
    hostileText,
    fc.array(
      hostileText.map((text) => Buffer.from(text)),
      { maxLength: 2 },
    ),
  ),
  { maxKeys: 2, noNullPrototype: true },
);

function messageOf(type: string, payload: Schema, grammar: Grammar, source: string): fc.Arbitrary<SentMessage> {
  const data = fc.oneof({ weight: 3, arbitrary: grammar.fitting(payload) }, { weight: 2, arbitrary: grammar.spoilt(payload) });
  return fc
    .record({
      data,
      id: fc.oneof({ weight: 8, arbitrary: fc.uuid() }, { weight: 1, arbitrary: hostileText }),
      structured: fc.boolean(),
      odd: oneIn(4, oddHeaders),
      cut: oneIn(15, fc.nat({ max: 400 })),
      none: oneIn(40, fc.constant(true)),
    })
    .map(({ data, id, structured, odd, cut, none }) => {
      const event = { specversion: '1.0', type, source, id };
      const headers = structured
        ? { 'content-type': 'application/cloudevents+json' }
        : {
            ...Object.fromEntries(Object.entries(event).map(([name, value]) => [`ce_${name}`, value])),
            'content-type': 'application/json',
          };
      const value = Buffer.from(jsonOf(structured ? { ...event, data } : data));
      const message: SentMessage = {
        headers: Object.defineProperties({ ...headers }, Object.getOwnPropertyDescriptors(odd ?? {})),
        value: none !== null ? null : cut === null ? value : value.subarray(0, cut),
      };
      return message;
    });
}
