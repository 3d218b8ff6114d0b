import type { Type } from '@nestjs/common';
import { auditControllers } from '@touchline/audit';
import { MeController, SignInController } from '@touchline/auth';
import type { Feature } from '@touchline/http';
import { IntakeController } from '@touchline/intake-state/intake.controller.js';
import { projections } from '@touchline/projections';
import { ProjectionOperationsController } from '@touchline/projections/operations.controller.js';
import { RebuildsController } from '@touchline/projections/rebuilds.controller.js';
import { SetAsideController } from '@touchline/projections/set-aside.controller.js';
import { ManifestsController } from '@touchline/relay/manifests.controller.js';
import { RelayController } from '@touchline/relay/relay.controller.js';
import { TopicContractController } from '@touchline/relay/topic-contract.controller.js';
import { touchpointFeatures } from '@touchline/routes';
import { HealthController } from './health.controller.js';

/** Everything behind the API, a Nest module each. */
export const features: readonly Feature[] = [
  { name: 'auth', controllers: [SignInController, MeController] },
  { name: 'health', controllers: [HealthController] },
  ...touchpointFeatures,
  ...projections,
  { name: 'projections', controllers: [ProjectionOperationsController, RebuildsController, SetAsideController] },
  { name: 'relay', controllers: [RelayController, TopicContractController, ManifestsController] },
  { name: 'intake', controllers: [IntakeController] },
  { name: 'audit', controllers: auditControllers },
];

export const apiControllers = (): Type[] => features.flatMap(({ controllers }) => [...controllers]);
