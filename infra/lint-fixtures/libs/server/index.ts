export { CallController } from '@touchline/touchpoints';
