// breaks: lib-http
export { CallController } from '@touchline/touchpoints';
