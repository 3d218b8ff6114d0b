// breaks: layer-replay
export { status } from '@touchline/projections/customer-status/customer-status.projection.js';
