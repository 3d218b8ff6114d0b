import type { EventDefinition } from '@touchline/core';
import { callEvents } from './call/call.events.js';
import { complaintEvents } from './complaint/complaint.events.js';
import { contactEvents } from './contact/contact.events.js';
import { contractEvents } from './contract/contract.events.js';
import { customerEvents } from './customer/customer.events.js';
import { identifierEvents } from './customer/identifier.events.js';
import { questionEvents } from './customer/question.events.js';
import { declaredEvents } from './declared/declared.events.js';
import { handoverEvents } from './handover/handover.events.js';
import { journeyEvents } from './journey/journey.events.js';
import { operationEvents } from './operation/operation.events.js';
import { playbookEvents } from './playbook/playbook.events.js';
import { quoteEvents } from './quote/quote.events.js';
import { revealEvents } from './reveal/reveal.events.js';
import { siteEvents } from './site/site.events.js';
import { unitEvents } from './unit/unit.events.js';
import { userEvents } from './user/user.events.js';
import { visitEvents } from './visit/visit.events.js';
import { wordsEvents } from './words/words.events.js';

/** What the folders of this library store, without their routes: a process that only records loads no web framework. */
export const storedEvents: readonly EventDefinition[] = [
  ...callEvents,
  ...complaintEvents,
  ...contactEvents,
  ...contractEvents,
  ...customerEvents,
  ...identifierEvents,
  ...questionEvents,
  ...declaredEvents,
  ...handoverEvents,
  ...journeyEvents,
  ...operationEvents,
  ...playbookEvents,
  ...quoteEvents,
  ...revealEvents,
  ...siteEvents,
  ...unitEvents,
  ...userEvents,
  ...visitEvents,
  ...wordsEvents,
];
