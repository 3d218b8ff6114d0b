import { CallController } from '@touchline/routes';
import { CustomerStatusController } from '@touchline/projections/customer-status/customer-status.controller.js';

export const controllers = [CallController, CustomerStatusController];
