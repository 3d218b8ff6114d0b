// breaks: entities-as-types
export { CustomerStatus } from './customer-status.entity.js';
