import { Index } from 'typeorm';
import type { ComplaintStanding } from '@touchline/touchpoints/complaint/complaint.fold.js';
import type { ContactStanding } from '@touchline/touchpoints/contact/contact.fold.js';
import type { Category, Lifecycle } from '@touchline/touchpoints/journey/journey-status.fold.js';
import { CountColumn, FlagColumn, InstantColumn, KeyColumn, MAYBE, ReadModelTable, StateColumn, TextColumn } from '../columns.js';
import { JourneyColumns } from '../journey-columns.entity.js';
import type { JourneyFacts } from '../journey-facts.fold.js';

export type PartKind = 'customer' | 'journey' | 'complaint' | 'contact';

/** Where the fold goes on from. */
export type PartState =
  | { of: 'journey'; facts: JourneyFacts }
  | { of: 'complaint'; complaint: ComplaintStanding; category: string | null; severity: string | null; seen: Seen }
  | { of: 'contact'; contact: ContactStanding; seen: Seen }
  | { of: 'customer'; kind: string | null; siteId: string | null; media: string | null; seen: Seen };

export interface Seen {
  firstAt: string;
  lastTouchAt: string | null;
  touchpoints: number;
}

/**
 * One part of a customer's status: what one stream says. The status of a customer is a function of the parts its reader
 * may see, so that sites hold by construction (ADR 0007). What a kind does not know is null.
 */
@ReadModelTable('customer_status')
@Index('customer_status_by_customer', ['tenant', 'customerId'])
@Index('customer_status_by_owner', ['tenant', 'ownerId'])
@Index('customer_status_by_site', ['tenant', 'siteId'])
export class CustomerPart extends JourneyColumns {
  /** Id of the stream's entity. */
  @KeyColumn() id!: string;
  @TextColumn() tenant!: string;
  @TextColumn() kind!: PartKind;
  /** journey: open, lost · complaint: its step · contact: recorded, tied · customer: registered. */
  @TextColumn() status!: string;
  /** Journeys that are not lost, complaints that are not closed, contacts that are tied to nobody. */
  @FlagColumn() open!: boolean;
  @TextColumn(MAYBE) stageId!: string | null;
  @CountColumn(MAYBE) stageOrder!: number | null;
  @InstantColumn(MAYBE) stageEnteredAt!: string | null;
  @TextColumn(MAYBE) lifecycle!: Lifecycle | null;
  @CountColumn(MAYBE) lifecycleRank!: number | null;
  @TextColumn(MAYBE) category!: Category | null;
  @FlagColumn() quoteStanding!: boolean;
  @TextColumn(MAYBE) journeyId!: string | null;
  @TextColumn(MAYBE) complaintCategory!: string | null;
  @TextColumn(MAYBE) severity!: string | null;
  @TextColumn(MAYBE) customerKind!: string | null;
  /** Of its stream, as far as it is folded: what If-Match is given (ADR 0050). */
  @CountColumn({ default: 0 }) revision!: number;
  @StateColumn() state!: PartState;
}
