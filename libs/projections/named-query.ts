import { Query } from '@nestjs/cqrs';
import type { SiteDirectory, WordDirectory } from '@touchline/auth';
import type { CommandServices, MaskedSearches } from '@touchline/commands';
import type { Caller } from '@touchline/core';
import type { PlaybookSource } from '@touchline/playbooks';
import type { Replays } from './as-of.js';
import type { ReadModels } from './read-models.js';

// A query is data, as a command is: a name, what is asked, and who asks. What answers it stands beside its read model (ADR 0048).

/** What every query is answered with. */
export interface QueryServices {
  read: ReadModels;
  replays: Replays;
  /** The log, and personal fields in clear. */
  services: Pick<CommandServices, 'deps' | 'open'>;
  sites: SiteDirectory;
  words: WordDirectory;
  playbooks: PlaybookSource;
  masked: MaskedSearches;
  /** Keys the digests that people are found by. */
  secret: string;
}

/** @throws Problem where there is nothing to answer, or nothing that the caller may see */
export interface QueryDefinition<Asked extends object = object, Shown = unknown> {
  name: string;
  answer(services: QueryServices, asked: Asked, caller: Caller): Promise<Shown>;
}

export const query = <Asked extends object, Shown>(
  name: string,
  answer: QueryDefinition<Asked, Shown>['answer'],
): QueryDefinition<Asked, Shown> => ({ name, answer });

/** A query as it goes over the bus. */
export class NamedQuery<Shown> extends Query<Shown> {
  private constructor(
    readonly name: string,
    readonly asked: object,
    readonly caller: Caller,
  ) {
    super();
  }

  static of<Asked extends object, Shown>({ name }: QueryDefinition<Asked, Shown>, asked: Asked, caller: Caller): NamedQuery<Shown> {
    return new NamedQuery(name, asked, caller);
  }
}
