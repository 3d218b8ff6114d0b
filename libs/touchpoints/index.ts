import type { Type } from '@nestjs/common';
import type { EventDefinition } from '@touchline/core';
import { CallController } from './call/call.controller.js';
import { callEvents } from './call/call.events.js';
import { ComplaintController } from './complaint/complaint.controller.js';
import { complaintEvents } from './complaint/complaint.events.js';
import { ContactController } from './contact/contact.controller.js';
import { contactEvents } from './contact/contact.events.js';
import { ContractController } from './contract/contract.controller.js';
import { contractEvents } from './contract/contract.events.js';
import { CustomerController } from './customer/customer.controller.js';
import { ErasureController } from './customer/erasure.controller.js';
import { ExportController } from './customer/export.controller.js';
import { customerEvents } from './customer/customer.events.js';
import { identifierEvents } from './customer/identifier.events.js';
import { QuestionController } from './customer/question.controller.js';
import { questionEvents } from './customer/question.events.js';
import { DeclaredController } from './declared/declared.controller.js';
import { declaredEvents } from './declared/declared.events.js';
import { HandoverController } from './handover/handover.controller.js';
import { handoverEvents } from './handover/handover.events.js';
import { JourneyController } from './journey/journey.controller.js';
import { journeyEvents } from './journey/journey.events.js';
import { OperationController } from './operation/operation.controller.js';
import { operationEvents } from './operation/operation.events.js';
import { PlaybookController } from './playbook/playbook.controller.js';
import { playbookEvents } from './playbook/playbook.events.js';
import { QuoteController } from './quote/quote.controller.js';
import { quoteEvents } from './quote/quote.events.js';
import { RevealController } from './reveal/reveal.controller.js';
import { revealEvents } from './reveal/reveal.events.js';
import { SiteController } from './site/site.controller.js';
import { siteEvents } from './site/site.events.js';
import { UnitController } from './unit/unit.controller.js';
import { unitEvents } from './unit/unit.events.js';
import { PasswordController } from './user/password.controller.js';
import { UserController } from './user/user.controller.js';
import { userEvents } from './user/user.events.js';
import { VisitController } from './visit/visit.controller.js';
import { visitEvents } from './visit/visit.events.js';
import { WordsController } from './words/words.controller.js';
import { wordsEvents } from './words/words.events.js';

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
  { name: 'complaint', events: complaintEvents, controllers: [ComplaintController] },
  { name: 'contact', events: contactEvents, controllers: [ContactController] },
  { name: 'contract', events: contractEvents, controllers: [ContractController] },
  {
    name: 'customer',
    events: [...customerEvents, ...identifierEvents, ...questionEvents],
    controllers: [CustomerController, ErasureController, ExportController, QuestionController],
  },
  { name: 'declared', events: declaredEvents, controllers: [DeclaredController] },
  { name: 'handover', events: handoverEvents, controllers: [HandoverController] },
  { name: 'journey', events: journeyEvents, controllers: [JourneyController] },
  { name: 'operation', events: operationEvents, controllers: [OperationController] },
  { name: 'playbook', events: playbookEvents, controllers: [PlaybookController] },
  { name: 'quote', events: quoteEvents, controllers: [QuoteController] },
  { name: 'reveal', events: revealEvents, controllers: [RevealController] },
  { name: 'site', events: siteEvents, controllers: [SiteController] },
  { name: 'unit', events: unitEvents, controllers: [UnitController] },
  { name: 'user', events: userEvents, controllers: [UserController, PasswordController] },
  { name: 'visit', events: visitEvents, controllers: [VisitController] },
  { name: 'words', events: wordsEvents, controllers: [WordsController] },
];
