// breaks: lib-playbooks
export { isAddress } from '@touchline/config';
