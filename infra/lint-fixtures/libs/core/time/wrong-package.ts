// breaks: core-time-is-pure
export { isValidPhoneNumber } from 'libphonenumber-js';
