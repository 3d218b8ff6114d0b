import kafkajs from 'kafkajs';
import type { Kafka, KafkaConfig, LogEntry } from 'kafkajs';
import { boundHeaders } from './bounded-headers.js';

export type { Kafka } from 'kafkajs';

export interface KafkaOptions {
  brokers: readonly string[];
  clientId: string;
  tls?: boolean;
  sasl?: { mechanism: 'plain' | 'scram-sha-256' | 'scram-sha-512'; username: string; password: string };
  /** Told what the client has to say of its connections; never what messages hold. */
  onTrouble?: (message: string) => void;
}

/**
 * How often and how fast a request is tried again before its caller hears of it: for some 2.5 s in all. The first wait is
 * short because the next transaction has to wait, each time, while the one before is still being finished (ADR 0017).
 */
const RETRY = { initialRetryTime: 5, maxRetryTime: 1_000, factor: 0.2, multiplier: 2, retries: 9 };

/** Of the brokers, or of the way there; what it says is for whoever runs them. */
export const isBrokerFault = (error: unknown): error is Error => error instanceof kafkajs.KafkaJSError;

/** A client of the brokers; connects when it is first used. */
export function kafkaClient({ brokers, clientId, tls = false, sasl, onTrouble }: KafkaOptions): Kafka {
  boundHeaders();
  return new kafkajs.Kafka({
    clientId,
    brokers: [...brokers],
    connectionTimeout: 3_000,
    requestTimeout: 10_000,
    retry: RETRY,
    ssl: tls,
    ...(sasl === undefined ? {} : { sasl: sasl as NonNullable<KafkaConfig['sasl']> }),
    logLevel: kafkajs.logLevel.WARN,
    logCreator:
      () =>
      ({ namespace, log }: LogEntry) =>
        onTrouble?.(`${namespace === '' ? 'kafka' : namespace}: ${log.message}`),
  });
}
