import { v5 as uuidv5 } from 'uuid';
import type { EventShape } from '@touchline/core';
import { streamName, toIso } from '@touchline/core';
import { userIdOf } from '@touchline/auth';
import type { CommandServices, Issuer, JourneyOrder, JourneyPlace, UnidentifiedFact } from '@touchline/commands';
import { Record } from '@touchline/commands';
import type { CommandOutcome } from '@touchline/event-store';
import { fieldRules } from '@touchline/playbooks';
import { callDecider } from '@touchline/touchpoints/call/call.decider.js';
import type { ComplaintAct } from '@touchline/touchpoints/complaint/complaint.decider.js';
import { complaintDecider } from '@touchline/touchpoints/complaint/complaint.decider.js';
import { contractDecider } from '@touchline/touchpoints/contract/contract.decider.js';
import { declaredDecider } from '@touchline/touchpoints/declared/declared.decider.js';
import { handoverDecider } from '@touchline/touchpoints/handover/handover.decider.js';
import { journeyDecider } from '@touchline/touchpoints/journey/journey.decider.js';
import { quoteDecider } from '@touchline/touchpoints/quote/quote.decider.js';
import type { Channel, TouchpointData } from '@touchline/touchpoints/touchpoint.events.js';
import { visitDecider } from '@touchline/touchpoints/visit/visit.decider.js';
import { TENANT } from './cast.js';
import { demoIssuer } from './issuer.js';
import type { Step, Story } from './stories.js';

const DAY = 86_400_000;
const currency = 'CNY';

/** Records one customer's story, step after step, as the same commands that the API sends. `start` is a midnight, ms. */
export async function tell(services: CommandServices, story: Story, start: number): Promise<void> {
  const teller = new Teller(services, story, start);
  for (const [index, step] of story.steps.entries()) await teller.record(step, index);
}

class Teller {
  private journeyId = '';
  private customerId = '';
  private complaintId = '';
  private readonly responsibleId: string;

  constructor(
    private readonly services: CommandServices,
    private readonly story: Story,
    private readonly start: number,
  ) {
    this.responsibleId = userIdOf(TENANT, story.consultant);
  }

  async record(step: Step, index: number): Promise<void> {
    const { reference, daysAgo } = this.story;
    const issuer = demoIssuer(`${reference} ${index}`);
    const occurredAt = toIso(this.start - (daysAgo - step.day) * DAY + step.minute * 60_000);
    const outcome = await this.recordOf(step, issuer, occurredAt).run(this.services);
    if (outcome.kind === 'refused') throw new Error(`${step.act} was refused: ${outcome.refusals.map(({ code }) => code).join(', ')}`);
    this.remember(outcome);
  }

  private remember(outcome: CommandOutcome & { kind: 'recorded' }): void {
    const { journey, customer, complaint } = outcome.events.at(-1)?.meta.subjects ?? {};
    this.journeyId = journey ?? this.journeyId;
    this.customerId = customer ?? this.customerId;
    this.complaintId = complaint ?? this.complaintId;
  }

