// breaks: routes-are-on-top
export { CallController } from '@touchline/touchpoints';
