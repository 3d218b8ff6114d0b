// breaks: controller-stays-home
export { CustomerStatus } from '../customer-status/customer-status.entity.js';
