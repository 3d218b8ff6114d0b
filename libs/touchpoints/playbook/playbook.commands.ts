import { map, slug } from '@touchline/core';
import type { Playbook } from '@touchline/playbooks';
import { onStream, touchpoint } from '../declare.js';
import { playbookDecider } from './playbook.decider.js';
import { playbookEvents } from './playbook.events.js';

/** `isShipped`: whether the product ships a playbook of that id. */
export const playbookBy = (isShipped: (id: string) => boolean) =>
  touchpoint({
    name: 'playbook',
    events: playbookEvents,
    commands: [
      onStream({
        category: 'playbook',
        idField: 'playbookId',
        decider: playbookDecider,
        name: 'playbook-published',
        // What is sent was read from a file and checked: no request holds a playbook as it is.
        fields: { playbookId: slug(), definition: map() },
        command: (id, { definition }) => ({ definition: definition as unknown as Playbook, shipped: isShipped(id) }),
        refusals: ['playbook.id-is-shipped', 'playbook.version-not-next'],
      }),
    ],
    refusals: {
      'playbook.unknown': 404,
      'playbook.invalid': 422,
      'playbook.id-is-shipped': 409,
      'playbook.version-not-next': 409,
    },
  });
