// breaks: layer-touchpoints
export type { CustomerStatus } from '@touchline/projections/customer-status/customer-status.entity.js';
