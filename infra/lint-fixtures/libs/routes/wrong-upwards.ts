// breaks: layer-routes
export { CustomerStatus } from '@touchline/projections/customer-status/customer-status.entity.js';
