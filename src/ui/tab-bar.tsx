import { Tabs } from '@base-ui/react/tabs';
import type { ReactNode } from 'react';

export interface Tab<Value extends string> {
  readonly value: Value;
  readonly text: string;
  /** Stands behind the text, for example a number. */
  readonly mark?: ReactNode;
}

export interface TabBarProps<Value extends string> {
  readonly label: string;
  readonly tabs: readonly Tab<Value>[];
  readonly value: Value;
  readonly onChange: (value: Value) => void;
  /** The part of the page that belongs to the chosen tab. */
  readonly children: ReactNode;
}

/** Parts of a page of which one is in sight; arrow keys go from tab to tab. */
export function TabBar<Value extends string>({ label, tabs, value, onChange, children }: TabBarProps<Value>) {
  return (
    <Tabs.Root
      value={value}
      onValueChange={(chosen: Value) => onChange(chosen)}
      className="flex min-h-0 flex-1 flex-col"
    >
      <Tabs.List
        aria-label={label}
        className="flex shrink-0 gap-1 overflow-x-auto border-b border-line bg-surface px-3 max-sm:px-1"
      >
        {tabs.map((tab) => (
          <Tabs.Tab
            key={tab.value}
            value={tab.value}
            className="-mb-px inline-flex h-10 shrink-0 items-center gap-1.5 border-b-2 border-transparent px-2.5 font-medium whitespace-nowrap text-muted outline-offset-[-3px] hover:text-text data-active:border-accent data-active:text-text"
          >
            {tab.text}
            {tab.mark}
          </Tabs.Tab>
        ))}
      </Tabs.List>
      <Tabs.Panel value={value} className="flex min-h-0 flex-1 flex-col outline-offset-[-2px]">
        {children}
      </Tabs.Panel>
    </Tabs.Root>
  );
}
