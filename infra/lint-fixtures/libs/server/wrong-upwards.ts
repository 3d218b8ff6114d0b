// breaks: layer-server
export { CustomerStatus } from '@touchline/projections/customer-status/customer-status.entity.js';
