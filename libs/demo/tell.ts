import { v5 as uuidv5 } from 'uuid';
import type { EventShape } from '@touchline/core';
import { streamName, toIso } from '@touchline/core';
import { userIdOf } from '@touchline/auth';
import type { CommandServices, Issuer, JourneyOrder, JourneyPlace } from '@touchline/commands';
import { Record } from '@touchline/commands';
import type { CommandOutcome } from '@touchline/event-store';
import { callDecider } from '@touchline/touchpoints/call/call.decider.js';
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
    const issuer = demoIssuer(`${this.story.person.phone} ${index}`);
    const occurredAt = toIso(this.start - (this.story.daysAgo - step.day) * DAY + step.minute * 60_000);
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
    const { journeyId } = this;
    const on = { journeyId, occurredAt };
    const out = this.data('out', 'showroom');
    switch (step.act) {
      case 'call':
        return this.contact(issuer, occurredAt, (place) => {
          const data = { ...this.data('in', 'phone'), contactTaken: true, rings: 2, media: this.story.media };
          const command = { ...place, occurredAt, claimant: this.responsibleId, fact: { type: 'call-received' as const, data } };
          return { ...place, decider: callDecider, command };
        });
      case 'visit':
        return this.contact(issuer, occurredAt, (place) => {
          const visit = { ...this.data('in', 'showroom'), batchSize: 2, first: true, contactTaken: true, media: this.story.media };
          return { ...place, decider: visitDecider, command: { ...place, occurredAt, visit } };
        });
      case 'declared': {
        const touchpoint = { ...out, kind: step.kind, fields: step.fields };
        return Record.onJourney(issuer, { journeyId, decider: declaredDecider(() => []), command: { ...on, touchpoint } });
      }
      case 'quote':
      case 'revise': {
        const quote = { ...out, price: { amount: step.price, currency }, product: this.story.product };
        const act = step.act === 'quote' ? 'issue' : 'revise';
        return Record.onJourney(issuer, { journeyId, decider: quoteDecider, command: { ...on, act, quote } });
      }
      case 'sign': {
        const contract = { ...out, price: { amount: step.price, currency } };
        return Record.onJourney(issuer, { journeyId, decider: contractDecider, command: { ...on, act: 'sign', contract } });
      }
      case 'schedule': {
        const appointment = { ...out, at: toIso(Date.parse(occurredAt) + 10 * DAY) };
        return Record.onJourney(issuer, { journeyId, decider: handoverDecider, command: { ...on, act: 'schedule', appointment } });
      }
      case 'hand-over': {
        const report = { ...out, checklist: { passed: 42, failed: 0 }, documents: true, keys: true };
        return Record.onJourney(issuer, { journeyId, decider: handoverDecider, command: { ...on, act: 'complete', report } });
      }
      case 'lose': {
        const loss = { kind: step.kind, why: step.why };
        return Record.onJourney(issuer, { journeyId, decider: journeyDecider, command: { ...on, act: 'lose', loss } });
      }
      case 'complain':
      case 'settle':
        return this.complaint(step, issuer, occurredAt);
    }
  }

  private contact<S, C, E extends EventShape, Code extends string>(
    issuer: Issuer,
    occurredAt: string,
    onJourney: (place: JourneyPlace) => JourneyOrder<S, C, E, Code>,
  ): Record {
    const { person, site, productLine, product, media } = this.story;
    const unidentified = { kind: 'call' as const, data: this.data('in', 'phone') };
    return Record.contact(issuer, { person, siteId: site.id, productLine, product, media }, occurredAt, { onJourney, unidentified });
  }

  private complaint(step: Step & { act: 'complain' | 'settle' }, issuer: Issuer, occurredAt: string): Record {
    const complaintId = step.act === 'complain' ? uuidv5('complaint', issuer.commandId) : this.complaintId;
    const about = { customerId: this.customerId, journeyId: this.journeyId, siteId: this.story.site.id };
    const on = { complaintId, occurredAt };
    const data = this.data(step.act === 'complain' ? 'in' : 'out', 'phone');
    const command =
      step.act === 'complain'
        ? { ...on, act: 'receive' as const, complaint: { ...data, category: step.category, account: step.account }, about }
        : {
            ...on,
            act: 'resolve' as const,
            resolution: { ...data, resolution: '已补发并致歉,客户表示接受。', responsibility: 'ours' as const },
          };
    return Record.onStream(issuer, { stream: streamName('complaint', TENANT, complaintId), decider: complaintDecider, command });
  }

  private data(direction: 'in' | 'out', channel: Channel): TouchpointData {
    return { channel, direction, responsibleId: this.responsibleId };
  }
}
