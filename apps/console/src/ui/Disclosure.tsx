import type { ReactNode } from 'react';
import { Button as AriaButton, Disclosure as AriaDisclosure, DisclosurePanel, Heading } from 'react-aria-components';
import { Icon } from './Icon.js';
import './disclosure.css';

/** Content that is folded away until somebody wants it. */
export function Disclosure({ title, children }: { title: string; children: ReactNode }) {
  return (
    <AriaDisclosure className="disclosure">
      <Heading className="disclosure-heading" level={3}>
        <AriaButton slot="trigger" className="disclosure-button">
          <Icon name="chevronRight" size={16} />
          {title}
        </AriaButton>
      </Heading>
      <DisclosurePanel className="disclosure-panel">{children}</DisclosurePanel>
    </AriaDisclosure>
  );
}