  private recordOf(step: Step, issuer: Issuer, occurredAt: string): Record {
    const { story, journeyId } = this;
    const on = { journeyId, occurredAt };
    const here = { ...this.data('out', story.site.industry === 'cars' ? 'showroom' : 'site'), ...noteOf(step) };
    const phone = { ...here, channel: 'phone' as const };
    switch (step.act) {
      case 'call': {
        const data = { ...phone, direction: 'in' as const, contactTaken: story.person !== null, rings: 2, media: story.media };
        return this.contact(issuer, occurredAt, { kind: 'call', data }, (place) => {
          const command = { ...place, occurredAt, claimant: this.responsibleId, fact: { type: 'call-received' as const, data } };
          return { ...place, decider: callDecider, command };
        });
      }
      case 'visit': {
        const { people: batchSize, first } = step;
        const visit = { ...here, direction: 'in' as const, batchSize, first, contactTaken: story.person !== null, media: story.media };
        return this.contact(issuer, occurredAt, { kind: 'visit', data: visit }, (place) => {
          return { ...place, decider: visitDecider, command: { ...place, occurredAt, visit } };
        });
      }
      case 'follow-up': {
        const fact = { type: 'call-made' as const, data: { ...phone, reached: step.reached } };
        return Record.onJourney(issuer, { journeyId, decider: callDecider, command: { ...on, fact } });
      }
      case 'declared': {
        const touchpoint = { ...here, kind: step.kind, fields: step.fields };
        return Record.onJourney(issuer, { journeyId, decider: declaredDecider(fieldRules), command: { ...on, touchpoint } });
      }
      case 'quote':
      case 'revise': {
        const quote = { ...here, price: { amount: step.price, currency }, product: story.product };
        const act = step.act === 'quote' ? 'issue' : 'revise';
        return Record.onJourney(issuer, { journeyId, decider: quoteDecider, command: { ...on, act, quote } });
      }
      case 'sign': {
        const contract = { ...here, price: { amount: step.price, currency }, product: story.product, termsExplained: true };
        return Record.onJourney(issuer, { journeyId, decider: contractDecider, command: { ...on, act: 'sign', contract } });
      }
      case 'cancel': {
        const cancellation = { ...here, reason: step.reason };
        return Record.onJourney(issuer, { journeyId, decider: contractDecider, command: { ...on, act: 'cancel', cancellation } });
      }
      case 'schedule': {
        const appointment = { ...phone, at: toIso(Date.parse(occurredAt) + story.site.daysToHandover * DAY) };
        return Record.onJourney(issuer, { journeyId, decider: handoverDecider, command: { ...on, act: 'schedule', appointment } });
      }
      case 'hand-over': {
        const report = { ...here, checklist: { passed: 42, failed: 0 }, documents: true, keys: true };
        return Record.onJourney(issuer, { journeyId, decider: handoverDecider, command: { ...on, act: 'complete', report } });
      }
      case 'lose': {
        const loss = { kind: step.kind, why: step.why, ...(step.to !== undefined && { to: step.to }) };
        return Record.onJourney(issuer, { journeyId, decider: journeyDecider, command: { ...on, act: 'lose', loss } });
      }
      case 'complain':
      case 'acknowledge':
      case 'resolve':
      case 'close':
        return this.complaint(step, issuer, occurredAt);
    }
  }

  private contact<S, C, E extends EventShape, Code extends string>(
    issuer: Issuer,
    occurredAt: string,
    unidentified: UnidentifiedFact,
    onJourney: (place: JourneyPlace) => JourneyOrder<S, C, E, Code>,
  ): Record {
    const { person, site, productLine, product, media } = this.story;
    const target = { ...(person !== null && { person }), siteId: site.id, productLine, product, media };
    return Record.contact(issuer, target, occurredAt, { onJourney, unidentified });
  }

  private complaint(step: ComplaintStep, issuer: Issuer, occurredAt: string): Record {
    const complaintId = step.act === 'complain' ? uuidv5('complaint', issuer.commandId) : this.complaintId;
    const command = { complaintId, occurredAt, ...this.complaintAct(step) };
    return Record.onStream(issuer, { stream: streamName('complaint', TENANT, complaintId), decider: complaintDecider, command });
  }

  private complaintAct(step: ComplaintStep): ComplaintAct {
    const { site } = this.story;
    const data = { ...this.data('out', 'phone', userIdOf(TENANT, site.serviceManager)), ...noteOf(step) };
    switch (step.act) {
      case 'complain': {
        const { category, account, wish } = step;
        const complaint = { ...data, direction: 'in' as const, category, account, wish };
        return { act: 'receive', complaint, about: { customerId: this.customerId, journeyId: this.journeyId, siteId: site.id } };
      }
      case 'acknowledge':
        return { act: 'acknowledge', acknowledgement: data };
      case 'resolve':
        return { act: 'resolve', resolution: { ...data, resolution: step.resolution, responsibility: 'ours' } };
      case 'close':
        return { act: 'close', closing: data };
    }
  }

  private data(direction: 'in' | 'out', channel: Channel, responsibleId = this.responsibleId): TouchpointData {
    return { channel, direction, responsibleId };
  }
}

const noteOf = ({ note }: Step): { note?: string } => (note === undefined ? {} : { note });

type ComplaintStep = Extract<Step, { act: 'complain' } | { act: 'acknowledge' | 'close' } | { act: 'resolve' }>;
