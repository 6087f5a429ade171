import type { ReactNode } from 'react';
import { Tab as AriaTab, TabList, TabPanel, Tabs as AriaTabs } from 'react-aria-components';
import { Icon, type IconName } from './Icon.js';
import './tabs.css';

export interface TabOf<Id extends string> {
  readonly id: Id;
  readonly name: string;
  readonly icon: IconName;
  readonly content: ReactNode;
}

interface TabsProps<Id extends string> {
  readonly label: string;
  readonly tabs: readonly TabOf<Id>[];
  readonly value: Id;
  readonly onChange: (id: Id) => void;
}

/** One of a few contents at a time. */
export function Tabs<Id extends string>({ label, tabs, value, onChange }: TabsProps<Id>) {
  return (
    <AriaTabs selectedKey={value} onSelectionChange={(id) => onChange(id as Id)}>
      <TabList className="tabs" aria-label={label}>
        {tabs.map(({ id, name, icon }) => (
          <AriaTab key={id} id={id} className="tab">
            <Icon name={icon} size={16} />
            {name}
          </AriaTab>
        ))}
      </TabList>
      {tabs.map(({ id, content }) => (
        <TabPanel key={id} id={id} className="tab-panel">
          {content}
        </TabPanel>
      ))}
    </AriaTabs>
  );
}
