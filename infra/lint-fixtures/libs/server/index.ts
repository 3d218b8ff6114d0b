export { CallController } from '@touchline/routes';
