import type { JsonObject } from '@touchline/core';
import { parseStreamName } from '@touchline/core';
import type { JourneyFacts } from '@touchline/projections/journey-facts.fold.js';
import { contractOf, evolveFacts, noFacts, stagesOf, statusOf } from '@touchline/projections/journey-facts.fold.js';
import { LOSS_KINDS } from '@touchline/touchpoints/journey/journey.events.js';
import { standingStage } from '@touchline/touchpoints/journey/journey-stage.fold.js';
import { CATEGORIES, LIFECYCLES, categoryOf, lifecycleOf } from '@touchline/touchpoints/journey/journey-status.fold.js';
import { id, instant, money, object, picked, text, whole, word } from './schema.js';
import type { StateTopic } from './topic.js';
import { LAST_OF_EACH } from './topic.js';

const schema = object(
  {
    journeyId: id(),
    status: word(['open', 'won', 'lost'], 'won: a contract stands; lost: lost, and none stands'),
    lifecycle: word(LIFECYCLES, 'what the journey makes of its customer (domain words 潜在 试用 意向 准客户 正式)'),
    category: word(CATEGORIES),
  },
  {
    customerId: id('absent while nobody knows whose it is'),
    ...{ siteId: id(), unitId: id(), ownerId: id('the consultant who owns it'), productLine: text() },
    openedAt: instant('of its first touchpoint'),
    stage: object({ id: id(), order: whole(), enteredAt: instant() }, {}, 'the furthest that stands'),
    ...{ lostAt: instant(), lostKind: word(LOSS_KINDS) },
    contract: object({ signedAt: instant() }, { price: money() }, 'the one that stands'),
    playbook: object({ id: id(), version: whole() }),
  },
);

const changed = { type: 'journey.status-changed', version: 1, summary: 'How a journey stands from now on', schema };
const forgotten = { type: 'journey.forgotten', version: 1, summary: 'The customer was erased: forget what you hold', schema: null };

/**
 * How each journey stands (domain §2.3, §5), told whenever that changes. It stays where its customer at the opening put it, else
 * the journey itself, so that the last state of a journey is always in one partition.
 */
export const journeyStatusTopic: StateTopic<JourneyFacts> = {
  kind: 'state',
  name: 'journey-status',
  description: 'The last state of every journey. A record without a value: the customer was erased.',
  keyedBy: 'journey',
  partitions: 12,
  config: LAST_OF_EACH,
  messages: [changed, forgotten],
  changed,
  forgotten,
  entityOf({ stream }) {
    const name = parseStreamName(stream);
    return name?.category === 'journey' ? name.id : null;
  },
  erases({ type, stream, meta }) {
    if (type !== 'customer-erased') return null;
    const customer = meta.subjects.customer ?? parseStreamName(stream)?.id;
    if (customer === undefined) throw new Error('an erasure does not say of whom');
    return customer;
  },
  evolve: (facts, event) => evolveFacts(facts ?? noFacts, event),
  stateOf(facts, journeyId) {
    const { journey } = facts;
    if (journey.opened === null) return null;
    const { opened, customerId, ownerId, playbook, lostAt } = journey;
    const stage = standingStage(stagesOf(facts));
    const contract = contractOf(facts);
    const status = statusOf(facts);
    const data = picked(schema, {
      category: categoryOf(status),
      contract: contract && { ...priceOf(contract), signedAt: contract.at },
      customerId,
      journeyId,
      lifecycle: lifecycleOf(status),
      lostAt,
      lostKind: facts.lostKind,
      openedAt: facts.firstAt,
      ownerId,
      playbook: playbook && { id: playbook.id, version: playbook.version },
      productLine: opened.productLine,
      siteId: opened.siteId,
      stage: stage && { enteredAt: stage.enteredAt, id: stage.id, order: stage.order },
      status: contract !== null ? 'won' : lostAt !== null ? 'lost' : 'open',
      unitId: opened.unitId,
    });
    return { data, orderedBy: opened.customerId ?? journeyId, customer: customerId };
  },
};

const priceOf = ({ amount, currency }: NonNullable<ReturnType<typeof contractOf>>): JsonObject =>
  amount === null ? {} : { price: { amount, currency: currency ?? '' } };
