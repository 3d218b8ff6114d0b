// breaks: core-is-pure
export { isValidPhoneNumber } from 'libphonenumber-js';
