import { Controller, Get, Inject, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Allow, CurrentCaller } from '@touchline/auth';
import type { CommandServices } from '@touchline/commands';
import { COMMAND_SERVICES } from '@touchline/commands';
import type { Caller, JsonObject, RecordedEvent, RowOf } from '@touchline/core';
import { isErased, streamName } from '@touchline/core';
import { PAGED, Paging, QueryRoute } from '@touchline/http';
import { ReadModels, parameters, visible } from '../read-models.js';
import { columnsOf, selected } from '../table-of.js';
import type { QuestionShown, StatedShown } from './identity-questions.dto.js';
import { QuestionPageShown, QuestionsQuery } from './identity-questions.dto.js';
import { IdentityQuestion } from './identity-questions.entity.js';
import { identityQuestionsProjection } from './identity-questions.projection.js';

const COLUMNS = selected(columnsOf(IdentityQuestion, 'tenant'));

@ApiTags('customers')
@Controller('identity-questions')
export class IdentityQuestionsController {
  constructor(
    @Inject(ReadModels) private readonly read: ReadModels,
    @Inject(COMMAND_SERVICES) private readonly services: CommandServices,
  ) {}

  @Get()
  @Allow({ roles: ['manager', 'service-manager'], scope: 'site', why: 'those who answer for a site settle who its customers are' })
  @QueryRoute(
    'Questions of who customers are, the newest first: another name at the same number, known at another site',
    QuestionPageShown,
    PAGED,
  )
  async list(@Query() query: QuestionsQuery, @CurrentCaller() caller: Caller): Promise<QuestionPageShown> {
    await this.read.upTo(query.after, identityQuestionsProjection.name);
    const { values, $ } = parameters();
    const paging = new Paging(query, 'asked', ['instant', 'text']);
    const after = paging.after();
    const where = [
      visible($, caller),
      'asked_at is not null',
      ...(query.status === undefined ? [] : [`answer is ${query.status === 'open' ? 'null' : 'not null'}`]),
      ...(after === null ? [] : [`(asked_at, question_id) < (${$(after[0])}::timestamptz, ${$(after[1])})`]),
    ];
    const rows = await this.read.ask<RowOf<IdentityQuestion> & { customerId: string; askedAt: string }>(
      `select ${COLUMNS} from read_model.identity_questions where ${where.join(' and ')}
       order by asked_at desc, question_id desc limit ${$(paging.size + 1)}`,
      values,
    );
    const { items, next } = paging.page(rows, ({ askedAt, questionId }) => [askedAt, questionId]);
    const streams = await this.streamsOf(caller, [...new Set(items.map(({ customerId }) => customerId))]);
    const asked = await this.asked([...streams.values()].flat());
    const shown = items.map((item) => ({
      ...item,
      status: item.answer === null ? 'open' : 'settled',
      stated: statedIn(asked.get(item.questionId)),
      revision: revisionAt(streams.get(item.customerId) ?? [], item),
    }));
    return { items: shown as QuestionShown[], next };
  }

  private async streamsOf({ tenant }: Caller, customers: readonly string[]): Promise<Map<string, RecordedEvent[]>> {
    const streams = new Map<string, RecordedEvent[]>();
    for (const customerId of customers)
      streams.set(customerId, await this.services.deps.streams.events(streamName('customer', tenant, customerId)));
    return streams;
  }

  /** The events that ask, in clear. */
  private async asked(events: readonly RecordedEvent[]): Promise<Map<string, RecordedEvent>> {
    const asking = events.filter(({ type }) => type === 'identity-questioned');
    return new Map((await this.services.open(asking)).map((event) => [event.id, event]));
  }
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
