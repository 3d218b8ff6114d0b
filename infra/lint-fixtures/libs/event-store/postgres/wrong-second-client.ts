// breaks: driver-postgres
export { parsePhoneNumber } from 'libphonenumber-js';
