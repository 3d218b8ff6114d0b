import type { Caller, JsonObject, RecordedEvent, RowOf } from '@touchline/core';
import { isErased, streamName } from '@touchline/core';
import { Paging } from '@touchline/http';
import type { QueryServices } from '../named-query.js';
import { query } from '../named-query.js';
import { paged, rowsOf, selectFrom, visibleTo } from '../select-from.js';
import { columnsOf } from '../table-of.js';
import type { QuestionPageShown, QuestionShown, QuestionsQuery, StatedShown } from './identity-questions.dto.js';
import { IdentityQuestion } from './identity-questions.entity.js';
import { identityQuestionsProjection } from './identity-questions.projection.js';

const SHOWN = columnsOf(IdentityQuestion, 'tenant').map(({ property }) => property as keyof IdentityQuestion);

export const questionsListed = query<QuestionsQuery, QuestionPageShown>('identity-questions', async ({ read, services }, asked, caller) => {
  await read.upTo(asked.after, identityQuestionsProjection.name);
  const paging = new Paging(asked, 'asked', ['instant', 'text']);
  const { status } = asked;
  const wanted = visibleTo(selectFrom(IdentityQuestion, ...SHOWN), caller).andWhere('row.askedAt is not null');
  if (status !== undefined) wanted.andWhere(`row.answer is ${status === 'open' ? 'null' : 'not null'}`);
  const rows = await rowsOf<RowOf<IdentityQuestion> & { customerId: string; askedAt: string }>(
    read.ask,
    paged(wanted, paging, 'askedAt', 'questionId'),
  );
  const { items, next } = paging.page(rows, ({ askedAt, questionId }) => [askedAt, questionId]);
  const streams = await streamsOf(services, caller, [...new Set(items.map(({ customerId }) => customerId))]);
  const asking = await questionsIn(services, [...streams.values()].flat());
  const shown = items.map((item) => ({
    ...item,
    status: item.answer === null ? 'open' : 'settled',
    stated: statedIn(asking.get(item.questionId)),
    revision: revisionAt(streams.get(item.customerId) ?? [], item),
  }));
  return { items: shown as QuestionShown[], next };
});

async function streamsOf(
  { deps }: QueryServices['services'],
  { tenant }: Caller,
  customers: readonly string[],
): Promise<Map<string, RecordedEvent[]>> {
  const streams = new Map<string, RecordedEvent[]>();
  for (const customerId of customers) streams.set(customerId, await deps.streams.events(streamName('customer', tenant, customerId)));
  return streams;
}

/** The events that ask, in clear. */
async function questionsIn(services: QueryServices['services'], events: readonly RecordedEvent[]): Promise<Map<string, RecordedEvent>> {
  const asking = events.filter(({ type }) => type === 'identity-questioned');
  return new Map((await services.open(asking)).map((event) => [event.id, event]));
}

/** The customer's newest revision at which the question stood as its row says: the row may be behind the log. */
function revisionAt(events: readonly RecordedEvent[], { questionId, answer }: Pick<IdentityQuestion, 'questionId' | 'answer'>): number {
  const settled = events.find(({ type, data }) => type === 'identity-settled' && data['questionId'] === questionId);
  return answer === null && settled !== undefined ? settled.revision - 1 : (events.at(-1)?.revision ?? 0);
}

function statedIn(event: RecordedEvent | undefined): StatedShown | null {
  const stated = event?.data['stated'] as JsonObject | undefined;
  if (stated === undefined || isErased(stated)) return null;
  const { name = null, formOfAddress = null } = stated as { name?: string; formOfAddress?: string };
  return { name, formOfAddress };
}
