// breaks: layer-rebuild
export { status } from '@touchline/projections/customer-status/customer-status.projection.js';
