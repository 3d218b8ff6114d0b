// breaks: driver-postgres
export { isValidPhoneNumber } from 'libphonenumber-js';
