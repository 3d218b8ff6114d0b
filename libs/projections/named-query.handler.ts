import { Inject } from '@nestjs/common';
import type { IQueryHandler } from '@nestjs/cqrs';
import { QueryHandler } from '@nestjs/cqrs';
import { projections } from './index.js';
import type { QueryDefinition, QueryServices } from './named-query.js';
import { NamedQuery } from './named-query.js';

const byName: ReadonlyMap<string, QueryDefinition<never>> = new Map(
  projections.flatMap(({ queries }) => queries.map((definition) => [definition.name, definition] as const)),
);

/** Injection token of what every query is answered with. */
export const QUERY_SERVICES = Symbol('QUERY_SERVICES');

@QueryHandler(NamedQuery)
export class NamedQueryHandler implements IQueryHandler<NamedQuery<unknown>> {
  constructor(@Inject(QUERY_SERVICES) private readonly services: QueryServices) {}

  /** @throws where there is none of that name: it comes from code */
  execute({ name, asked, caller }: NamedQuery<unknown>): Promise<unknown> {
    const definition = byName.get(name);
    if (definition === undefined) throw new Error(`there is no query ${name}`);
    // Its form was checked before it came here.
    return definition.answer(this.services, asked as never, caller);
  }
}
