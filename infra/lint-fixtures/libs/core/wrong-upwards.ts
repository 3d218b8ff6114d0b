// breaks: lib-core
export { isAddress } from '@touchline/config';
