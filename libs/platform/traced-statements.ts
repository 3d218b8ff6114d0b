import type { Pool } from 'pg';
import type { SpanOf, Tracing } from '@touchline/observability';
import { inPart } from '@touchline/observability';

const MOST_TEXT = 2_000;

type Query = (...args: unknown[]) => unknown;

/** Has each statement be a span of what it is asked in. Statements by their text, where all that varies is a parameter; no parameter. */
export function traceStatements(pool: Pool, tracing: Tracing): void {
  traced(pool, tracing);
  pool.on('connect', (client) => traced(client, tracing));
}

function traced(asked: { query: Query }, tracing: Tracing): void {
  const query: Query = asked.query.bind(asked);
  asked.query = (...args) => {
    // A pool hands what it is asked on to a client with a callback; what is no statement is a stream, and has an end of its own.
    const statement = statementOf(args);
    if (statement === null || typeof args.at(-1) === 'function') return query(...args);
    return inPart(
      tracing,
      () => spanOf(statement),
      async () => query(...args),
    );
  };
}

interface Statement {
  text: string;
  hasParameters: boolean;
}

function statementOf([asked, values]: readonly unknown[]): Statement | null {
  if (typeof asked === 'string') return { text: asked, hasParameters: Array.isArray(values) && values.length > 0 };
  const { text, values: own, submit } = asked as { text?: unknown; values?: unknown; submit?: unknown };
  if (typeof text !== 'string' || submit !== undefined) return null;
  const given = Array.isArray(own) ? own : values;
  return { text, hasParameters: Array.isArray(given) && given.length > 0 };
}

function spanOf({ text, hasParameters }: Statement): SpanOf {
  const operation = /^\s*([a-z]+)/i.exec(text)?.[1]?.toUpperCase() ?? 'STATEMENT';
  return {
    name: operation,
    kind: 'client',
    attributes: {
      'db.system.name': 'postgresql',
      'db.operation.name': operation,
      ...(hasParameters && { 'db.query.text': text.slice(0, MOST_TEXT) }),
    },
  };
}
