import { toIso } from '@touchline/core';
import { userIdOf } from '@touchline/commands/user-id.js';
import type { CommandServices, Input } from '@touchline/commands';
import { execute } from '@touchline/commands';
import type { CommandOutcome } from '@touchline/event-store';
import { TENANT } from './cast.js';
import { demoMetadata } from './metadata.js';
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
    const metadata = demoMetadata(`${reference} ${index}`);
    const occurredAt = toIso(this.start - (daysAgo - step.day) * DAY + step.minute * 60_000);
    const { name, input } = this.commandOf(step, occurredAt);
    const outcome = await execute(this.services, name, input, metadata);
    if (outcome.kind === 'refused') throw new Error(`${step.act} was refused: ${outcome.refusals.map(({ code }) => code).join(', ')}`);
    this.remember(outcome);
  }

  private remember(outcome: CommandOutcome & { kind: 'recorded' }): void {
    const { journey, customer, complaint } = outcome.events.at(-1)?.meta.subjects ?? {};
    this.journeyId = journey ?? this.journeyId;
    this.customerId = customer ?? this.customerId;
    this.complaintId = complaint ?? this.complaintId;
  }

  /** The command of a step, with what the API would be sent. */
  private commandOf(step: Step, occurredAt: string): { name: string; input: Input } {
    const { story, journeyId, complaintId } = this;
    const said = { occurredAt, responsibleId: this.responsibleId, ...noteOf(step) };
    const here = { ...said, journeyId, channel: story.site.industry === 'cars' ? 'showroom' : 'site' };
    const phone = { ...said, journeyId, channel: 'phone' };
    const settled = { ...said, complaintId, channel: 'phone', responsibleId: userIdOf(TENANT, story.site.serviceManager) };
    switch (step.act) {
      case 'call':
        return { name: 'call-received', input: { ...said, ...this.met(), channel: 'phone', rings: 2 } };
      case 'visit':
        return {
          name: 'visit-received',
          input: { ...said, ...this.met(), channel: here.channel, batchSize: step.people, first: step.first },
        };
      case 'follow-up':
        return { name: 'call-made', input: { ...phone, reached: step.reached } };
      case 'declared':
        return { name: 'touchpoint-recorded', input: { ...here, direction: 'out', kind: step.kind, fields: step.fields } };
      case 'quote':
      case 'revise': {
        const input = { ...here, price: { amount: step.price, currency }, product: story.product };
        return { name: step.act === 'quote' ? 'quote-issued' : 'quote-revised', input };
      }
      case 'sign': {
        const price = { amount: step.price, currency };
        return { name: 'contract-signed', input: { ...here, price, product: story.product, termsExplained: true } };
      }
      case 'cancel':
        return { name: 'contract-cancelled', input: { ...here, reason: step.reason } };
      case 'schedule':
        return { name: 'handover-scheduled', input: { ...phone, at: toIso(Date.parse(occurredAt) + story.site.daysToHandover * DAY) } };
      case 'hand-over':
        return { name: 'handover-completed', input: { ...here, checklist: { passed: 42, failed: 0 }, documents: true, keys: true } };
      case 'lose': {
        const { kind, why, to } = step;
        return { name: 'journey-lost', input: { journeyId, occurredAt, kind, why, ...(to !== undefined && { to }), ...noteOf(step) } };
      }
      case 'complain': {
        const { category, account, wish } = step;
        const { complaintId: _, ...received } = settled;
        return { name: 'complaint-received', input: { ...received, journeyId, category, account, wish } };
      }
      case 'acknowledge':
        return { name: 'complaint-acknowledged', input: settled };
      case 'resolve':
        return { name: 'complaint-resolved', input: { ...settled, resolution: step.resolution, responsibility: 'ours' } };
      case 'close':
        return { name: 'complaint-closed', input: settled };
    }
  }

  /** Who it was and what they came for, where it may be the first of them. */
  private met(): Input {
    const { person, site, productLine, product, media } = this.story;
    return {
      ...(person !== null && { person: { ...person } }),
      siteId: site.id,
      productLine,
      product,
      media,
      contactTaken: person !== null,
    };
  }
}

const noteOf = ({ note }: Step): { note?: string } => (note === undefined ? {} : { note });
