// breaks: layer-kafka
export { isAddress } from '@touchline/config';
