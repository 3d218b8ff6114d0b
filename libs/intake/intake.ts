import { assertAllowed } from '@touchline/auth';
import type { UserDirectory } from '@touchline/auth';
import type { CommandServices, Input, RequestClaims } from '@touchline/commands';
import { execute } from '@touchline/commands';
import type { ProblemDocument, RecordedAnswer } from '@touchline/http';
import { Problem, answer, assertWellFormed, claimOf, classOf, commandIdOf, commandMetadataOf } from '@touchline/http';
import { claimed } from './claimed.js';
import { problemOf } from '@touchline/server/problem-of.js';
import { validationPipe } from '@touchline/server/validation.js';
import type { Named, SentMessage } from './message.js';
import { namedBy, readMessage } from './message.js';
import { sourceNamed } from './sources.js';
import { commandsByType } from './taken-commands.js';

export interface IntakeDeps {
  services: CommandServices;
  users: UserDirectory;
  claims: RequestClaims;
  /** Told why the key of a refused message could not be given back. */
  keyKept: (error: unknown) => void;
  /** Keys the digests of what was sent (ADR 0008). */
  secret: string;
  /** Largest message, in bytes. */
  limitBytes: number;
}

/** What became of a message. Nothing was recorded for one that was refused, and it may be sent, or tried, again. */
export type IntakeOutcome =
  | { kind: 'recorded'; named: Named; answer: RecordedAnswer; repeated: boolean }
  | { kind: 'refused'; named: Named; problem: ProblemDocument };

/**
 * Takes messages to the very place where a request ends up: the command's own permission, form and decider, and the
 * problem documents that go with them. What only a request has (token, key, If-Match) the message's attributes stand for.
 */
export class Intake {
  private readonly form = validationPipe();

  constructor(private readonly deps: IntakeDeps) {}

  /**
   * `span`: trace context of what it is taken in, told on in place of the message's own.
   * @throws whatever is a fault of ours: nobody knows yet what becomes of the message, and it is to be tried again
   */
  async take(message: SentMessage, span?: string): Promise<IntakeOutcome> {
    try {
      return { kind: 'recorded', named: namedBy(message), ...(await this.record(message, span)) };
    } catch (error) {
      const problem = problemOf(error);
      if (problem.status >= 500 || PASSING.has(problem.code)) throw error;
      return { kind: 'refused', named: namedBy(message), problem: problem.document() };
    }
  }

  private async record(message: SentMessage, span: string | undefined): Promise<{ answer: RecordedAnswer; repeated: boolean }> {
    const {
      type,
      source,
      reference,
      correlationId,
      traceparent: sent,
      data,
    } = await reading(() => readMessage(message, this.deps.limitBytes));
    const traceparent = span ?? sent;
    const { caller, login } = await sourceNamed(this.deps.users, source);
    const command = commandsByType.get(type);
    if (command === undefined) throw new Problem(404, 'type.unknown', 'no messages of this type are taken');
    assertAllowed(caller, command.who);
    const { body, metadata } = await reading(async () => {
      assertWellFormed(data);
      const form = (await this.form.transform(data, { type: 'body', metatype: classOf(command.form) })) as Input;
      // A message that ties itself to nothing stands for itself, however often it comes.
      const own = commandIdOf(caller.tenant, caller.userId, reference);
      const asSent = {
        url: `/${command.path}`,
        body: data,
        key: reference,
        correlationId: correlationId ?? own,
        ...(traceparent !== undefined && { traceparent }),
      };
      return { body: form, metadata: { ...commandMetadataOf(this.deps.secret, caller, asSent), source: { system: login, reference } } };
    });
    const claim = claimOf(this.deps.secret, metadata, reference);
    return claimed(this.deps, claim, async () => {
      const outcome = await execute(this.deps.services, command.name, body, metadata);
      return { answer: answer(outcome), repeated: outcome.kind === 'recorded' && outcome.repeated };
    });
  }
}

/**
 * What is worked out of a message alone: whatever goes wrong there, trying again would not change it, and it must hold up nobody.
 * @throws Problem 400 `message.unreadable` for what nobody foresaw
 */
async function reading<T>(work: () => T | Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (problemOf(error).status < 500) throw error;
    const kind = error instanceof Error ? error.name : 'unknown';
    throw new Problem(400, 'message.unreadable', `the message cannot be read (${kind})`);
  }
}

/** Refusals that say nothing of the message: others were at the same record, and it is tried again. */
const PASSING: ReadonlySet<string> = new Set(['stream.contended']);
