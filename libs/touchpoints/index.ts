import type { Type } from '@nestjs/common';
import type { EventDefinition } from '@touchline/core';
import { CallController } from './call/call.controller.js';
import { callEvents } from './call/call.events.js';
import { complaintEvents } from './complaint/complaint.events.js';
import { contactEvents } from './contact/contact.events.js';
import { contractEvents } from './contract/contract.events.js';
import { CustomerController } from './customer/customer.controller.js';
import { customerEvents } from './customer/customer.events.js';
import { identifierEvents } from './customer/identifier.events.js';
import { declaredEvents } from './declared/declared.events.js';
import { handoverEvents } from './handover/handover.events.js';
import { journeyEvents } from './journey/journey.events.js';
import { playbookEvents } from './playbook/playbook.events.js';
import { quoteEvents } from './quote/quote.events.js';
import { RevealController } from './reveal/reveal.controller.js';
import { revealEvents } from './reveal/reveal.events.js';
import { siteEvents } from './site/site.events.js';
import { unitEvents } from './unit/unit.events.js';
import { userEvents } from './user/user.events.js';
import { visitEvents } from './visit/visit.events.js';

/** A folder of this library: what it stores, and its routes. */
export interface Touchpoint {
  /** The folder's name. */
  name: string;
  events: readonly EventDefinition[];
  controllers: readonly Type[];
}

/** THE list: one line for each folder, in the order of their names. */
export const touchpoints: readonly Touchpoint[] = [
  { name: 'call', events: callEvents, controllers: [CallController] },
  { name: 'complaint', events: complaintEvents, controllers: [] },
  { name: 'contact', events: contactEvents, controllers: [] },
  { name: 'contract', events: contractEvents, controllers: [] },
  { name: 'customer', events: [...customerEvents, ...identifierEvents], controllers: [CustomerController] },
  { name: 'declared', events: declaredEvents, controllers: [] },
  { name: 'handover', events: handoverEvents, controllers: [] },
  { name: 'journey', events: journeyEvents, controllers: [] },
  { name: 'playbook', events: playbookEvents, controllers: [] },
  { name: 'quote', events: quoteEvents, controllers: [] },
  { name: 'reveal', events: revealEvents, controllers: [RevealController] },
  { name: 'site', events: siteEvents, controllers: [] },
  { name: 'unit', events: unitEvents, controllers: [] },
  { name: 'user', events: userEvents, controllers: [] },
  { name: 'visit', events: visitEvents, controllers: [] },
];
